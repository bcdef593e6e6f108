package dev.azimuth.resolver;

import dev.azimuth.zones.LookupName;
import org.jspecify.annotations.Nullable;

/**
 * Parses queries: one question of any class, or a cookie without a question; at most one OPT record
 * with its options; at the end perhaps a signature. Other records, which mean nothing there, and
 * what follows the message are passed over, as most servers do. Total: every sequence of octets
 * ends in a filled {@link Query} or in a {@link Rejection}.
 *
 * <pre>
 *   0  ID                                   RFC 1035 section 4.1.1
 *   2  QR  OPCODE(4)  AA TC RD
 *   3  RA  Z  AD  CD  RCODE(4)              ignored in a query
 *   4  QDCOUNT  6 ANCOUNT  8 NSCOUNT  10 ARCOUNT
 *  12  QNAME  QTYPE  QCLASS
 * </pre>
 */
final class QueryReader {
  private static final int LABEL_TYPE = 0xC0;
  private static final int IPV4 = 1;
  private static final int IPV6 = 2;

  private QueryReader() {}

  /**
   * Parses one packet.
   *
   * @param length how many octets of {@code in} are the packet; what follows is never looked at
   * @return null when the query can be looked up
   */
  static @Nullable Rejection read(byte[] in, int length, Query query) {
    query.clear();
    if (length < Wire.HEADER || (in[2] & Wire.QR) != 0) {
      return Rejection.DROP;
    }
    query.opcode = (in[2] & Wire.OPCODE) >> 3;
    // The format of other opcodes may differ, but an OPT record in them is to be answered by one.
    boolean wellFormed = sections(in, length, query);
    if (query.opcode != Wire.OPCODE_QUERY) {
      return query.opcode == Wire.OPCODE_NOTIFY ? Rejection.REFUSED : Rejection.NOTIMP;
    }
    if (!wellFormed) {
      return Rejection.FORMERR;
    }
    if (query.version > 0) {
      return Rejection.BADVERS;
    }
    // A signed query must not be answered as if it were not (RFC 8945 section 5.2).
    if (query.signedAt >= 0) {
      return Rejection.SIGNED;
    }
    if (query.questionEnd == Wire.HEADER) {
      return query.cookieAt < 0 ? Rejection.FORMERR : Rejection.COOKIE_ONLY;
    }
    return meta(query.type);
  }

  private static @Nullable Rejection meta(int type) {
    return switch (type) {
      case Wire.AXFR, Wire.IXFR -> Rejection.TRANSFER;
      case Wire.OPT, Wire.TSIG, Wire.NXNAME -> Rejection.FORMERR;
      case Wire.TKEY, Wire.MAILA, Wire.MAILB -> Rejection.NOTIMP;
      default -> null;
    };
  }

  /** Walks the whole packet, filling what is readable; false when something is out of place. */
  private static boolean sections(byte[] in, int length, Query query) {
    int questions = Wire.u16(in, Wire.QDCOUNT);
    if (questions > 1) {
      return false;
    }
    if (questions == 1 && !question(in, length, query)) {
      return false;
    }
    int early = Wire.u16(in, Wire.ANCOUNT) + Wire.u16(in, Wire.NSCOUNT);
    int left = early + Wire.u16(in, Wire.ARCOUNT);
    int at = query.questionEnd;
    for (int i = 0; left > 0; i++, left--) {
      int fixed = afterName(in, at, length);
      if (fixed < 0 || fixed + Wire.FIXED > length) {
        return false;
      }
      int end = fixed + Wire.FIXED + Wire.u16(in, fixed + 8);
      if (end > length) {
        return false;
      }
      if (i < early ? isMeta(in, fixed) : !additional(in, at, fixed, end, left == 1, query)) {
        return false;
      }
      at = end;
    }
    return questions == 1 || early == 0; // what has a cookie alone (RFC 7873 section 5.4)
  }

  private static boolean question(byte[] in, int length, Query query) {
    int at = query.name.read(in, Wire.HEADER, length);
    if (at < 0 || at + 4 > length) {
      return false;
    }
    query.type = Wire.u16(in, at);
    query.qclass = Wire.u16(in, at + 2);
    query.questionEnd = at + 4;
    return true;
  }

  /** Whether a record belongs into the additional section alone (RFC 6891, 8945). */
  private static boolean isMeta(byte[] in, int fixed) {
    int type = Wire.u16(in, fixed);
    return type == Wire.OPT || type == Wire.TSIG;
  }

  /** Where a perhaps compressed name ends; -1 when it is malformed. */
  static int afterName(byte[] in, int from, int length) {
    int at = from;
    while (at < length && at - from < LookupName.MAX_OCTETS) {
      int label = Wire.u8(in, at);
      if (label == 0) {
        return at + 1;
      }
      if ((label & LABEL_TYPE) == LABEL_TYPE) {
        boolean backwards = at + 1 < length && (Wire.u16(in, at) & ~Wire.POINTER) < at;
        return backwards ? at + 2 : -1;
      }
      if ((label & LABEL_TYPE) != 0) {
        return -1;
      }
      at += 1 + label;
    }
    return -1;
  }

  private static boolean additional(
      byte[] in, int owner, int fixed, int end, boolean last, Query query) {
    return switch (Wire.u16(in, fixed)) {
      case Wire.OPT -> fixed == owner + 1 && opt(in, fixed, end, query); // its owner is the root
      case Wire.TSIG -> last && signature(in, owner, fixed, end, query);
      default -> true;
    };
  }

  /**
   * A signature (RFC 8945 section 4.2), by whatever key: ALGORITHM NAME, TIME SIGNED (6), FUDGE
   * (2), MAC SIZE (2), MAC, ORIGINAL ID (2), ERROR (2), OTHER LEN (2), OTHER DATA.
   */
  private static boolean signature(byte[] in, int owner, int fixed, int end, Query query) {
    boolean any = Wire.u16(in, fixed + 2) == Wire.CLASS_ANY && Wire.u32(in, fixed + 4) == 0;
    int at = afterName(in, fixed + Wire.FIXED, end);
    if (!any || at < 0 || at + 10 > end) {
      return false;
    }
    int other = at + 10 + Wire.u16(in, at + 8) + 4;
    if (other + 2 > end || other + 2 + Wire.u16(in, other) != end) {
      return false;
    }
    query.signedAt = owner;
    query.signedFixed = fixed;
    return true;
  }

  private static boolean opt(byte[] in, int fixed, int end, Query query) {
    if (query.edns) {
      query.edns = false; // which of the two would be answered?
      return false;
    }
    query.edns = true;
    query.payload = Wire.u16(in, fixed + 2);
    query.version = Wire.u8(in, fixed + 5);
    query.dnssecOk = (in[fixed + 6] & 0x80) != 0;
    // What the options of another version mean is not known; BADVERS says so.
    return query.version > 0 || options(in, fixed + Wire.FIXED, end, query);
  }

  private static boolean options(byte[] in, int from, int end, Query query) {
    int at = from;
    while (at < end) {
      int data = at + 4;
      int octets = data > end ? 0 : Wire.u16(in, at + 2);
      if (data + octets > end) {
        query.edns = false; // what cannot be read is not answered in kind either
        return false;
      }
      if (!option(in, Wire.u16(in, at), data, octets, query)) {
        return false;
      }
      at = data + octets;
    }
    return true;
  }

  /** Takes one option in; false when it is malformed. One that is not known is ignored. */
  private static boolean option(byte[] in, int code, int data, int octets, Query query) {
    switch (code) {
      case Wire.NSID -> query.nsid = true; // its data is to be ignored (RFC 5001 section 2.2)
      case Wire.CLIENT_SUBNET -> {
        if (!subnet(in, data, octets, query)) {
          query.subnetAt = -1;
          return false;
        }
      }
      case Wire.COOKIE -> {
        // Only the first counts (RFC 7873 section 5.2).
        if (query.cookieAt < 0) {
          if (!ServerCookie.legal(octets)) {
            return false;
          }
          query.cookieAt = data;
          query.cookieOctets = octets;
        }
      }
      case Wire.KEEPALIVE -> {
        query.keepalive = true;
        query.timeout |= octets > 0;
      }
      case Wire.PADDING -> query.padding = true;
      default -> {}
    }
    return true;
  }

  /**
   * Parses a client subnet (RFC 7871 section 6): FAMILY, SOURCE PREFIX-LENGTH, SCOPE PREFIX-LENGTH,
   * ADDRESS. Family 0 is taken when the prefix is 0 too: common clients say "no subnet" that way.
   */
  private static boolean subnet(byte[] in, int data, int octets, Query query) {
    if (octets < 4 || query.subnetAt >= 0) {
      return false;
    }
    int family = Wire.u16(in, data);
    int prefix = Wire.u8(in, data + 2);
    int longest = family == IPV4 ? 32 : family == IPV6 ? 128 : 0;
    boolean known = family <= IPV6;
    if (!known || prefix > longest || in[data + 3] != 0 || octets != 4 + ((prefix + 7) >> 3)) {
      return false;
    }
    if ((prefix & 7) != 0 && (in[data + octets - 1] & (0xFF >> (prefix & 7))) != 0) {
      return false;
    }
    query.subnetAt = data;
    query.subnetOctets = octets;
    query.asker.subnet = prefix > 0;
    query.asker.subnetV4 = family == IPV4;
    query.asker.subnetLength = prefix;
    if (family == IPV4) {
      query.asker.subnetHigh = 0;
      query.asker.subnetLow = leading(in, data + 4, octets - 4, 4);
    } else {
      query.asker.subnetHigh = leading(in, data + 4, Math.min(octets - 4, 8), 8);
      query.asker.subnetLow = leading(in, data + 12, Math.max(octets - 12, 0), 8);
    }
    return true;
  }

  /** A number of {@code width} octets of which only the first {@code octets} are there. */
  private static long leading(byte[] in, int from, int octets, int width) {
    long value = 0;
    for (int i = 0; i < width; i++) {
      value = (value << 8) | (i < octets ? Wire.u8(in, from + i) : 0);
    }
    return value;
  }
}
