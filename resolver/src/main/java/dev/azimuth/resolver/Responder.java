package dev.azimuth.resolver;

import dev.azimuth.steering.Decision;
import dev.azimuth.steering.Family;
import dev.azimuth.steering.Reason;
import dev.azimuth.steering.Steering;
import dev.azimuth.steering.Turns;
import dev.azimuth.zones.LookupName;
import dev.azimuth.zones.LookupResult;
import dev.azimuth.zones.Zone;
import dev.azimuth.zones.Zones;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Answers one query after the other from a picture. It knows no socket. Nothing is allocated once
 * the first query of a picture has been answered. Not for use by several threads: every worker owns
 * one.
 */
public final class Responder {
  /** The shortest reply buffer, in octets. */
  public static final int MIN_BUFFER = ResponseWriter.PLAIN;

  /** The most CNAME and DNAME links in one answer; the client goes on from there. */
  static final int MAX_LINKS = 16;

  private final Turns turns;
  private final Query query = new Query();
  private final ServerCookie cookie = new ServerCookie();
  private final ResponseWriter reply = new ResponseWriter(query, new OptRecord(query, cookie));
  private final LookupResult result = new LookupResult();
  private final Decision decision = new Decision();
  private final HintedSet hinted = new HintedSet(query, reply);

  /** The names looked up for this query, so that a loop of aliases ends. */
  private final NameSet visited = new NameSet(MAX_LINKS + 1);

  /** The owners of the DNAME records in this answer. */
  private final NameSet redirects = new NameSet(MAX_LINKS);

  private @Nullable Steering fitted;
  private boolean stream;
  private int links;
  private int rcode;
  private @Nullable ExtendedError error;
  private int scope;
  private boolean truncated;
  private @Nullable Reason reason;

  /**
   * @param turns owned by the same thread
   */
  public Responder(Turns turns) {
    this.turns = turns;
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
    if (picture.steering() != fitted) {
      fitted = picture.steering();
      turns.fit(fitted);
    }
    rcode = Wire.NOERROR;
    error = null;
    scope = 0;
    truncated = false;
    reason = null;
    stream = client.stream;
    Rejection rejection = QueryReader.read(in, length, query);
    if (rejection == Rejection.DROP) {
      return 0;
    }
    if (rejection == null && stream && query.timeout) {
      rejection = Rejection.FORMERR;
    }
    judgeCookie(in, client, picture.cookies());
    reply.begin(in, out, Math.min(out.length, room()), client, picture.identity());
    if (rejection != null) {
      reject(rejection);
    } else if (query.qclass == Wire.CLASS_IN) {
      query.asker.sourceV4 = client.v4;
      query.asker.sourceHigh = client.high;
      query.asker.sourceLow = client.low;
      answer(picture);
    } else {
      describe(picture.identity());
    }
    return reply.finish(rcode, scope, error);
  }

  /** The rcode of the last reply, 0 to 4095. */
  public int rcode() {
    return rcode;
  }

  /** The type that the last query asked for; 0 when it could not be read. */
  public int type() {
    return query.type;
  }

  /** Whether the last reply was truncated. */
  public boolean truncated() {
    return truncated;
  }

  /** Why the last answer is what it is; null when it was not steered. */
  @Nullable Reason reason() {
    return reason;
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

  /** Finds out whether the query's cookie is good; without secrets there is no such option. */
  private void judgeCookie(byte[] in, Client client, CookieSecrets secrets) {
    if (secrets.off()) {
      query.cookieAt = -1;
    }
    if (query.cookieAt >= 0) {
      query.cookieValid = cookie.judge(in, query.cookieAt, query.cookieOctets, client, secrets);
    }
  }

  private void reject(Rejection rejection) {
    switch (rejection) {
      case FORMERR -> rcode = Wire.FORMERR;
      case NOTIMP -> {
        rcode = Wire.NOTIMP;
        error = ExtendedError.NOT_SUPPORTED;
      }
      case BADVERS -> rcode = Wire.BADVERS;
      case REFUSED -> {
        rcode = Wire.REFUSED;
        error = ExtendedError.PROHIBITED;
      }
      case COOKIE_ONLY ->
          rcode =
              switch (cookie()) {
                case null -> Wire.FORMERR;
                case NEW, VALID -> Wire.NOERROR;
                case INVALID -> Wire.BADCOOKIE;
              };
      case DROP -> throw new IllegalArgumentException("silence has no rcode");
    }
  }

  /** Tells of the server itself, to queries of class CH (RFC 4892); there are no other classes. */
  private void describe(Identity identity) {
    boolean asked = query.type == Wire.TXT || query.type == Wire.ANY;
    byte[] text = asked && query.qclass == Wire.CLASS_CH ? identity.chaos(query.name) : null;
    if (text == null) {
      rcode = Wire.REFUSED;
      error = ExtendedError.NOT_AUTHORITATIVE;
      return;
    }
    reply.authoritative(true);
    reply.text(text);
  }

  /** How long the reply may be (RFC 6891 section 6.2.3), in octets. */
  private int room() {
    if (stream) {
      return ResponseWriter.STREAM;
    }
    return query.edns
        ? Math.clamp(query.payload, ResponseWriter.PLAIN, ResponseWriter.DATAGRAM)
        : ResponseWriter.PLAIN;
  }

  /** The algorithm of RFC 1034 section 4.3.2. */
  private void answer(Picture picture) {
    Zones zones = picture.zones();
    Zone zone = zoneOf(zones);
    if (zone == null) {
      rcode = Wire.REFUSED;
      error = ExtendedError.NOT_AUTHORITATIVE;
      return;
    }
    reply.authoritative(true);
    links = 0;
    redirects.clear();
    visited.clear();
    visited.add(query.name, 0);
    while (zone != null && aliased(zone, picture.steering())) {
      zone = zoneOf(zones);
    }
  }

  /**
   * Adds what the current name comes to.
   *
   * @return whether that is an alias whose target is now the current name and to be looked up
   */
  private boolean aliased(Zone zone, Steering steering) {
    return switch (zone.lookup(query.name, query.type, result)) {
      case ANSWER -> records(zone, steering);
      case NODATA -> negative(zone, Wire.NOERROR, Integer.MAX_VALUE);
      case NAME_ERROR -> negative(zone, Wire.NXDOMAIN, Integer.MAX_VALUE);
      case REFERRAL -> referral(zone);
      case CNAME -> alias(zone);
      case DNAME -> redirect(zone);
      case STEERED -> steered(zone, steering);
    };
  }

  /** The zone that answers for the current name; null for none. */
  private @Nullable Zone zoneOf(Zones zones) {
    Zone zone = zones.find(query.name);
    if (query.type != Wire.DS || zone == null || zone.originLabels() != query.name.labels) {
      return zone;
    }
    // The DS of a zone stands in its parent (RFC 4035 section 3.1.4.1).
    Zone above = zones.findAbove(query.name);
    return above == null ? zone : above;
  }

  private boolean records(Zone zone, Steering steering) {
    int set = result.set;
    int additionals = zone.additionals(set);
    // Only a set that points to names of ours can have hints that are steered.
    int first = additionals == 0 ? -1 : zone.hinted(set);
    if (first < 0) {
      if (!reply.set(zone, set, result.skip, Wire.ANCOUNT)) {
        return full();
      }
    } else {
      if (!hinted.add(zone, set, first, steering, links > 0)) {
        return full();
      }
      scope = hinted.scope();
    }
    for (int i = 0; i < additionals; i++) {
      beside(zone, set, i, steering);
    }
    return false;
  }

  /** Adds what belongs beside a set, as far as there is room. */
  private void beside(Zone zone, int set, int index, Steering steering) {
    int name = zone.additionalName(set, index);
    int steered = zone.additionalSteered(set, index);
    if (steered < 0) {
      reply.additional(zone, name, zone.additional(set, index));
    } else if (!query.asker.subnet || !steering.dependsOnClient(steered, query.asker, decision)) {
      // The scope speaks of the answer alone: what else depends on the client is left out.
      beside(zone, name, steered, Family.V4, steering);
      beside(zone, name, steered, Family.V6, steering);
    }
  }

  private void beside(Zone zone, int name, int steered, Family family, Steering steering) {
    steering.beside(steered, family, query.asker, turns, decision);
    if (decision.kind == Decision.Kind.ADDRESSES) {
      reply.additional(zone, name, family == Family.V4, decision.octets, decision.ttl);
    }
  }

  /** NODATA or a name error (RFC 2308 section 2); after an alias, of its target (RFC 6604). */
  private boolean negative(Zone zone, int code, int ttl) {
    rcode = code;
    return end(reply.soa(zone, ttl));
  }

  private boolean referral(Zone zone) {
    int cut = result.set;
    // After an alias, AA speaks of the alias (RFC 1035 section 4.1.1).
    reply.authoritative(links > 0);
    if (!reply.set(zone, cut, result.skip, Wire.NSCOUNT)) {
      return full();
    }
    for (int i = 0; i < zone.additionals(cut); i++) {
      int glue = zone.additional(cut, i);
      if (!reply.additional(zone, zone.additionalName(cut, i), glue) && inside(zone, glue, cut)) {
        return full();
      }
    }
    return false;
  }

  /** Whether glue is in-domain, so that the referral is useless without it (RFC 9471 2.1). */
  private static boolean inside(Zone zone, int glue, int cut) {
    byte[] data = zone.data();
    int from = zone.owner(cut);
    int length = Wire.nameLength(data, from);
    int at = zone.owner(glue);
    int left = Wire.nameLength(data, at);
    while (left > length) {
      left -= 1 + Wire.u8(data, at);
      at += 1 + Wire.u8(data, at);
    }
    return Arrays.equals(data, at, at + left, data, from, from + length);
  }

  private boolean alias(Zone zone) {
    int start = reply.position();
    return reply.set(zone, result.set, 0, Wire.ANCOUNT) ? follow(start) : full();
  }

  /** A DNAME and the CNAME that it implies (RFC 6672 section 3). */
  private boolean redirect(Zone zone) {
    int set = result.set;
    int prefix = query.name.starts[result.skip];
    if (redirects.add(query.name, prefix) && !reply.set(zone, set, result.skip, Wire.ANCOUNT)) {
      return full();
    }
    int target = zone.offset(set) + 2 + Wire.FIXED;
    int length = Wire.u16(zone.data(), target - 2);
    if (prefix + length > LookupName.MAX_OCTETS) {
      rcode = Wire.YXDOMAIN;
      return false;
    }
    int start = reply.position();
    if (!reply.substitute(prefix, zone.data(), target, length, zone.ttl(set))) {
      return full();
    }
    return query.type != Wire.CNAME && follow(start) && !below(zone, set);
  }

  /** Whether the current name is below a set's owner: such a DNAME would redirect it for ever. */
  private boolean below(Zone zone, int set) {
    LookupName name = query.name;
    byte[] data = zone.data();
    int from = zone.owner(set);
    int length = Wire.nameLength(data, from);
    int label = 0;
    while (name.length - name.starts[label] > length) {
      label++;
    }
    return label > 0
        && Arrays.equals(data, from, from + length, name.octets, name.starts[label], name.length);
  }

  private boolean steered(Zone zone, Steering steering) {
    int name = result.steered;
    // One scope cannot speak of several sets: the client asks for the target itself (RFC 7871).
    if (links > 0 && query.asker.subnet && steering.dependsOnClient(name, query.asker, decision)) {
      return false;
    }
    boolean v4 = query.type != Wire.AAAA;
    steering.decide(name, v4 ? Family.V4 : Family.V6, query.asker, turns, decision);
    if (query.type == Wire.ANY && decision.kind == Decision.Kind.NODATA) {
      // One set is enough for ANY (RFC 8482), but it should be one that there is.
      v4 = false;
      steering.decide(name, Family.V6, query.asker, turns, decision);
    }
    scope = decision.scope;
    reason = decision.reason;
    return switch (decision.kind) {
      case ADDRESSES -> end(reply.addresses(v4, decision.octets, decision.ttl));
      case NODATA -> {
        error = noBackend();
        yield negative(zone, Wire.NOERROR, decision.ttl);
      }
      case SERVFAIL -> {
        error = noBackend();
        yield failure();
      }
      case CNAME -> {
        int start = reply.position();
        yield reply.cname(decision.octets, decision.ttl) ? scope == 0 && follow(start) : full();
      }
    };
  }

  /** Why a steered name gives nothing; null when it is no error. */
  private @Nullable ExtendedError noBackend() {
    boolean down = decision.reason == Reason.ALL_DOWN || decision.reason == Reason.FENCED;
    return down ? ExtendedError.NO_BACKEND : null;
  }

  /**
   * Makes an alias's target the current name.
   *
   * @param record where the alias begins in the reply
   * @return false when the chain is too long or comes back to itself: the answer so far stands
   */
  private boolean follow(int record) {
    if (++links == MAX_LINKS) {
      return false;
    }
    reply.rename(record + 2 + Wire.FIXED);
    return visited.add(query.name, 0);
  }

  /** Ends the answer, which is whole if what was added last had room. */
  private boolean end(boolean room) {
    return room ? false : full();
  }

  /** What is required has no room. A stream cannot be truncated: nobody could ask again. */
  private boolean full() {
    if (stream) {
      return failure();
    }
    truncated = true;
    reply.truncate();
    return false;
  }

  private boolean failure() {
    rcode = Wire.SERVFAIL;
    reply.authoritative(false);
    reply.clear();
    return false;
  }
}
