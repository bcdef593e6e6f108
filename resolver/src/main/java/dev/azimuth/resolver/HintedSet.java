package dev.azimuth.resolver;

import dev.azimuth.steering.Decision;
import dev.azimuth.steering.Family;
import dev.azimuth.steering.Steering;
import dev.azimuth.zones.Zone;

/**
 * Adds sets of SVCB and HTTPS records with address hints that match what A and AAAA may give now
 * (RFC 9460 section 7.3), in place of those in the zone data. One owner uses it again and again;
 * nothing is allocated.
 */
final class HintedSet {
  private static final byte[] NO_HINTS = {};

  /** Octets of a parameter before its value. */
  private static final int PARAM_HEADER = 4;

  private final Query query;
  private final ResponseWriter reply;
  private final Decision decision = new Decision();

  /** What decided the hints of the first record, by which the set is told of. */
  private final Decision first = new Decision();

  private int scope;
  private boolean hinting;

  HintedSet(Query query, ResponseWriter reply) {
    this.query = query;
    this.reply = reply;
  }

  /** The scope prefix length of the set that was added last. */
  int scope() {
    return scope;
  }

  /** Whether the set that was added last has its hints. */
  boolean hinting() {
    return hinting;
  }

  /** What decided the hints of its first record: those of IPv4, else those of IPv6. */
  Decision decision() {
    return first;
  }

  /**
   * Adds a set of the current name to the answer: without hints when there is no room for them,
   * since a client finds the addresses all the same.
   *
   * @param start the number of the set's first hinted record
   * @param aliased whether an alias led here: hints that depend on the client are then left out,
   *     since one scope cannot speak of several sets
   * @return false when there is no room even so, and nothing was added
   */
  boolean add(Zone zone, int set, int start, Steering steering, boolean aliased) {
    int end = zone.offset(set) + zone.length(set);
    int ttl = zone.ttl(set);
    scope = 0;
    for (int number = start; zone.hintedRecord(number) < end; number++) {
      int name = zone.hintedBy(number);
      every(steering, name, Family.V4, decision);
      ttl = Math.min(ttl, decision.ttl());
      scope = Math.max(scope, decision.scope);
      every(steering, name, Family.V6, decision);
      ttl = Math.min(ttl, decision.ttl());
      scope = Math.max(scope, decision.scope);
    }
    hinting = (!aliased || scope == 0) && records(zone, set, start, steering, ttl, true);
    if (hinting) {
      return true;
    }
    scope = 0;
    return records(zone, set, start, steering, zone.ttl(set), false);
  }

  private boolean records(
      Zone zone, int set, int start, Steering steering, int ttl, boolean hints) {
    byte[] data = zone.data();
    int position = reply.position();
    int number = start;
    int at = zone.offset(set);
    for (int added = 0; added < zone.records(set); added++) {
      byte[] v4 = NO_HINTS;
      byte[] v6 = NO_HINTS;
      boolean hinted = zone.hintedRecord(number) == at;
      if (hinted) {
        Decision forV4 = number == start ? first : decision;
        int name = zone.hintedBy(number++);
        v4 = hints ? every(steering, name, Family.V4, forV4) : NO_HINTS;
        Decision forV6 = v4.length == 0 ? forV4 : decision;
        v6 = hints ? every(steering, name, Family.V6, forV6) : NO_HINTS;
      }
      int end = at + 2 + Wire.FIXED + Wire.u16(data, at + Wire.FIXED);
      if (!(hinted ? record(data, at, end, ttl, v4, v6) : copy(data, at, end, ttl))) {
        reply.takeBack(position, added);
        return false;
      }
      at = end;
    }
    return true;
  }

  private boolean copy(byte[] data, int record, int end, int ttl) {
    if (!reply.fits(end - record)) {
      return false;
    }
    reply.begin(data, record, end, ttl, end - record);
    return true;
  }

  /** Adds a record with these hints in place of its own; keys ascend (RFC 9460 section 2.2). */
  private boolean record(byte[] data, int record, int end, int ttl, byte[] v4, byte[] v6) {
    int target = record + 2 + Wire.FIXED + 2;
    int first = target + Wire.nameLength(data, target);
    int four = keyFrom(data, first, end, Wire.IPV4HINT);
    int five = keyFrom(data, four, end, Wire.IPV4HINT + 1);
    int six = keyFrom(data, five, end, Wire.IPV6HINT);
    int seven = keyFrom(data, six, end, Wire.IPV6HINT + 1);
    int length = (four - record) + octets(v4) + (six - five) + octets(v6) + (end - seven);
    if (!reply.fits(length)) {
      return false;
    }
    reply.begin(data, record, four, ttl, length);
    append(Wire.IPV4HINT, v4);
    reply.append(data, five, six);
    append(Wire.IPV6HINT, v6);
    reply.append(data, seven, end);
    return true;
  }

  /** Where the first parameter from {@code from} on stands whose key is not below this one. */
  private static int keyFrom(byte[] data, int from, int end, int key) {
    int at = from;
    while (at < end && Wire.u16(data, at) < key) {
      at += PARAM_HEADER + Wire.u16(data, at + 2);
    }
    return at;
  }

  private static int octets(byte[] addresses) {
    return addresses.length == 0 ? 0 : PARAM_HEADER + addresses.length;
  }

  private void append(int key, byte[] addresses) {
    if (addresses.length > 0) {
      reply.append16(key);
      reply.append16(addresses.length);
      reply.append(addresses, 0, addresses.length);
    }
  }

  /** All addresses that A or AAAA of a name may give the client; none when they are not decided. */
  private byte[] every(Steering steering, int name, Family family, Decision into) {
    steering.every(name, family, query.asker, into);
    return into.kind() == Decision.Kind.ADDRESSES ? into.octets() : NO_HINTS;
  }
}
