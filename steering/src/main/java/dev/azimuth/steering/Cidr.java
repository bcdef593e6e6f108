package dev.azimuth.steering;

/**
 * An address prefix. IPv4 stands in the lower 32 bits of {@code low} with {@code high} 0.
 *
 * @param length of the prefix, 0 to 32 or 128; the bits below it are 0
 */
public record Cidr(boolean v4, long high, long low, int length) {

  /** Whether some address is in both. */
  public boolean meets(Cidr other) {
    int common = Math.min(length, other.length);
    return v4 == other.v4
        && around(v4, high, low, common).equals(around(v4, other.high, other.low, common));
  }

  /** Whether no client subnet in it may decide: all of it is private, or special otherwise. */
  public boolean neverSubnet() {
    // Within eight bits there is one range of that kind at most.
    if (length < Byte.SIZE || Subnets.usable(v4, high, low)) {
      return false;
    }
    int host = (v4 ? Family.V4 : Family.V6).bits() - length;
    long lastLow = host >= Long.SIZE ? -1 : low | ((1L << host) - 1);
    long lastHigh = host <= Long.SIZE ? high : high | ((1L << (host - Long.SIZE)) - 1);
    return !Subnets.usable(v4, lastHigh, lastLow);
  }

  /** The prefix of this length around an address. */
  static Cidr around(boolean v4, long high, long low, int length) {
    int host = (v4 ? Family.V4 : Family.V6).bits() - length;
    long lowMask = host >= Long.SIZE ? 0 : -1L << host;
    long highMask = host <= Long.SIZE ? -1 : host == 2 * Long.SIZE ? 0 : -1L << (host - Long.SIZE);
    return new Cidr(v4, high & highMask, low & lowMask, length);
  }
}
