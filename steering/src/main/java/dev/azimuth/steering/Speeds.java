package dev.azimuth.steering;

import dev.azimuth.health.Latency;
import java.util.Arrays;
import java.util.List;

/** What latencies make of weights. Pure. */
final class Speeds {
  /** The factor of the quickest member; the slowest that is told apart has 1. */
  private static final int MOST = 1000;

  private Speeds() {}

  /**
   * The weights of members picked by latency: each one's own times a factor from 1 to 1000 in
   * proportion to 1 / latency. One that was not measured yet counts as slow as the slowest that
   * was.
   */
  static int[] weights(List<Member> members) {
    int quickest = Integer.MAX_VALUE;
    int slowest = 0;
    for (Member member : members) {
      if (member.latency() > 0) {
        quickest = Math.min(quickest, member.latency());
        slowest = Math.max(slowest, member.latency());
      }
    }
    long[] weights = new long[members.size()];
    for (int i = 0; i < weights.length; i++) {
      int level = members.get(i).latency();
      int above = slowest == 0 ? 0 : (level > 0 ? level : slowest) - quickest;
      long factor = Math.max(1, Math.round(MOST * Math.pow(Latency.STEP, -above)));
      weights[i] = factor * members.get(i).weight();
    }
    // Weights that rise count in hundredths: the product may be more than a weight can be.
    long most = Arrays.stream(weights).max().orElse(0);
    int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(most) - (Integer.SIZE - 1));
    return Arrays.stream(weights).mapToInt(weight -> (int) Math.max(1, weight >> shift)).toArray();
  }
}
