package dev.azimuth.steering;

/** Which bucket of a sticky choice a client falls into. Pure; allocates nothing. */
final class Buckets {
  /** How many bits their numbers have. */
  static final int BITS = 12;

  /** How many buckets a choice has. */
  static final int COUNT = 1 << BITS;

  private Buckets() {}

  /**
   * The bucket of all clients that share a prefix, 0 to {@link #COUNT} − 1.
   *
   * @param key from {@link Salt#key}
   * @param high of an IPv4 address 0
   * @param low of an IPv4 address its 32 bits
   */
  static int of(long key, boolean v4, long high, long low, StickyPrefix prefix) {
    if (v4) {
      return bucket(mix(key) ^ (low & (-1L << (Family.V4.bits() - prefix.v4()))));
    }
    int length = prefix.v6();
    long first = high & (-1L << Math.max(0, Long.SIZE - length));
    long second = length <= Long.SIZE ? 0 : low & (-1L << (Family.V6.bits() - length));
    // A key of its own for the family: an IPv4 prefix is no prefix of IPv6.
    return bucket(mix(mix(~key) ^ first) ^ second);
  }

  private static int bucket(long number) {
    return (int) (mix(number) >>> (Long.SIZE - BITS));
  }

  /**
   * A number above 0 and below 1 that is always the same for two numbers, and as good as random.
   */
  static double chance(long a, long b) {
    return ((random(a, b) >>> (Long.SIZE - 53)) + 0.5) * 0x1p-53;
  }

  /** 64 bits that are always the same for two numbers, and as good as random. */
  static long random(long a, long b) {
    return mix(mix(a) ^ b);
  }

  /**
   * Stafford's variant 13 of the 64-bit finalizer of MurmurHash3: one-to-one, every bit matters.
   */
  private static long mix(long number) {
    number = (number ^ (number >>> 30)) * 0xbf58476d1ce4e5b9L;
    number = (number ^ (number >>> 27)) * 0x94d049bb133111ebL;
    return number ^ (number >>> 31);
  }
}
