package dev.azimuth.steering;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * In which ranks the members of a list come for each order of nearness, as far as that makes a
 * difference to what is picked: orders that choose the same have the same ranks. Immutable.
 */
final class NearRanks {
  private final Numbers ranks;
  private final int members;
  private final int[] numbers;

  private NearRanks(Numbers ranks, int members, int[] numbers) {
    this.ranks = ranks;
    this.members = members;
    this.numbers = numbers;
  }

  static NearRanks of(List<Member> members, Pick pick, Nearness nearness) {
    return of(
        members.stream().mapToInt(member -> nearness.site(member.backend().name())).toArray(),
        Grouping.of(members, pick.groups()),
        pick.answers(),
        nearness);
  }

  /**
   * @param sites by member
   */
  static NearRanks of(int[] sites, Grouping grouping, int answers, Nearness nearness) {
    Numbers ranks = new Numbers(sites.length);
    int[] numbers = new int[nearness.orders()];
    long[] each = new long[sites.length];
    for (int order = 0; order < numbers.length; order++) {
      for (int member = 0; member < sites.length; member++) {
        each[member] = nearness.rank(order, sites[member]);
      }
      grouping.reduce(each, answers);
      numbers[order] = ranks.of(each);
    }
    return new NearRanks(ranks, sites.length, numbers);
  }

  /** How many different ones there are. */
  int distinct() {
    return ranks.count();
  }

  /** The number of the ranks of an order. */
  int at(int order) {
    return numbers[order];
  }

  /** By member: its rank, without gaps from 0; −1 where it never comes. */
  int[] of(int number) {
    return IntStream.range(0, members).map(member -> (int) ranks.at(number, member)).toArray();
  }

  /** How many members there are to choose from, for all different ones together. */
  long choices() {
    return IntStream.range(0, distinct())
        .mapToLong(number -> Arrays.stream(of(number)).filter(rank -> rank >= 0).count())
        .sum();
  }
}
