package dev.azimuth.app.config;

import dev.azimuth.steering.Cidr;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** Octets of addresses to numbers and to text. Pure. */
final class Cidrs {
  private Cidrs() {}

  /** Octets from {@code from} to before {@code to} as one number, the first the highest. */
  static long number(byte[] octets, int from, int to) {
    long number = 0;
    for (int i = from; i < to; i++) {
      number = number << 8 | (octets[i] & 0xff);
    }
    return number;
  }

  /**
   * An address as text.
   *
   * @param octets 4 or 16
   */
  static String text(byte[] octets) {
    try {
      return InetAddress.getByAddress(octets).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("neither 4 nor 16 octets", e);
    }
  }

  /** Address, slash, length. */
  static String text(Cidr cidr) {
    ByteBuffer octets =
        cidr.v4()
            ? ByteBuffer.allocate(4).putInt((int) cidr.low())
            : ByteBuffer.allocate(16).putLong(cidr.high()).putLong(cidr.low());
    return text(octets.array()) + "/" + cidr.length();
  }
}
