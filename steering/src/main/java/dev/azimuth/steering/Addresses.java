package dev.azimuth.steering;

import dev.azimuth.health.Target;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.StringJoiner;

/** Octets of addresses to numbers and to text. Pure. */
public final class Addresses {
  private Addresses() {}

  /** Octets from {@code from} to before {@code to} as one number, the first the highest. */
  public static long number(byte[] octets, int from, int to) {
    long number = 0;
    for (int i = from; i < to; i++) {
      number = number << 8 | (octets[i] & 0xff);
    }
    return number;
  }

  /** An address as text, IPv6 in the shortest form (RFC 5952 section 4). */
  public static String text(InetAddress address) {
    return text(address.getAddress());
  }

  /** An address and port as text: {@code 192.0.2.1:53} or {@code [2001:db8::1]:53}. */
  public static String text(InetSocketAddress address) {
    String host = text(address.getAddress());
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /** Where a probe goes: address and port, or the address alone where its check knows no port. */
  public static String text(Target target) {
    return target.port() == 0
        ? text(target.address())
        : text(new InetSocketAddress(target.address(), target.port()));
  }

  /** Address, slash, length. */
  public static String text(Cidr cidr) {
    return text(cidr.v4(), cidr.high(), cidr.low()) + "/" + cidr.length();
  }

  /** An address as text; IPv4 stands in the lower 32 bits of {@code low}. */
  static String text(boolean v4, long high, long low) {
    ByteBuffer octets =
        v4
            ? ByteBuffer.allocate(4).putInt((int) low)
            : ByteBuffer.allocate(16).putLong(high).putLong(low);
    return text(octets.array());
  }

  /**
   * An address as text, IPv6 in the shortest form (RFC 5952 section 4).
   *
   * @param octets 4 or 16
   */
  public static String text(byte[] octets) {
    if (octets.length == 4) {
      StringJoiner v4 = new StringJoiner(".");
      for (byte octet : octets) {
        v4.add(Integer.toString(octet & 0xff));
      }
      return v4.toString();
    }
    int[] groups = new int[8];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = (int) number(octets, 2 * i, 2 * i + 2);
    }
    int zeros = longestZeros(groups);
    if (zeros < 0) {
      return hex(groups, 0, groups.length);
    }
    int end = zeros;
    while (end < groups.length && groups[end] == 0) {
      end++;
    }
    return hex(groups, 0, zeros) + "::" + hex(groups, end, groups.length);
  }

  /** Where the first longest run of at least two zeros begins; -1 for none. */
  private static int longestZeros(int[] groups) {
    int best = -1;
    int longest = 1;
    int run = 0;
    for (int i = 0; i < groups.length; i++) {
      run = groups[i] == 0 ? run + 1 : 0;
      if (run > longest) {
        longest = run;
        best = i - run + 1;
      }
    }
    return best;
  }

  private static String hex(int[] groups, int from, int to) {
    StringJoiner text = new StringJoiner(":");
    for (int i = from; i < to; i++) {
      text.add(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
