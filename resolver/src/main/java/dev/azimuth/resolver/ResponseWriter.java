package dev.azimuth.resolver;

import dev.azimuth.zones.Zone;
import org.jspecify.annotations.Nullable;

/**
 * Composes one response: the question echoed octet for octet, ready-made records behind compression
 * pointers, and the OPT record, for which room is kept from the start. Running out of room is a
 * normal result: what adds a set says false and has written nothing.
 *
 * <p>Records are owned by the <em>current name</em>, first the question's, then the target of each
 * alias that is followed. Every owner at or above it is a pointer into it, and so is what names in
 * the data of records share with it (RFC 1035 section 4.1.4), for the types of which everybody
 * knows that (RFC 3597 section 4). One owner fills the writer again and again; nothing is
 * allocated.
 */
final class ResponseWriter {
  /** The largest message over a stream (RFC 1035 section 4.2.2), in octets. */
  static final int STREAM = 65_535;

  /** The largest datagram sent, and the payload size offered, in octets. */
  static final int DATAGRAM = 1232;

  /** The largest datagram to a client without EDNS (RFC 1035 section 4.2.1), in octets. */
  static final int PLAIN = 512;

  private static final int MAX_POINTER = 0x3FFF;

  /** The four counts of a header: one question and nothing else. */
  private static final long ONE_QUESTION = 1L << 48;

  /** The octets of a ready-made record before its data. */
  private static final int HEAD = 2 + Wire.FIXED;

  /** The types whose data have names to compress, as bits. */
  private static final int NAMED =
      1 << Wire.NS | 1 << Wire.CNAME | 1 << Wire.SOA | 1 << Wire.PTR | 1 << Wire.MX;

  private final Query query;
  private final OptRecord opt;
  private final CurrentName current;

  private byte[] out = {};
  private int at;

  /** Where records end at the latest; what follows is kept for the OPT record. */
  private int limit;

  /** Where the response ends at the latest. */
  private int most;

  /** The packet whose key is not known; null for any other. */
  private byte @Nullable [] signed;

  ResponseWriter(Query query, OptRecord opt) {
    this.query = query;
    this.opt = opt;
    this.current = new CurrentName(query.name);
  }

  /**
   * Begins the response to a query.
   *
   * @param in the packet that {@code query} was read from
   * @param most the most octets that the response may have, at least {@link #PLAIN}
   */
  void begin(byte[] in, byte[] out, int most, Client client, Identity identity) {
    this.out = out;
    this.most = most;
    signed = null;
    System.arraycopy(in, 0, out, 0, query.questionEnd);
    out[2] = (byte) (Wire.QR | (in[2] & (Wire.OPCODE | Wire.RD)));
    clear();
    limit = most - opt.begin(in, client, identity);
    current.asked();
  }

  /** Takes every record back; only the question stays. */
  void clear() {
    at = query.questionEnd;
    Wire.put64(out, Wire.QDCOUNT, at > Wire.HEADER ? ONE_QUESTION : 0);
  }

  void authoritative(boolean on) {
    out[2] = (byte) (on ? out[2] | Wire.AA : out[2] & ~Wire.AA);
  }

  /** Takes every record back and says that something is missing (RFC 2181 section 9). */
  void truncate() {
    clear();
    out[2] |= Wire.TC;
  }

  /** Ends the response by saying that the key of the query is not known. */
  void unknownKey(byte[] in) {
    signed = in;
  }

  /** Makes the target of the alias that was added last the current name. */
  void follow() {
    current.follow();
  }

  /** Where the next record will begin. */
  int position() {
    return at;
  }

  /**
   * Adds a ready-made set.
   *
   * @param skip how many labels of the current name stand before the set's owner
   * @param section where the count of the section stands in the header
   */
  boolean set(Zone zone, int set, int skip, int section) {
    return copy(zone, set, current.place(skip), section);
  }

  /** Adds the SOA of a negative answer (RFC 2308 section 3) with a TTL of at most {@code ttl}. */
  boolean soa(Zone zone, int ttl) {
    int set = zone.negativeSoa();
    int start = at;
    if (!set(zone, set, query.name.labels - zone.originLabels(), Wire.NSCOUNT)) {
      return false;
    }
    if (ttl < zone.ttl(set)) {
      Wire.put32(out, start + 6, ttl);
    }
    return true;
  }

  /** Adds addresses, 4 or 16 octets each, as records of the current name. */
  boolean addresses(boolean v4, byte[] addresses, int ttl) {
    return addresses(current.place(0), v4, addresses, ttl, Wire.ANCOUNT);
  }

  private boolean addresses(int owner, boolean v4, byte[] addresses, int ttl, int section) {
    int octets = v4 ? 4 : 16;
    int start = at;
    int records = 0;
    for (int from = 0; from < addresses.length; from += octets) {
      if (!fits(HEAD + octets)) {
        at = start;
        return false;
      }
      head(owner, v4 ? Wire.A : Wire.AAAA, ttl, octets);
      System.arraycopy(addresses, from, out, at, octets);
      at += octets;
      records++;
    }
    count(section, records);
    return true;
  }

  /** Adds a TXT record of the server's own, in the class of the question, with TTL 0. */
  boolean text(byte[] data) {
    if (!fits(HEAD + data.length)) {
      return false;
    }
    head(current.place(0), Wire.TXT, 0, data.length);
    System.arraycopy(data, 0, out, at, data.length);
    at += data.length;
    count(Wire.ANCOUNT, 1);
    return true;
  }

  /**
   * Adds a CNAME of the current name.
   *
   * @param target where its target begins in {@code data}, uncompressed
   */
  boolean cname(byte[] data, int target, int ttl) {
    int start = at;
    if (!fits(HEAD)) {
      return false;
    }
    head(current.place(0), Wire.CNAME, ttl, 0);
    if (!spell(data, target)) {
      at = start;
      return false;
    }
    Wire.put16(out, start + Wire.FIXED, at - start - HEAD);
    current.alias(data, target, start + HEAD);
    count(Wire.ANCOUNT, 1);
    return true;
  }

  /**
   * Adds the CNAME that a DNAME implies (RFC 6672 section 3.1), with the DNAME's TTL: parameters as
   * of {@link CurrentName#substitute}.
   */
  boolean substitute(int skip, byte[] data, int target, int length, int ttl) {
    return cname(current.substitute(out, skip, data, target, length), 0, ttl);
  }

  boolean fits(int octets) {
    return at + octets <= limit;
  }

  /**
   * Begins a record of the current name in the answer like a ready-made one, of which it copies the
   * octets from {@code record} to {@code to}. What is appended then belongs to it.
   *
   * @param length of the whole record in octets, for which there is room
   */
  void begin(byte[] data, int record, int to, int ttl, int length) {
    int start = at;
    append(data, record, to);
    Wire.put16(out, start, Wire.POINTER | current.place(0));
    Wire.put32(out, start + 6, ttl);
    Wire.put16(out, start + Wire.FIXED, length - 2 - Wire.FIXED);
    count(Wire.ANCOUNT, 1);
  }

  void append(byte[] octets, int from, int to) {
    System.arraycopy(octets, from, out, at, to - from);
    at += to - from;
  }

  void append16(int value) {
    Wire.put16(out, at, value);
    at += 2;
  }

  /** Takes back the last records of the answer, which began at a position. */
  void takeBack(int position, int records) {
    at = position;
    count(Wire.ANCOUNT, -records);
  }

  /**
   * Adds a set to the additional section.
   *
   * @param name where its owner's name begins in the zone's data; -1 for the current name
   */
  boolean additional(Zone zone, int name, int set) {
    int start = at;
    int owner = owner(zone, name, zone.length(set));
    if (owner < 0) {
      return false;
    }
    int first = at;
    if (!copy(zone, set, first == start ? owner : start, Wire.ARCOUNT)) {
      at = start;
      return false;
    }
    Wire.put16(out, first, Wire.POINTER | owner);
    return true;
  }

  /**
   * Adds addresses, 4 or 16 octets each, to the additional section.
   *
   * @param name as of {@link #additional(Zone, int, int)}
   */
  boolean additional(Zone zone, int name, boolean v4, byte[] addresses, int ttl) {
    int start = at;
    int owner = owner(zone, name, 0);
    if (owner < 0) {
      return false;
    }
    int first = at;
    if (!addresses(first == start ? owner : start, v4, addresses, ttl, Wire.ARCOUNT)) {
      at = start;
      return false;
    }
    Wire.put16(out, first, Wire.POINTER | owner);
    return true;
  }

  /**
   * Spells what the owner of additional records does not share with the current name.
   *
   * @return where the rest of it stands in the response; -1 when there is no room for it and {@code
   *     more} octets behind it
   */
  private int owner(Zone zone, int name, int more) {
    if (name < 0) {
      return current.place(0);
    }
    current.compare(zone.data(), name);
    int own = current.own();
    // A name that is spelled is pointed to by the records after the first.
    if (own > 0 && (at > MAX_POINTER || !fits(own + more))) {
      return -1;
    }
    append(zone.data(), name, name + own);
    return current.shared();
  }

  /**
   * Spells a name in the data of a record, with a pointer for what it shares; false for no room.
   */
  private boolean spell(byte[] data, int name) {
    current.compare(data, name);
    int own = current.own();
    boolean whole = current.sharesNothing();
    if (!fits(own + (whole ? 1 : 2))) {
      return false;
    }
    append(data, name, name + own);
    if (whole) {
      out[at++] = 0;
    } else {
      append16(Wire.POINTER | current.shared());
    }
    return true;
  }

  /** Whether the answer section has any record so far. */
  boolean answers() {
    return Wire.u16(out, Wire.ANCOUNT) > 0;
  }

  /**
   * Ends the response.
   *
   * @param rcode 0 to 4095
   * @param scope the scope prefix length for the client subnet
   * @param error left out without EDNS and where it has no room; null for none
   * @return its length in octets
   */
  int finish(int rcode, int scope, @Nullable ExtendedError error) {
    out[3] = (byte) (rcode & 0x0F);
    if (query.edns) {
      at = opt.write(out, at, rcode, scope, error, most);
      count(Wire.ARCOUNT, 1);
    }
    int end = signed == null ? at : UnknownKey.write(signed, query, out, at, most);
    if (end > at) {
      count(Wire.ARCOUNT, 1);
    }
    return end;
  }

  private void head(int owner, int type, int ttl, int octets) {
    Wire.put32(out, at, (Wire.POINTER | owner) << 16 | type);
    Wire.put16(out, at + 4, query.qclass == Wire.CLASS_CH ? Wire.CLASS_CH : Wire.CLASS_IN);
    Wire.put32(out, at + 6, ttl);
    Wire.put16(out, at + 10, octets);
    at += HEAD;
  }

  private boolean copy(Zone zone, int set, int owner, int section) {
    int type = zone.type(set);
    if (type <= Wire.MX && (NAMED >> type & 1) != 0) {
      return copyNamed(zone, set, owner, section);
    }
    int length = zone.length(set);
    if (at + length > limit) {
      return false;
    }
    System.arraycopy(zone.data(), zone.offset(set), out, at, length);
    int end = at + length;
    if (owner == Wire.HEADER) {
      at = end; // ready-made records already point there
    }
    while (at < end) {
      Wire.put16(out, at, Wire.POINTER | owner);
      at += 2 + Wire.FIXED + Wire.u16(out, at + 10);
    }
    count(section, zone.records(set));
    return true;
  }

  private boolean copyNamed(Zone zone, int set, int owner, int section) {
    byte[] data = zone.data();
    int start = at;
    int end = zone.offset(set) + zone.length(set);
    int next;
    for (int from = zone.offset(set); from < end; from = next) {
      next = from + HEAD + Wire.u16(data, from + Wire.FIXED);
      if (!copyNamed(data, from, next, zone.type(set), owner)) {
        at = start;
        return false;
      }
    }
    count(section, zone.records(set));
    return true;
  }

  /** Copies one record, which stands from {@code from} to {@code to}. */
  private boolean copyNamed(byte[] data, int from, int to, int type, int owner) {
    int start = at;
    int rest = from + HEAD + (type == Wire.MX ? 2 : 0);
    if (!fits(rest - from)) {
      return false;
    }
    append(data, from, rest);
    for (int names = type == Wire.SOA ? 2 : 1; names > 0; names--) {
      if (!spell(data, rest)) {
        return false;
      }
      rest += current.length();
    }
    if (!fits(to - rest)) {
      return false;
    }
    append(data, rest, to);
    Wire.put16(out, start, Wire.POINTER | owner);
    Wire.put16(out, start + Wire.FIXED, at - start - HEAD);
    return true;
  }

  private void count(int section, int records) {
    Wire.put16(out, section, Wire.u16(out, section) + records);
  }
}
