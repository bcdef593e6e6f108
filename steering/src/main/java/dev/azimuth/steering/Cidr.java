package dev.azimuth.steering;

/**
 * An address prefix. IPv4 stands in the lower 32 bits of {@code low} with {@code high} 0.
 *
 * @param length of the prefix, 0 to 32 or 128; the bits below it are 0
 */
public record Cidr(boolean v4, long high, long low, int length) {

  /** The prefix of this length around an address. */
  static Cidr around(boolean v4, long high, long low, int length) {
    int host = (v4 ? Family.V4 : Family.V6).bits() - length;
    long lowMask = host >= Long.SIZE ? 0 : -1L << host;
    long highMask = host <= Long.SIZE ? -1 : host == 2 * Long.SIZE ? 0 : -1L << (host - Long.SIZE);
    return new Cidr(v4, high & highMask, low & lowMask, length);
  }
}
