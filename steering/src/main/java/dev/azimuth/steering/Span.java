package dev.azimuth.steering;

/**
 * Addresses from one to another, both included. IPv4 ones stand in the lower 32 bits of {@code low}
 * and {@code lastLow}.
 */
record Span(boolean v4, long high, long low, long lastHigh, long lastLow) {
  private static final double TWO_TO_THE_64 = 0x1p64;

  static Span of(Cidr cidr) {
    Family family = cidr.v4() ? Family.V4 : Family.V6;
    PrefixEnd end = PrefixEnd.of(family, cidr.high(), cidr.low(), cidr.length());
    return before(family, cidr.high(), cidr.low(), end.high(), end.low());
  }

  /** The addresses up to, but without, another. One behind the last address is that, or 0. */
  static Span before(Family family, long high, long low, long endHigh, long endLow) {
    boolean v4 = family == Family.V4;
    long lastLow = v4 ? (endLow - 1) & 0xffffffffL : endLow - 1;
    return new Span(v4, high, low, v4 || endLow != 0 ? endHigh : endHigh - 1, lastLow);
  }

  /** How many there are; exact where a {@code double} can be: for any IPv4 and any prefix. */
  double addresses() {
    return 1 + distance(high, low, lastHigh, lastLow);
  }

  /** How many addresses lie between two, the first included. */
  static double distance(long high, long low, long otherHigh, long otherLow) {
    long borrow = Long.compareUnsigned(otherLow, low) < 0 ? 1 : 0;
    return number(otherHigh - high - borrow) * TWO_TO_THE_64 + number(otherLow - low);
  }

  private static double number(long unsigned) {
    return (unsigned >>> 1) * 2.0 + (unsigned & 1);
  }
}
