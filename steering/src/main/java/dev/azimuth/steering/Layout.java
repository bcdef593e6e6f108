package dev.azimuth.steering;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * Lays weights out as a sequence in which each member stands as often as its weight says, spread as
 * evenly as whole positions allow.
 */
public final class Layout {
  private Layout() {}

  /**
   * The sequence for weights, repeated without end: exact where it has no more than {@link
   * #longest} positions.
   *
   * @param weights each at least 1
   * @return numbers of members
   */
  public static int[] order(int[] weights) {
    return weights.length == 0
        ? weights.clone()
        : sequence(counts(weights, longest(weights.length)));
  }

  /** The longest sequence for so many members. */
  static int longest(int members) {
    return Math.max(4096, 8 * members);
  }

  /**
   * How often each member stands in the sequence: exactly its weight divided by the greatest common
   * divisor of all where that fits into {@code longest} positions, else by largest remainder with
   * at least one each.
   *
   * @param weights each at least 1
   * @param longest at least as many as there are weights
   */
  static int[] counts(int[] weights, int longest) {
    if (turns(weights) <= longest) {
      int divisor = divisor(weights);
      return Arrays.stream(weights).map(weight -> weight / divisor).toArray();
    }
    long sum = Arrays.stream(weights).asLongStream().sum();
    return byLargestRemainder(weights, sum, longest);
  }

  /** How many positions weights need to be exact. */
  static long turns(int[] weights) {
    return Arrays.stream(weights).asLongStream().sum() / divisor(weights);
  }

  private static int divisor(int[] weights) {
    return Arrays.stream(weights).reduce(0, Layout::gcd);
  }

  private static int[] byLargestRemainder(int[] weights, long sum, int length) {
    int[] counts = new int[weights.length];
    long[] remainders = new long[weights.length];
    int left = length;
    for (int i = 0; i < counts.length; i++) {
      long scaled = (long) weights[i] * length;
      counts[i] = (int) Math.max(1, scaled / sum);
      remainders[i] = scaled / sum >= 1 ? scaled % sum : -1;
      left -= counts[i];
    }
    int[] order =
        IntStream.range(0, counts.length)
            .boxed()
            .sorted(Comparator.comparingLong((Integer i) -> -remainders[i]).thenComparing(i -> i))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int k = 0; left > 0; k = (k + 1) % order.length) {
      counts[order[k]]++;
      left--;
    }
    // The least of one for small weights may have taken too much: the largest ones give it back.
    while (left < 0) {
      int largest = 0;
      for (int i = 1; i < counts.length; i++) {
        if (counts[i] > counts[largest]) {
          largest = i;
        }
      }
      counts[largest]--;
      left++;
    }
    return counts;
  }

  /**
   * The sequence: member {@code i} stands {@code counts[i]} times, its k-th time as near as
   * possible to the middle of the k-th of equal parts. Takes O(length × log members).
   */
  static int[] sequence(int[] counts) {
    int[] sequence = new int[Arrays.stream(counts).sum()];
    // Position (2k + 1) / (2 × count), compared as a fraction; ties go to the earlier member.
    record Next(int member, int k, int count) {}
    PriorityQueue<Next> queue =
        new PriorityQueue<>(
            (a, b) -> {
              int order = Long.compare((2L * a.k + 1) * b.count, (2L * b.k + 1) * a.count);
              return order != 0 ? order : Integer.compare(a.member, b.member);
            });
    for (int member = 0; member < counts.length; member++) {
      queue.add(new Next(member, 0, counts[member]));
    }
    for (int position = 0; position < sequence.length; position++) {
      Next next = queue.remove();
      sequence[position] = next.member;
      if (next.k + 1 < next.count) {
        queue.add(new Next(next.member, next.k + 1, next.count));
      }
    }
    return sequence;
  }

  /**
   * For each position of a circular sequence the next {@code answers} different members from there
   * on that may stand together, in the order in which they come; fewer where there are no more.
   */
  static int[][] windows(int[] sequence, Grouping grouping, int answers) {
    int[][] windows = new int[sequence.length][];
    Recency recency = new Recency(grouping);
    int[] latest = new int[grouping.kinds()];
    // Walking backwards, what was seen last comes next; one round before fills the lists.
    for (int round = 0; round < 2; round++) {
      for (int position = sequence.length - 1; position >= 0; position--) {
        int member = sequence[position];
        int kind = grouping.kind(member);
        latest[kind] = member;
        recency.touch(kind);
        if (round == 1) {
          windows[position] = recency.first(grouping.side(member), answers);
          for (int i = 0; i < windows[position].length; i++) {
            windows[position][i] = latest[windows[position][i]];
          }
        }
      }
    }
    return windows;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /** Kinds, side by side, in the order in which they were last touched, the latest first. */
  private static final class Recency {
    private final int[] next;
    private final int[] previous;
    private final int[] heads;

    Recency(Grouping grouping) {
      int kinds = grouping.kinds();
      next = IntStream.range(0, kinds + grouping.sides()).toArray();
      previous = next.clone();
      heads = new int[kinds];
      for (int member = 0; member < grouping.members(); member++) {
        heads[grouping.kind(member)] = kinds + grouping.side(member);
      }
    }

    void touch(int kind) {
      next[previous[kind]] = next[kind];
      previous[next[kind]] = previous[kind];
      int head = heads[kind];
      next[kind] = next[head];
      previous[kind] = head;
      previous[next[head]] = kind;
      next[head] = kind;
    }

    /** At most so many of one side. */
    int[] first(int side, int most) {
      int head = heads.length + side;
      int[] first = new int[most];
      int count = 0;
      for (int at = next[head]; at != head && count < most; at = next[at]) {
        first[count++] = at;
      }
      return count == most ? first : Arrays.copyOf(first, count);
    }
  }
}
