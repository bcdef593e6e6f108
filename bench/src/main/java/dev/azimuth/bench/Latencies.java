package dev.azimuth.bench;

/**
 * A histogram of durations in nanoseconds, 0 to {@link Long#MAX_VALUE}, exact to 1/32: every power
 * of two is divided into 32 equal buckets. Recording allocates nothing. For one thread.
 */
final class Latencies {
  private static final int SUB_BITS = 5;
  private static final int SUB = 1 << SUB_BITS;

  private final long[] buckets = new long[(Long.SIZE - SUB_BITS) * SUB];
  private long count;
  private long max;

  void record(long nanos) {
    buckets[bucket(nanos)]++;
    count++;
    max = Math.max(max, nanos);
  }

  long count() {
    return count;
  }

  /** The longest duration recorded; 0 when there is none. */
  long max() {
    return max;
  }

  /**
   * A duration that at least this part of all recorded ones does not exceed, by at most 1/32 too
   * long; 0 when there is none.
   *
   * @param part 0 to 1, such as 0.99
   */
  long quantile(double part) {
    long wanted = (long) Math.ceil(part * count);
    long seen = 0;
    for (int bucket = 0; bucket < buckets.length; bucket++) {
      seen += buckets[bucket];
      if (seen >= wanted && seen > 0) {
        return Math.min(max, last(bucket));
      }
    }
    return max;
  }

  /** Values below 32 have a bucket each; above, the top six bits of a value choose it. */
  private static int bucket(long nanos) {
    if (nanos < SUB) {
      return (int) nanos;
    }
    int shift = Long.SIZE - 1 - SUB_BITS - Long.numberOfLeadingZeros(nanos);
    return shift * SUB + (int) (nanos >> shift);
  }

  /** The greatest value of a bucket. */
  private static long last(int bucket) {
    if (bucket < 2 * SUB) {
      return bucket;
    }
    int shift = bucket / SUB - 1;
    return ((long) (bucket % SUB + SUB + 1) << shift) - 1;
  }
}
