package dev.azimuth.resolver;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers of the DNS wire format (RFC 1035 section 4.1) and how they are read and written. */
final class Wire {
  /** The length of the header in octets; the question follows it. */
  static final int HEADER = 12;

  /** Where the counts of the sections stand in the header. */
  static final int QDCOUNT = 4;

  static final int ANCOUNT = 6;
  static final int NSCOUNT = 8;
  static final int ARCOUNT = 10;

  /** Bits of octet 2 of the header. */
  static final int QR = 0x80;

  static final int OPCODE = 0x78;
  static final int AA = 0x04;
  static final int TC = 0x02;
  static final int RD = 0x01;

  static final int OPCODE_QUERY = 0;
  static final int OPCODE_NOTIFY = 4;

  static final int CLASS_IN = 1;
  static final int CLASS_CH = 3;
  static final int CLASS_ANY = 255;

  static final int A = 1;
  static final int NS = 2;
  static final int CNAME = 5;
  static final int SOA = 6;
  static final int PTR = 12;
  static final int MX = 15;
  static final int TXT = 16;
  static final int AAAA = 28;
  static final int SRV = 33;
  static final int OPT = 41;
  static final int DS = 43;
  static final int DNSKEY = 48;
  static final int SVCB = 64;
  static final int HTTPS = 65;

  /** Meta type of compact denial; asking for it is a format error (RFC 9824 section 3.4). */
  static final int NXNAME = 128;

  static final int TKEY = 249;
  static final int TSIG = 250;
  static final int IXFR = 251;
  static final int AXFR = 252;
  static final int MAILB = 253;
  static final int MAILA = 254;
  static final int ANY = 255;
  static final int CAA = 257;

  static final int NOERROR = 0;
  static final int FORMERR = 1;
  static final int SERVFAIL = 2;
  static final int NXDOMAIN = 3;
  static final int NOTIMP = 4;
  static final int REFUSED = 5;
  static final int YXDOMAIN = 6;
  static final int NOTAUTH = 9;

  /** Beyond 15, the upper eight bits stand in the OPT record (RFC 6891 section 6.1.3). */
  static final int BADVERS = 16;

  static final int BADCOOKIE = 23;

  /** Option codes of EDNS: RFC 5001, 7871, 7873, 7828, 7830 and 8914. */
  static final int NSID = 3;

  static final int CLIENT_SUBNET = 8;
  static final int COOKIE = 10;
  static final int KEEPALIVE = 11;
  static final int PADDING = 12;
  static final int EXTENDED_ERROR = 15;

  /** Keys of the parameters of a service that are addresses (RFC 9460 section 14.3.2). */
  static final int IPV4HINT = 4;

  static final int IPV6HINT = 6;

  /** A record's octets between its owner and its data: TYPE, CLASS, TTL, RDLENGTH. */
  static final int FIXED = 10;

  /** The upper bits that make two octets a compression pointer (RFC 1035 section 4.1.4). */
  static final int POINTER = 0xC000;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Wire() {}

  static int u8(byte[] octets, int at) {
    return octets[at] & 0xFF;
  }

  static int u32(byte[] octets, int at) {
    return u16(octets, at) << 16 | u16(octets, at + 2);
  }

  static int u16(byte[] octets, int at) {
    return (short) SHORT.get(octets, at) & 0xFFFF;
  }

  static int i32(byte[] octets, int at) {
    return (int) INT.get(octets, at);
  }

  static long i64(byte[] octets, int at) {
    return (long) LONG.get(octets, at);
  }

  static void put16(byte[] octets, int at, int value) {
    SHORT.set(octets, at, (short) value);
  }

  static void put32(byte[] octets, int at, int value) {
    INT.set(octets, at, value);
  }

  static void put64(byte[] octets, int at, long value) {
    LONG.set(octets, at, value);
  }

  /** The length of an uncompressed name, with the root's octet. */
  static int nameLength(byte[] octets, int name) {
    int at = name;
    while (octets[at] != 0) {
      at += 1 + u8(octets, at);
    }
    return at + 1 - name;
  }
}
