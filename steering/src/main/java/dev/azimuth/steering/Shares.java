package dev.azimuth.steering;

import java.util.Arrays;

/** What the bounded length of a schedule makes of weights. Pure. */
public final class Shares {
  private Shares() {}

  /** The most turns that a schedule of so many backends has. */
  public static int longest(int backends) {
    return Layout.longest(backends);
  }

  /**
   * Whether each backend gets exactly its share.
   *
   * @param weights at least one, each at least 1
   */
  public static boolean exact(int... weights) {
    return Layout.turns(weights) <= longest(weights.length);
  }

  /**
   * The share that each backend gets in the turns of one round, 0 to 1.
   *
   * @param weights at least one, each at least 1
   */
  public static double[] of(int... weights) {
    int[] counts = Layout.counts(weights, longest(weights.length));
    double sum = Arrays.stream(counts).sum();
    return Arrays.stream(counts).mapToDouble(count -> count / sum).toArray();
  }
}
