package dev.azimuth.steering;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Who has which bucket of a sticky choice: those who come there first, by {@link Arrivals}. Each
 * has a share of the buckets in proportion to its weight, near enough; when one is gone only its
 * own buckets move, and when a weight changes they move only to or from that one.
 *
 * <p>Only so many arrivals are looked at as it takes until somebody has come to every bucket, about
 * nine for each bucket, however many there are to choose from.
 */
final class Rendezvous {
  private final int[] ranks;
  private final Grouping grouping;
  private final long[] keys;
  private final Arrivals[] arrivals;

  /** By bucket: who is first. */
  private final int[] winners = new int[Buckets.COUNT];

  private final boolean[] taken;
  private int looks;

  /**
   * @param names of those to choose from, at least one, distinct
   * @param weights theirs, each at least 1
   * @param ranks theirs: a lower one comes first, whenever it arrives
   * @param grouping of as many
   */
  Rendezvous(List<String> names, int[] weights, int[] ranks, Grouping grouping) {
    this.ranks = ranks;
    this.grouping = grouping;
    keys = names.stream().mapToLong(Salt.NONE::key).toArray();
    arrivals = new Arrivals[weights.length];
    Arrays.setAll(arrivals, member -> new Arrivals(keys[member], weights[member]));
    taken = new boolean[grouping.kinds()];
    race(weights);
  }

  /** Lets those of the lowest rank arrive, in stretches of time, until no bucket is without. */
  private void race(int[] weights) {
    int lowest = Arrays.stream(ranks).min().orElseThrow();
    double sum = 0;
    for (int member = 0; member < weights.length; member++) {
      sum += ranks[member] == lowest ? weights[member] : 0;
    }
    Arrays.fill(winners, -1);
    double[] times = new double[Buckets.COUNT];
    int[] next = new int[weights.length];
    int empty = Buckets.COUNT;
    // Whoever is first at a bucket within the time that all were given is first there for good.
    for (double until = 8 / sum; empty > 0; until += 2 / sum) {
      for (int member = 0; member < next.length; member++) {
        double time = 0;
        while (ranks[member] == lowest
            && next[member] < Buckets.COUNT
            && (time = arrivals[member].time(next[member])) <= until) {
          int bucket = arrivals[member].bucket(next[member]++);
          if (winners[bucket] < 0 || time < times[bucket]) {
            empty -= winners[bucket] < 0 ? 1 : 0;
            winners[bucket] = member;
            times[bucket] = time;
          }
        }
      }
    }
    looks = Arrays.stream(next).sum();
  }

  /** How many arrivals were looked at, which is what it cost. */
  int looks() {
    return looks;
  }

  /**
   * The numbers of those that a bucket gives, the best first; fewer than {@code most} where no more
   * may stand together.
   */
  int[] best(int bucket, int most) {
    int[] best = new int[Math.min(most, arrivals.length)];
    best[0] = winners[bucket];
    Arrays.fill(taken, false);
    for (int count = 1; count < best.length; count++) {
      taken[grouping.kind(best[count - 1])] = true;
      int next = next(bucket, grouping.side(best[0]));
      if (next < 0) {
        return Arrays.copyOf(best, count);
      }
      best[count] = next;
    }
    return best;
  }

  /** The best one of a side that may stand beside those taken; −1 for none. */
  private int next(int bucket, int side) {
    int best = -1;
    double first = 0;
    for (int member = 0; member < arrivals.length; member++) {
      if (taken[grouping.kind(member)] || grouping.side(member) != side) {
        continue;
      }
      boolean level = best >= 0 && ranks[member] == ranks[best];
      int number = arrivals[member].number(bucket);
      if (best >= 0
          && (level ? arrivals[member].earliest(number) >= first : ranks[member] > ranks[best])) {
        continue;
      }
      double time = arrivals[member].time(number);
      if (!level || time < first) {
        best = member;
        first = time;
      }
    }
    return best;
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
