package dev.azimuth.steering;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Who has which bucket of a sticky choice: those with the highest scores −w / ln u, where u is a
 * number from 0 to 1 that belongs to the bucket and a name. Each has a share of the buckets in
 * proportion to its weight, near enough; when one is gone only its own buckets move, and when a
 * weight changes they move only to or from that one.
 */
final class Rendezvous {
  private final int[] weights;
  private final int[] ranks;
  private final Grouping grouping;
  private final long[] keys;
  private final double[] scores;
  private final boolean[] taken;

  /**
   * @param names of those to choose from, at least one, distinct
   * @param weights theirs, each at least 1
   * @param ranks theirs: a lower one comes first, whatever the scores
   * @param grouping of as many
   */
  Rendezvous(List<String> names, int[] weights, int[] ranks, Grouping grouping) {
    this.weights = weights;
    this.ranks = ranks;
    this.grouping = grouping;
    keys = names.stream().mapToLong(Salt.NONE::key).toArray();
    scores = new double[weights.length];
    taken = new boolean[grouping.kinds()];
  }

  /**
   * The numbers of those that a bucket gives, the best first; fewer than {@code most} where no more
   * may stand together.
   */
  int[] best(int bucket, int most) {
    for (int member = 0; member < scores.length; member++) {
      double u = Buckets.chance(keys[member], bucket);
      scores[member] = -weights[member] / Math.log(u);
    }
    Arrays.fill(taken, false);
    int[] best = new int[Math.min(most, scores.length)];
    for (int count = 0; count < best.length; count++) {
      int next = next(count == 0 ? -1 : grouping.side(best[0]));
      if (next < 0) {
        return Arrays.copyOf(best, count);
      }
      best[count] = next;
      taken[grouping.kind(next)] = true;
    }
    return best;
  }

  /** The best one of a side, −1 for any, that may stand beside those taken; −1 for none. */
  private int next(int side) {
    int best = -1;
    for (int member = 0; member < scores.length; member++) {
      if (!taken[grouping.kind(member)]
          && (side < 0 || grouping.side(member) == side)
          && (best < 0 || before(member, best))) {
        best = member;
      }
    }
    return best;
  }

  private boolean before(int member, int other) {
    return ranks[member] == ranks[other]
        ? scores[member] > scores[other]
        : ranks[member] < ranks[other];
  }

  /** Which of its addresses one gives in a bucket: like itself, it stays where it can. */
  int address(int bucket, int member, List<InetAddress> addresses) {
    int best = 0;
    double highest = 0;
    for (int i = 0; addresses.size() > 1 && i < addresses.size(); i++) {
      byte[] octets = addresses.get(i).getAddress();
      long number =
          Addresses.number(octets, Math.max(0, octets.length - Long.BYTES), octets.length);
      double chance = Buckets.chance(keys[member] + bucket, number);
      if (chance > highest) {
        highest = chance;
        best = i;
      }
    }
    return best;
  }
}
