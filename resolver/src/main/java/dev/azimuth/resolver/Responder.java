package dev.azimuth.resolver;

import dev.azimuth.resolver.TrafficVisitor.AnswerClass;
import dev.azimuth.resolver.TrafficVisitor.Limited;
import dev.azimuth.steering.Reason;
import dev.azimuth.steering.Steering;
import dev.azimuth.steering.Turns;
import org.jspecify.annotations.Nullable;

/**
 * Answers one query after the other from a picture. It knows no socket. Nothing is allocated once
 * the first query of a picture has been answered. Not for use by several threads: every worker owns
 * one.
 */
public final class Responder {
  /** The golden ratio in 32 bits: its multiples fall evenly. */
  private static final int EVEN_SPREAD = 0x9e3779b9;

  /** The shortest reply buffer, in octets. */
  public static final int MIN_BUFFER = ResponseWriter.PLAIN;

  private final Turns turns;
  private final Query query = new Query();
  private final ServerCookie cookie = new ServerCookie();
  private final ResponseWriter reply = new ResponseWriter(query, new OptRecord(query, cookie));
  private final Answer answer;
  private final @Nullable RateLimiter limiter;
  private @Nullable Steering fitted;
  private @Nullable Admission admitting;
  private boolean prohibited;
  private @Nullable Limited limited;
  private AnswerClass answerClass = AnswerClass.ANSWER;

  /**
   * A responder that answers as much as it is asked.
   *
   * @param turns owned by the same thread
   */
  public Responder(Turns turns) {
    this(turns, null);
  }

  /**
   * A responder for datagrams, whose source may be forged.
   *
   * @param turns owned by the same thread
   * @param limiter owned by the same thread; null for none
   */
  public Responder(Turns turns, @Nullable RateLimiter limiter) {
    this.turns = turns;
    this.answer = new Answer(query, reply, turns);
    this.limiter = limiter;
  }

  /**
   * Answers a packet.
   *
   * @param in the packet; octets from {@code length} on are never looked at
   * @param out takes the reply, at least {@link #MIN_BUFFER} octets; a longer reply than it holds
   *     is truncated
   * @return the length of the reply in octets; 0 for silence
   */
  public int respond(byte[] in, int length, Client client, Picture picture, byte[] out) {
    fit(picture);
    answer.clear();
    prohibited = false;
    limited = null;
    Rejection rejection = QueryReader.read(in, length, query);
    if (rejection == Rejection.DROP) {
      return 0;
    }
    if (rejection == null && client.stream && query.timeout) {
      rejection = Rejection.FORMERR;
    }
    judgeCookie(in, client, picture.cookies());
    reply.begin(in, out, Math.min(out.length, room(client.stream)), client, picture.identity());
    prohibited = !picture.admission().admits(client);
    if (prohibited) {
      answer.fail(Wire.REFUSED, ExtendedError.PROHIBITED);
    } else if (rejection != null) {
      reject(rejection, in, picture, client);
    } else if (query.qclass == Wire.CLASS_IN || query.qclass == Wire.CLASS_ANY) {
      query.asker.sourceV4 = client.v4;
      query.asker.sourceHigh = client.high;
      query.asker.sourceLow = client.low;
      query.asker.draw += EVEN_SPREAD;
      if (!told(picture, client)) {
        answer.find(picture, client.stream);
      }
      if (query.qclass == Wire.CLASS_ANY) {
        reply.authoritative(false); // nobody knows all classes (RFC 1035 section 6.2)
      }
    } else {
      describe(picture.identity());
    }
    if (limiter != null && limiter.limits()) {
      limit(limiter, client, picture.admission());
    }
    return limited == Limited.DROPPED ? 0 : reply.finish(answer.rcode, answer.scope, answer.error);
  }

  private void fit(Picture picture) {
    if (picture.steering() != fitted) {
      fitted = picture.steering();
      turns.fit(fitted);
    }
    if (picture.admission() != admitting) {
      admitting = picture.admission();
      if (limiter != null) {
        limiter.fit(admitting.limit());
      }
    }
  }

  /** The rcode of the last reply, 0 to 4095. */
  public int rcode() {
    return answer.rcode;
  }

  /** The type that the last query asked for; 0 when it could not be read. */
  public int type() {
    return query.type;
  }

  /** Whether the last reply was truncated. */
  public boolean truncated() {
    return answer.truncated;
  }

  /** Why the last answer is what it is; null when it was not steered. */
  @Nullable Reason reason() {
    return answer.reason();
  }

  /**
   * The slots of the backends whose addresses the last answer holds, all of one pool; none where it
   * holds none. Not to be changed.
   */
  int[] given() {
    return answer.given();
  }

  /** The cookie of the last query; null when it had none, or when there are no cookies. */
  TrafficVisitor.@Nullable Cookie cookie() {
    if (query.cookieAt < 0) {
      return null;
    }
    if (query.cookieOctets == ServerCookie.CLIENT) {
      return TrafficVisitor.Cookie.NEW;
    }
    return query.cookieValid ? TrafficVisitor.Cookie.VALID : TrafficVisitor.Cookie.INVALID;
  }

  /** Whether the client of the last query may not ask. */
  boolean prohibited() {
    return prohibited;
  }

  /** What the limit of responses did to the last reply; null for nothing. */
  @Nullable Limited limited() {
    return limited;
  }

  /** As what the last reply was limited, if {@link #limited} says so. */
  AnswerClass answerClass() {
    return answerClass;
  }

  /** Cuts the reply down where its network had too many. Whoever has a cookie forges nothing. */
  private void limit(RateLimiter limiter, Client client, Admission admission) {
    if (query.cookieValid || admission.exempts(client)) {
      return;
    }
    answerClass = classOf(answer.rcode);
    limited = limiter.judge(client, answerClass);
    if (limited == Limited.SLIPPED) {
      answer.truncated = true;
      reply.truncate();
    }
  }

  /** As what the reply is limited. */
  private AnswerClass classOf(int rcode) {
    return switch (rcode) {
      case Wire.NOERROR -> reply.answers() ? AnswerClass.ANSWER : AnswerClass.EMPTY;
      case Wire.NXDOMAIN -> AnswerClass.NXDOMAIN;
      default -> AnswerClass.ERROR;
    };
  }

  /** Finds out whether the query's cookie is good; without secrets there is no such option. */
  private void judgeCookie(byte[] in, Client client, CookieSecrets secrets) {
    if (secrets.off()) {
      query.cookieAt = -1;
    }
    if (query.cookieAt >= 0) {
      query.cookieValid = cookie.judge(in, query.cookieAt, query.cookieOctets, client, secrets);
    }
  }

  private void reject(Rejection rejection, byte[] in, Picture picture, Client client) {
    if (rejection == Rejection.TRANSFER) {
      answer.refuseTransfer(picture.zones(), client.stream);
      return;
    }
    answer.fail(rejection.rcode, rejection.error);
    if (rejection == Rejection.SIGNED) {
      reply.unknownKey(in);
    }
    if (rejection == Rejection.COOKIE_ONLY) {
      answer.rcode =
          switch (cookie()) {
            case null -> rejection.rcode;
            case NEW, VALID -> Wire.NOERROR;
            case INVALID -> Wire.BADCOOKIE;
          };
    }
  }

  /** Tells of the server itself, to queries of class CH (RFC 4892); there are no other classes. */
  private void describe(Identity identity) {
    boolean asked = query.type == Wire.TXT || query.type == Wire.ANY;
    byte[] text = asked && query.qclass == Wire.CLASS_CH ? identity.chaos(query.name) : null;
    if (text == null) {
      answer.fail(Wire.REFUSED, ExtendedError.NOT_AUTHORITATIVE);
      return;
    }
    reply.authoritative(true);
    var _ = reply.text(text); // there is always room for as much as an identity tells
  }

  /** Whether the query is for the name that tells clients what the server saw: it is then told. */
  private boolean told(Picture picture, Client client) {
    DebugName debug = picture.debug();
    if (debug == null || !debug.concerns(query.name, client)) {
      return false;
    }
    boolean asked = query.type == Wire.TXT || query.type == Wire.ANY;
    if (debug.explains(query.name) && !client.stream && !query.cookieValid) {
      // Explaining costs far more than any other answer: whoever may have forged a listed address
      // gets none.
      answer.defer();
      return true;
    }
    byte[] text = debug.text(query.name, query.asker, client.stream, picture.zones());
    answer.tell(picture, client.stream, text != null, asked ? text : null);
    return true;
  }

  /** How long the reply may be (RFC 6891 section 6.2.3), in octets. */
  private int room(boolean stream) {
    if (stream) {
      return ResponseWriter.STREAM;
    }
    return query.edns
        ? Math.clamp(query.payload, ResponseWriter.PLAIN, ResponseWriter.DATAGRAM)
        : ResponseWriter.PLAIN;
  }
}
