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
 * What a response says beside its records, and how zones and steering come to both: the algorithm
 * of RFC 1034 section 4.3.2. A cursor that a {@link Responder} owns; allocates nothing.
 */
final class Answer {
  /** The most CNAME and DNAME links in one answer; the client goes on from there. */
  static final int MAX_LINKS = 16;

  private static final int[] NOBODY = {};

  /** 0 to 4095. */
  int rcode;

  /** What is added to the rcode; null for nothing. */
  @Nullable ExtendedError error;

  /** The scope prefix length for the client subnet. */
  int scope;

  boolean truncated;

  private final Query query;
  private final ResponseWriter reply;
  private final Turns turns;
  private final HintedSet hinted;
  private final LookupResult result = new LookupResult();
  private final Decision decision = new Decision();

  /** What is decided of what stands beside the answer. */
  private final Decision others = new Decision();

  /** Whether the answer is what {@link #decision} says. */
  private boolean decided;

  /** Whether the answer has address hints that are what {@link #hinted} says. */
  private boolean hints;

  /** The names that were aliases of this query's, and the last target: a loop of them ends. */
  private final NameSet visited = new NameSet(MAX_LINKS + 1);

  /** The owners of the DNAME records in this answer. */
  private final NameSet redirects = new NameSet(MAX_LINKS);

  private boolean stream;
  private int links;

  /**
   * @param query the name in it becomes the target of each alias that is followed
   */
  Answer(Query query, ResponseWriter reply, Turns turns) {
    this.query = query;
    this.reply = reply;
    this.turns = turns;
    this.hinted = new HintedSet(query, reply);
  }

  /** Forgets the last answer: no error. */
  void clear() {
    rcode = Wire.NOERROR;
    error = null;
    scope = 0;
    truncated = false;
    decided = false;
    hints = false;
  }

  /** Why the answer is what it is; null when it is not steered. */
  @Nullable Reason reason() {
    return decided ? decision.reason() : hints ? hinted.decision().reason() : null;
  }

  /** As of {@link Responder#given}: what was cut off, or gave way to an error, was not given. */
  int[] given() {
    if (truncated || rcode != Wire.NOERROR) {
      return NOBODY;
    }
    return decided ? decision.given() : hints ? hinted.decision().backends() : NOBODY;
  }

  /** Says an error instead of an answer. */
  void fail(int code, @Nullable ExtendedError why) {
    rcode = code;
    error = why;
  }

  /**
   * Finds the answer to the query, whose asker is filled, and adds its records to the reply.
   *
   * @param whole whether the reply goes over a stream, where truncating it would tell nothing
   */
  void find(Picture picture, boolean whole) {
    stream = whole;
    Zones zones = picture.zones();
    Zone zone = zoneOf(zones);
    if (zone == null) {
      fail(Wire.REFUSED, ExtendedError.NOT_AUTHORITATIVE);
      return;
    }
    reply.authoritative(true);
    links = 0;
    redirects.clear();
    while (zone != null && aliased(zone, picture.steering())) {
      zone = zoneOf(zones);
    }
  }

  /**
   * Nobody may have a zone. AXFR is not defined over datagrams (RFC 5936 section 4.2), and of what
   * is no zone here there is nothing to have (section 2.2.1).
   *
   * @param whole as of {@link #find}
   */
  void refuseTransfer(Zones zones, boolean whole) {
    Zone zone = zones.find(query.name);
    if (!whole && query.type == Wire.AXFR) {
      fail(Wire.NOTIMP, ExtendedError.NOT_SUPPORTED);
    } else if (zone == null || zone.originLabels() != query.name.labels) {
      fail(Wire.NOTAUTH, ExtendedError.NOT_AUTHORITATIVE);
    } else {
      fail(Wire.REFUSED, ExtendedError.PROHIBITED);
    }
  }

  /**
   * Answers with a text that is made for this client alone.
   *
   * @param whole as of {@link #find}
   * @param exists whether the name exists
   * @param text the data of its TXT record; null when that is not asked for
   */
  void tell(Picture picture, boolean whole, boolean exists, byte @Nullable [] text) {
    stream = whole;
    Zone zone = zoneOf(picture.zones());
    if (zone == null) {
      fail(Wire.REFUSED, ExtendedError.NOT_AUTHORITATIVE);
      return;
    }
    reply.authoritative(true);
    links = 0;
    scope = query.asker.subnet ? query.asker.subnetLength : 0;
    if (text == null) {
      negative(zone, exists ? Wire.NOERROR : Wire.NXDOMAIN, 0);
    } else {
      end(reply.text(text));
    }
  }

  /** Has the client ask again over a stream, where nobody can pretend to be somebody else. */
  void defer() {
    reply.authoritative(true);
    truncated = true;
    reply.truncate();
  }

  /**
   * Adds what the current name comes to.
   *
   * @return whether that is an alias whose target is now the current name and to be looked up
   */
  private boolean aliased(Zone zone, Steering steering) {
    return switch (zone.lookup(query.name, query.type, result)) {
      case ANSWER -> records(zone, steering);
      case NODATA ->
          (result.steered >= 0 && steering.aliases(result.steered))
              ? steeredAlias(zone, steering)
              : negative(zone, Wire.NOERROR, Integer.MAX_VALUE);
      case NAME_ERROR -> negative(zone, Wire.NXDOMAIN, Integer.MAX_VALUE);
      case REFERRAL -> referral(zone);
      case CNAME -> alias(zone);
      case DNAME -> redirect(zone);
      case STEERED -> steered(zone, steering);
      case UNUSABLE -> {
        error = ExtendedError.INVALID_DATA;
        yield failure();
      }
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
      hints = hinted.hinting();
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
    } else if (!query.asker.subnet || !steering.dependsOnClient(steered, query.asker, others)) {
      // The scope speaks of the answer alone: what else depends on the client is left out.
      beside(zone, name, steered, Family.V4, steering);
      beside(zone, name, steered, Family.V6, steering);
    }
  }

  private void beside(Zone zone, int name, int steered, Family family, Steering steering) {
    steering.beside(steered, family, query.asker, others);
    if (others.kind() == Decision.Kind.ADDRESSES) {
      reply.additional(zone, name, family == Family.V4, others.octets(), others.ttl());
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
    int set = result.set;
    int target = zone.offset(set) + 2 + Wire.FIXED;
    return reply.cname(zone.data(), target, zone.ttl(set)) ? follow() : full();
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
    if (!reply.substitute(result.skip, zone.data(), target, length, zone.ttl(set))) {
      return full();
    }
    return query.type != Wire.CNAME && follow() && !below(zone, set);
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
    if (query.type == Wire.ANY && decision.kind() == Decision.Kind.NODATA) {
      // One set is enough for ANY (RFC 8482), but it should be one that there is.
      v4 = false;
      steering.decide(name, Family.V6, query.asker, turns, decision);
    }
    scope = decision.scope;
    decided = true;
    return switch (decision.kind()) {
      case ADDRESSES -> end(reply.addresses(v4, decision.octets(), decision.ttl()));
      case NODATA -> {
        error = noBackend();
        yield negative(zone, Wire.NOERROR, decision.ttl());
      }
      case SERVFAIL -> {
        error = noBackend();
        yield failure();
      }
      case CNAME ->
          // The alias is what ANY asks for, so that it is not followed (RFC 1034 section 4.3.2).
          reply.cname(decision.octets(), 0, decision.ttl())
              ? query.type != Wire.ANY && scope == 0 && follow()
              : full();
    };
  }

  /**
   * Any other type of a name that is an alias for some clients now, whatever they ask for (RFC 1034
   * section 4.3.2 step 3a). Takes no turn.
   */
  private boolean steeredAlias(Zone zone, Steering steering) {
    int name = result.steered;
    if (links > 0 && query.asker.subnet && steering.dependsOnClient(name, query.asker, decision)) {
      return false;
    }
    steering.beside(name, Family.V4, query.asker, decision);
    scope = decision.scope;
    if (decision.kind() != Decision.Kind.CNAME) {
      return negative(zone, Wire.NOERROR, Integer.MAX_VALUE);
    }
    decided = true;
    return reply.cname(decision.octets(), 0, decision.ttl())
        ? query.type != Wire.CNAME && scope == 0 && follow()
        : full();
  }

  /** Why a steered name gives nothing; null when it is no error. */
  private @Nullable ExtendedError noBackend() {
    return decision.allDown() && decision.reason() != Reason.NO_FAMILY
        ? ExtendedError.NO_BACKEND
        : null;
  }

  /**
   * Makes the target of the alias that was added last the current name.
   *
   * @return false when the chain is too long or comes back to itself: the answer so far stands
   */
  private boolean follow() {
    if (++links == MAX_LINKS) {
      return false;
    }
    if (links == 1) {
      visited.clear();
      visited.add(query.name, 0);
    }
    reply.follow();
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
