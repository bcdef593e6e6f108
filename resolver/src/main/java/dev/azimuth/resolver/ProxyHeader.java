package dev.azimuth.resolver;

/**
 * The header by which a front end says who its client is: versions 1 and 2 of the PROXY protocol
 * (HAProxy's {@code doc/proxy-protocol.txt}). A cursor that a worker owns; total, and allocates
 * nothing.
 *
 * <pre>
 *   version 1: PROXY TCP4|TCP6 SOURCE DESTINATION PORT PORT CRLF, or PROXY UNKNOWN … CRLF
 *
 *   version 2:
 *    0  signature                          0D 0A 0D 0A 00 0D 0A 51 55 49 54 0A
 *   12  version 2 (4 bits), command        0 LOCAL, 1 PROXY
 *   13  family (4 bits), transport         0 none, 1 IPv4, 2 IPv6, 3 Unix; 0 none, 1 stream, 2 datagram
 *   14  length of the rest
 *   16  addresses: source, destination, ports; then what is of no use here
 * </pre>
 */
final class ProxyHeader {
  /** What {@link #readStream} says while the header has not come whole. */
  static final int MORE = 0;

  /** What is said of a header that is none. */
  static final int MALFORMED = -1;

  /** The longest header of version 1, in octets. */
  static final int LONGEST_V1 = 107;

  /** The longest header of version 2 that is taken, in octets: what fits into any packet. */
  static final int LONGEST = 536;

  private static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};
  private static final byte[] V1 = {'P', 'R', 'O', 'X', 'Y', ' '};
  private static final byte[] UNKNOWN = {'U', 'N', 'K', 'N', 'O', 'W', 'N'};
  private static final byte[] TCP4 = {'T', 'C', 'P', '4', ' '};
  private static final byte[] TCP6 = {'T', 'C', 'P', '6', ' '};

  private static final int FIXED = 16;
  private static final int VERSION_2 = 0x20;
  private static final int LOCAL = 0;
  private static final int PROXY = 1;
  private static final int ADDRESSES_V4 = 12;
  private static final int ADDRESSES_V6 = 36;
  private static final int ADDRESSES_UNIX = 216;

  private final AddressText text = new AddressText();

  /** Whether the header names a client; else it is the front end itself. */
  private boolean named;

  private boolean v4;
  private long high;
  private long low;
  private int port;

  /** The number that was read last from a header of version 1. */
  private int number;

  /**
   * Reads the header before a datagram, of version 2.
   *
   * @param length how many octets of {@code in} came
   * @return the length of the header, or {@link #MALFORMED}
   */
  int readDatagram(byte[] in, int length) {
    int header = second(in, length);
    return header == MORE ? MALFORMED : header;
  }

  /**
   * Reads the header at the beginning of a stream, of either version.
   *
   * @param length how many octets of {@code in} have come so far; no more than {@link #LONGEST} are
   *     ever needed
   * @return the length of the header, {@link #MORE} or {@link #MALFORMED}
   */
  int readStream(byte[] in, int length) {
    return length > 0 && in[0] == V1[0] ? first(in, length) : second(in, length);
  }

  /** Puts the client's address and port in the place of the front end's, if the header has them. */
  void fill(Client client) {
    if (named) {
      client.v4 = v4;
      client.high = high;
      client.low = low;
      client.port = port;
    }
  }

  /** The client's address, that of the front end if the header names none. */
  ClientAddress client(ClientAddress frontEnd) {
    return named ? new ClientAddress(v4, high, low) : frontEnd;
  }

  /** The client's port, that of the front end if the header names none. */
  int port(int frontEnd) {
    return named ? port : frontEnd;
  }

  private int second(byte[] in, int length) {
    named = false;
    if (!begins(in, 0, length, SIGNATURE)) {
      return MALFORMED;
    }
    if (length < FIXED) {
      return MORE;
    }
    int end = FIXED + Wire.u16(in, 14);
    int command = in[12] & 0x0F;
    int family = Wire.u8(in, 13) >> 4;
    if ((in[12] & 0xF0) != VERSION_2 || command > PROXY || end > LONGEST) {
      return MALFORMED;
    }
    if (command == LOCAL) {
      return length < end ? MORE : end;
    }
    int transport = in[13] & 0x0F;
    boolean known = family == 0 ? transport == 0 : transport == 1 || transport == 2;
    if (!known || family > 3 || end - FIXED < addresses(family)) {
      return MALFORMED;
    }
    if (length < end) {
      return MORE;
    }
    // Whoever came over no address, or one of another kind, is known by the front end's.
    if (family == 1) {
      name(true, 0, Wire.i32(in, FIXED) & 0xFFFF_FFFFL, Wire.u16(in, FIXED + 8));
    } else if (family == 2) {
      name(false, Wire.i64(in, FIXED), Wire.i64(in, FIXED + 8), Wire.u16(in, FIXED + 32));
    }
    return end;
  }

  /** How many octets the addresses of a family have, 0 to 3. */
  private static int addresses(int family) {
    return switch (family) {
      case 1 -> ADDRESSES_V4;
      case 2 -> ADDRESSES_V6;
      case 3 -> ADDRESSES_UNIX;
      default -> 0;
    };
  }

  private int first(byte[] in, int length) {
    named = false;
    int most = Math.min(length, LONGEST_V1);
    if (!begins(in, 0, most, V1)) {
      return MALFORMED;
    }
    int end = V1.length;
    while (end < most && in[end] != '\n') {
      end++;
    }
    if (end >= most) {
      return length < LONGEST_V1 ? MORE : MALFORMED;
    }
    int at = V1.length;
    if (in[end - 1] != '\r') {
      return MALFORMED;
    }
    if (begins(in, at, end, UNKNOWN)) {
      byte after = in[at + UNKNOWN.length];
      return after == ' ' || after == '\r' ? end + 1 : MALFORMED;
    }
    boolean four = begins(in, at, end, TCP4);
    if (!four && !begins(in, at, end, TCP6)) {
      return MALFORMED;
    }
    at = addressEnd(in, at + TCP4.length, end - 1, four);
    long sourceHigh = text.high;
    long sourceLow = text.low;
    at = addressEnd(in, at, end - 1, four);
    at = portEnd(in, at, end - 1, ' ');
    int sourcePort = number;
    at = portEnd(in, at, end - 1, '\r');
    if (at != end) {
      return MALFORMED;
    }
    name(four, sourceHigh, sourceLow, sourcePort);
    return end + 1;
  }

  /** Reads an address that a space ends; returns where the next field begins, -1 for none. */
  private int addressEnd(byte[] in, int from, int end, boolean four) {
    int at = from;
    while (at >= 0 && at < end && in[at] != ' ') {
      at++;
    }
    boolean sound = from >= 0 && at < end && (four ? text.v4(in, from, at) : text.v6(in, from, at));
    return sound ? at + 1 : -1;
  }

  /** Reads a port with its end; returns where the next field begins, -1 for none. */
  private int portEnd(byte[] in, int from, int end, char terminator) {
    if (from < 0) {
      return -1;
    }
    int at = from;
    number = 0;
    for (; at < end && at - from < 5 && in[at] >= '0' && in[at] <= '9'; at++) {
      number = number * 10 + in[at] - '0';
    }
    return at > from && number <= 65_535 && at <= end && in[at] == terminator ? at + 1 : -1;
  }

  /** An IPv4 client may come as its IPv6 form (RFC 4291 section 2.5.5.2): lists know it as IPv4. */
  private void name(boolean four, long clientHigh, long clientLow, int clientPort) {
    boolean mapped = !four && clientHigh == 0 && clientLow >>> 32 == 0xFFFF;
    named = true;
    v4 = four || mapped;
    high = clientHigh;
    low = mapped ? clientLow & 0xFFFF_FFFFL : clientLow;
    port = clientPort;
  }

  /** Whether what has come so far, up to a length, is what a constant says. */
  private static boolean begins(byte[] in, int from, int length, byte[] constant) {
    for (int i = 0; i < constant.length && from + i < length; i++) {
      if (in[from + i] != constant[i]) {
        return false;
      }
    }
    return true;
  }
}
