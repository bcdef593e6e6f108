package dev.azimuth.steering;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which members of a list may stand in one answer together, as two partitions of them: those of one
 * <em>kind</em> never stand together, and those of different <em>sides</em> never do.
 */
final class Grouping {
  private final int[] kinds;
  private final int[] sides;
  private final int kindCount;
  private final int sideCount;

  private Grouping(int[] kinds, int kindCount, int[] sides, int sideCount) {
    this.kinds = kinds;
    this.kindCount = kindCount;
    this.sides = sides;
    this.sideCount = sideCount;
  }

  /** Backends without a group are each a group of their own. */
  static Grouping of(List<Member> members, Pick.Groups groups) {
    Map<Object, Integer> numbers = new HashMap<>();
    int[] group = new int[members.size()];
    for (int i = 0; i < group.length; i++) {
      String name = members.get(i).backend().group();
      group[i] = numbers.computeIfAbsent(name == null ? i : name, any -> numbers.size());
    }
    return of(group, numbers.size(), groups);
  }

  /**
   * @param group of each member, 0 to {@code count} − 1
   */
  static Grouping of(int[] group, int count, Pick.Groups groups) {
    int[] each = IntStream.range(0, group.length).toArray();
    int[] one = new int[group.length];
    return switch (groups) {
      case MIXED -> new Grouping(each, group.length, one, 1);
      case SPREAD -> new Grouping(group, count, one, 1);
      case WITHIN -> new Grouping(each, group.length, group, count);
    };
  }

  int members() {
    return kinds.length;
  }

  int kind(int member) {
    return kinds[member];
  }

  int kinds() {
    return kindCount;
  }

  int side(int member) {
    return sides[member];
  }

  int sides() {
    return sideCount;
  }

  /**
   * Makes ranks of others that choose the same answers and are equal more often: without gaps, and
   * −1 for those that come after as many as an answer has.
   *
   * @param ranks by member, small and not negative
   */
  void reduce(long[] ranks, int answers) {
    BitSet seen = new BitSet();
    int next = 0;
    int left = ranks.length;
    // Of several sides only that of the first counts, and which that is may be drawn.
    for (int rank = 0; left > 0 && (sideCount > 1 || seen.cardinality() < answers); rank++) {
      int had = left;
      for (int member = 0; member < ranks.length; member++) {
        if (ranks[member] == rank) {
          ranks[member] = next;
          seen.set(kinds[member]);
          left--;
        }
      }
      next += had == left ? 0 : 1;
    }
    for (int member = 0; member < ranks.length; member++) {
      ranks[member] = ranks[member] < next ? ranks[member] : -1;
    }
  }
}
