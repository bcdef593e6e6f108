package dev.azimuth.steering;

/**
 * When one of those who are to share the buckets comes to each of them. It comes to all, in an
 * order of its own that is as good as random, and the time of each arrival is exponential with its
 * weight as the rate: so that who is first at a bucket is each of them in proportion to the
 * weights. Pure: the same for the same name and weight wherever it is computed.
 */
final class Arrivals {
  private static final int MASK = Buckets.COUNT - 1;
  private static final int HALF = Buckets.BITS / 2;

  /** What is left of a double's 52 bits below the number of an arrival. */
  private static final int FINE = 52 - Buckets.BITS;

  private final long key;
  private final int weight;
  private final int first;
  private final int second;
  private final int firstBack;
  private final int secondBack;

  /**
   * @param key of the name
   * @param weight at least 1
   */
  Arrivals(long key, int weight) {
    this.key = key;
    this.weight = weight;
    long random = Buckets.random(key, -1);
    first = ((int) random & MASK) | 1;
    second = ((int) (random >>> Integer.SIZE) & MASK) | 1;
    firstBack = inverse(first);
    secondBack = inverse(second);
  }

  /** The bucket of an arrival, which are numbered in the order of their times from 0 on. */
  int bucket(int number) {
    int turned = (number * first + shift(0)) & MASK;
    turned ^= turned >>> HALF;
    turned = (turned * second + shift(1)) & MASK;
    return turned ^ (turned >>> HALF);
  }

  /** The number of the arrival at a bucket. */
  int number(int bucket) {
    int turned = bucket ^ (bucket >>> HALF);
    turned = ((turned - shift(1)) * secondBack) & MASK;
    turned ^= turned >>> HALF;
    return ((turned - shift(0)) * firstBack) & MASK;
  }

  /** The time of an arrival, which is nowhere before {@link #earliest}. */
  double time(int number) {
    long fine = Buckets.random(key, number) >>> (Long.SIZE - FINE);
    double part = ((((long) number << FINE) | fine) + 0.5) * 0x1p-52;
    // Not Math: the nodes of a zone must agree to the last bit.
    return -StrictMath.log1p(-part) / weight;
  }

  /** A bound of the time of an arrival that costs no logarithm. */
  double earliest(int number) {
    return (double) number / Buckets.COUNT / weight;
  }

  private int shift(int round) {
    return (int) (key >>> (round * Buckets.BITS)) & MASK;
  }

  /** What an odd number is to be multiplied by so that 1 is left of it in twelve bits. */
  private static int inverse(int odd) {
    int inverse = odd; // right in three bits; each step doubles them
    inverse *= 2 - odd * inverse;
    inverse *= 2 - odd * inverse;
    return inverse & MASK;
  }
}
