package dev.azimuth.balancer;

import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header by which a proxy in front says who its client is: versions 1 and 2 of the PROXY
 * protocol (HAProxy's {@code doc/proxy-protocol.txt}). Total.
 *
 * <pre>
 *   version 1: PROXY TCP4|TCP6 CLIENT SERVER PORT PORT CRLF, or PROXY UNKNOWN … CRLF
 *
 *   version 2:
 *    0  signature                          0D 0A 0D 0A 00 0D 0A 51 55 49 54 0A
 *   12  version 2 (4 bits), command        0 LOCAL, 1 PROXY
 *   13  family (4 bits), transport         0 none, 1 IPv4, 2 IPv6, 3 Unix; 0 none, 1 stream, 2 datagram
 *   14  length of the rest
 *   16  addresses: client, server, ports; then type, length and value of anything else
 * </pre>
 */
final class ProxyReader {
  /** The longest header of version 1, in octets. */
  static final int LONGEST_V1 = 107;

  /** The longest header of version 2 that is taken, in octets: what fits into any packet. */
  static final int LONGEST = 536;

  /** What begins a header of version 2. */
  static final String SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";

  private static final String V1 = "PROXY ";
  private static final int FIXED = 16;
  private static final int VERSION_2 = 2;
  private static final int LOCAL = 0;
  private static final int PROXY = 1;
  private static final int TLV_HEADER = 3;

  private ProxyReader() {}

  /** What the first octets of a connection are. */
  sealed interface Reading permits Header, Unread {}

  /**
   * A header.
   *
   * @param length in octets
   * @param ends null where it names none: the proxy speaks for itself
   */
  record Header(int length, @Nullable ProxyEnds ends) implements Reading {}

  /** Why they are no header. */
  enum Unread implements Reading {
    /** It has not come whole; never said of {@link #LONGEST} octets. */
    MORE,
    /** No header, or a broken one, or one that is too long. */
    MALFORMED
  }

  /**
   * Reads what has come so far and leaves it where it is. What follows changes no other result than
   * {@link Unread#MORE}.
   */
  static Reading read(ByteBuf in) {
    if (!in.isReadable()) {
      return Unread.MORE;
    }
    return in.getByte(in.readerIndex()) == V1.charAt(0) ? first(in) : second(in);
  }

  private static Reading second(ByteBuf in) {
    int start = in.readerIndex();
    int have = in.readableBytes();
    if (!begins(in, SIGNATURE)) {
      return Unread.MALFORMED;
    }
    if (have < FIXED) {
      return Unread.MORE;
    }
    int command = in.getByte(start + 12) & 0x0f;
    int family = in.getUnsignedByte(start + 13) >> 4;
    int transport = in.getByte(start + 13) & 0x0f;
    int length = FIXED + in.getUnsignedShort(start + 14);
    if (in.getUnsignedByte(start + 12) >> 4 != VERSION_2 || command > PROXY || length > LONGEST) {
      return Unread.MALFORMED;
    }
    boolean known = family == 0 ? transport == 0 : transport == 1 || transport == 2;
    int addresses = FIXED + addresses(family);
    if (command == PROXY && (!known || family > 3 || length < addresses)) {
      return Unread.MALFORMED;
    }
    if (have < length) {
      return Unread.MORE;
    }
    if (command == LOCAL) {
      return new Header(length, null); // whatever else it says has to be ignored
    }
    if (!divided(in, start + addresses, start + length)) {
      return Unread.MALFORMED;
    }
    return switch (family) {
      case 1 -> new Header(length, ends(in, start + FIXED, 4));
      case 2 -> new Header(length, ends(in, start + FIXED, 16));
      default -> new Header(length, null);
    };
  }

  /** How many octets the addresses of a family have. */
  private static int addresses(int family) {
    return switch (family) {
      case 1 -> 12;
      case 2 -> 36;
      case 3 -> 216;
      default -> 0;
    };
  }

  /** Whether what follows the addresses is types, lengths and values to the last octet. */
  private static boolean divided(ByteBuf in, int from, int end) {
    int at = from;
    while (end - at >= TLV_HEADER) {
      at += TLV_HEADER + in.getUnsignedShort(at + 1);
    }
    return at == end;
  }

  private static ProxyEnds ends(ByteBuf in, int at, int width) {
    int ports = at + 2 * width;
    return new ProxyEnds(
        new InetSocketAddress(address(in, at, width), in.getUnsignedShort(ports)),
        new InetSocketAddress(address(in, at + width, width), in.getUnsignedShort(ports + 2)));
  }

  private static InetAddress address(ByteBuf in, int at, int width) {
    byte[] octets = new byte[width];
    in.getBytes(at, octets);
    return address(octets);
  }

  /** IPv4 in the form of IPv6 (RFC 4291 section 2.5.5.2) becomes what it is. */
  private static InetAddress address(byte[] octets) {
    try {
      return InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address has 4 octets or 16", e);
    }
  }

  private static Reading first(ByteBuf in) {
    int start = in.readerIndex();
    int have = Math.min(in.readableBytes(), LONGEST_V1);
    if (!begins(in, V1)) {
      return Unread.MALFORMED;
    }
    int end = in.indexOf(start, start + have, (byte) '\n');
    if (end < 0) {
      return have < LONGEST_V1 ? Unread.MORE : Unread.MALFORMED;
    }
    if (in.getByte(end - 1) != '\r') {
      return Unread.MALFORMED;
    }
    int from = start + V1.length();
    String line = in.toString(from, Math.max(0, end - 1 - from), StandardCharsets.ISO_8859_1);
    int length = end + 1 - start;
    String[] words = line.split(" ", -1);
    if (words[0].equals("UNKNOWN")) {
      return new Header(length, null);
    }
    InetSocketAddress client = words.length == 5 ? end(words[0], words[1], words[3]) : null;
    InetSocketAddress server = words.length == 5 ? end(words[0], words[2], words[4]) : null;
    return client == null || server == null
        ? Unread.MALFORMED
        : new Header(length, new ProxyEnds(client, server));
  }

  /** One end as text; null for what is none. */
  private static @Nullable InetSocketAddress end(String family, String address, String port) {
    boolean sound =
        switch (family) {
          case "TCP4" -> v4(address);
          case "TCP6" -> v6(address);
          default -> false;
        };
    if (!sound || !number(port, 65_535)) {
      return null;
    }
    byte[] octets = NetUtil.createByteArrayFromIpAddressString(address);
    return octets == null ? null : new InetSocketAddress(address(octets), Integer.parseInt(port));
  }

  private static boolean v4(String address) {
    String[] parts = address.split("\\.", -1);
    boolean sound = parts.length == 4;
    for (String part : parts) {
      sound &= number(part, 255);
    }
    return sound;
  }

  /** Neither brackets nor a zone. */
  private static boolean v6(String address) {
    return address.chars().allMatch(c -> Character.digit(c, 16) >= 0 || c == ':' || c == '.')
        && NetUtil.isValidIpV6Address(address);
  }

  /** Whether digits are a number of at most so much, without zeros in front. */
  private static boolean number(String digits, int most) {
    boolean plain =
        !digits.isEmpty()
            && digits.length() <= 5
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    return plain
        && (digits.length() == 1 || digits.charAt(0) != '0')
        && Integer.parseInt(digits) <= most;
  }

  /** Whether what has come begins like a text, as far as it goes. */
  private static boolean begins(ByteBuf in, String text) {
    int have = Math.min(in.readableBytes(), text.length());
    for (int i = 0; i < have; i++) {
      if (in.getByte(in.readerIndex() + i) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
