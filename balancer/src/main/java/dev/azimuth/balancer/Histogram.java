package dev.azimuth.balancer;

import java.util.List;

/**
 * How often something took how long.
 *
 * @param counts by class: the first up to 64 µs, each later one up to twice as long, the last one
 *     without end
 * @param sumMicros of all
 */
public record Histogram(List<Long> counts, long sumMicros) {
  public Histogram {
    counts = List.copyOf(counts);
  }

  /** How many there were. */
  public long count() {
    return counts.stream().mapToLong(Long::longValue).sum();
  }

  /** The upper end of a class, in microseconds; {@link Long#MAX_VALUE} for the last one. */
  public long end(int index) {
    return index == counts.size() - 1 ? Long.MAX_VALUE : Latency.end(index);
  }

  /**
   * The end of the class with the value below which a share of all lies, in microseconds; 0 where
   * there are none.
   *
   * @param share 0 to 1
   */
  public long quantile(double share) {
    long wanted = (long) Math.ceil(share * count());
    long seen = 0;
    for (int i = 0; i < counts.size(); i++) {
      seen += counts.get(i);
      if (seen >= wanted && seen > 0) {
        return end(i);
      }
    }
    return 0;
  }
}
