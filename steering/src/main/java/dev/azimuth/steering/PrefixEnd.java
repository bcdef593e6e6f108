package dev.azimuth.steering;

/**
 * The first address behind a prefix.
 *
 * @param last whether there is none: the prefix ends with the last address
 */
record PrefixEnd(long high, long low, boolean last) {

  static PrefixEnd of(Family family, long high, long low, int length) {
    int hostBits = family.bits() - length;
    long lowMask = hostBits >= 64 ? -1 : (1L << hostBits) - 1;
    long highMask = hostBits <= 64 ? 0 : hostBits == 128 ? -1 : (1L << (hostBits - 64)) - 1;
    long lowEnd = (low | lowMask) + 1;
    long highEnd = (high | highMask) + (lowEnd == 0 ? 1 : 0);
    boolean last = family == Family.V4 ? lowEnd == 1L << 32 : lowEnd == 0 && highEnd == 0;
    return new PrefixEnd(highEnd, lowEnd, last);
  }
}
