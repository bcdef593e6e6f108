package dev.azimuth.steering;

import java.util.Arrays;

/** Pearson's test of counts against what is expected of them. */
final class ChiSquare {
  private ChiSquare() {}

  /**
   * The statistic of counts whose expectations are in proportion to {@code weights}, or to one
   * weight for all.
   */
  static double of(long[] counts, double... weights) {
    double sum = 0;
    for (int i = 0; i < counts.length; i++) {
      sum += weights[i % weights.length];
    }
    double total = Arrays.stream(counts).sum();
    double statistic = 0;
    for (int i = 0; i < counts.length; i++) {
      double expected = total * weights[i % weights.length] / sum;
      statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    return statistic;
  }

  /**
   * What the statistic passes with a probability of 0.001 where the expectations are right (Wilson
   * and Hilferty, 1931: at most 4 % above the exact value).
   */
  static double bound(int degrees) {
    double spread = 2.0 / (9 * degrees);
    return degrees * Math.pow(1 - spread + 3.0902 * Math.sqrt(spread), 3);
  }
}
