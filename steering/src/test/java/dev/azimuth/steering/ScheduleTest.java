package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.steering.Pick.By;
import dev.azimuth.steering.Pick.Groups;
import dev.azimuth.steering.Schedule.Turn;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScheduleTest {

  private static Pick pick(By by, int answers, Groups groups) {
    return new Pick(by, answers, groups, new Pick(by, 1).sticky());
  }

  /** The weights by which a pick shares, where all probes take the same. */
  private static int[] weights(By by, int[] configured) {
    return switch (by) {
      case WEIGHTED, RANDOM, STICKY, NEAREST, FASTEST -> configured;
      case ROTATE, ALL -> Arrays.stream(configured).map(weight -> 1).toArray();
    };
  }

  @ParameterizedTest
  @EnumSource(
      value = By.class,
      names = {"WEIGHTED", "ROTATE", "RANDOM", "FASTEST"})
  void overARoundTheFirstAnswersAreExactForEveryShapeAndNumber(By by) {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      int[] weights = random.ints(1 + random.nextInt(9), 1, 12).toArray();
      int[] groups = random.ints(weights.length, -1, 4).toArray();
      List<Member> members = Weighed.grouped(weights, groups);
      int answers = 1 + random.nextInt(weights.length + 2);
      for (Groups shape : Groups.values()) {
        Schedule schedule = Schedule.of(members, pick(by, answers, shape), null, new Sequences());
        int[] wanted = weights(by, weights);
        int sum = Arrays.stream(wanted).sum();
        int[] firsts = Weighed.firsts(schedule, weights.length);
        for (int i = 0; i < firsts.length; i++) {
          assertThat((long) firsts[i] * sum).isEqualTo((long) wanted[i] * schedule.order.length);
        }
        assertThat(schedule.turn).isEqualTo(by == By.RANDOM ? Turn.RANDOM : Turn.NEXT);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = By.class,
      names = {"ALL", "NEAREST"},
      mode = EnumSource.Mode.EXCLUDE)
  void anAnswerHasAsManyBackendsAsMayStandTogetherAndNoOther(By by) {
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      int[] weights = random.ints(1 + random.nextInt(9), 1, 12).toArray();
      int[] groups = random.ints(weights.length, -1, 3).toArray();
      List<Member> members = Weighed.grouped(weights, groups);
      int answers = 1 + random.nextInt(weights.length + 2);
      for (Groups shape : Groups.values()) {
        Schedule schedule = Schedule.of(members, pick(by, answers, shape), null, new Sequences());
        for (int[] set : schedule.slots) {
          assertThat(set).doesNotHaveDuplicates();
          assertThat(set).hasSize(Math.min(answers, most(groups, shape, set[0])));
          assertThat(together(groups, shape, set)).isTrue();
        }
      }
    }
  }

  /** A group of its own for each backend without one. */
  private static int group(int[] groups, int backend) {
    return groups[backend] < 0 ? 100 + backend : groups[backend];
  }

  private static int most(int[] groups, Groups shape, int first) {
    IntStream all = IntStream.range(0, groups.length);
    return switch (shape) {
      case MIXED -> groups.length;
      case SPREAD -> (int) all.map(i -> group(groups, i)).distinct().count();
      case WITHIN -> (int) all.filter(i -> group(groups, i) == group(groups, first)).count();
    };
  }

  private static boolean together(int[] groups, Groups shape, int[] set) {
    Set<Integer> seen = new HashSet<>();
    Arrays.stream(set).forEach(slot -> seen.add(group(groups, slot)));
    return switch (shape) {
      case MIXED -> true;
      case SPREAD -> seen.size() == set.length;
      case WITHIN -> seen.size() == 1;
    };
  }

  @Test
  void aGroupComesInProportionToTheWeightsInIt() {
    List<Member> members = Weighed.grouped(new int[] {3, 1, 2, 2}, new int[] {0, 0, 1, -1});
    Schedule schedule =
        Schedule.of(members, pick(By.WEIGHTED, 2, Groups.WITHIN), null, new Sequences());
    // The first group has half of all weights, and both of its backends are in each of its answers.
    assertThat(Weighed.inclusion(schedule, 0)).isEqualTo(0.5);
    assertThat(Weighed.inclusion(schedule, 1)).isEqualTo(0.5);
    assertThat(Weighed.inclusion(schedule, 2)).isEqualTo(0.25);
    assertThat(Weighed.inclusion(schedule, 3)).isEqualTo(0.25);
  }

  @Test
  void answersComeFewerWhereThereAreFewerGroups() {
    List<Member> members = Weighed.grouped(new int[] {1, 1, 1}, new int[] {0, 0, 1});
    Schedule schedule =
        Schedule.of(members, pick(By.WEIGHTED, 3, Groups.SPREAD), null, new Sequences());
    assertThat(List.of(schedule.slots)).allSatisfy(set -> assertThat(set).hasSize(2).contains(2));
    assertThat(Weighed.inclusion(schedule, 2)).isEqualTo(1);
    assertThat(Weighed.inclusion(schedule, 0) + Weighed.inclusion(schedule, 1)).isEqualTo(1);
  }

  /** Chi-square over 4,096 buckets, each drawn by itself; significance 0.001. */
  @Test
  void stickyBucketsAreSharedByWeightForEveryShapeAndNumber() {
    int[] weights = {5, 1, 3, 3, 8};
    int[] groups = {0, 0, 1, 1, -1};
    for (Groups shape : Groups.values()) {
      for (int answers = 1; answers <= weights.length; answers++) {
        Schedule schedule =
            Schedule.of(
                Weighed.grouped(weights, groups),
                pick(By.STICKY, answers, shape),
                null,
                new Sequences());
        assertThat(schedule.turn).isEqualTo(Turn.BUCKET);
        assertThat(schedule.order).hasSize(Buckets.COUNT);
        long[] firsts =
            Arrays.stream(Weighed.firsts(schedule, weights.length)).asLongStream().toArray();
        assertThat(ChiSquare.of(firsts, Arrays.stream(weights).asDoubleStream().toArray()))
            .isLessThan(ChiSquare.bound(weights.length - 1));
      }
    }
  }

  @Test
  void aStickyPickOfOneBackendDependsOnNoClient() {
    assertThat(Schedule.of(Weighed.members(3), new Pick(By.STICKY, 1), null, new Sequences()).order)
        .containsExactly(0);
  }

  @Test
  void allGivesTheFirstOnesInTheirOrder() {
    Schedule schedule =
        Schedule.of(Weighed.members(1, 5, 2, 9), new Pick(By.ALL, 3), null, new Sequences());
    assertThat(schedule.order).containsExactly(0);
    assertThat(schedule.slots[0]).containsExactly(0, 1, 2);
    assertThat(schedule.every).hasSize(3 * 4);
  }

  @Test
  void theFastestHasMoreInProportion() {
    // Seven levels of 10 % are a factor of 1.95, 24 are one of 9.85.
    List<Member> members =
        List.of(
            Weighed.member(0, 1, null, 80),
            Weighed.member(1, 1, null, 87),
            Weighed.member(2, 1, null, 104));
    assertThat(Speeds.weights(members)).containsExactly(1000, 513, 102);
    Schedule schedule = Schedule.of(members, new Pick(By.FASTEST, 1), null, new Sequences());
    assertThat(Weighed.inclusion(schedule, 0)).isEqualTo(1000.0 / 1615);
    assertThat(Weighed.inclusion(schedule, 2)).isEqualTo(102.0 / 1615);
  }

  @Test
  void theWeightMultipliesTheSpeed() {
    List<Member> members =
        List.of(Weighed.member(0, 3, null, 80), Weighed.member(1, 1_000_000, null, 87));
    assertThat(Speeds.weights(members)).containsExactly(3000, 513_000_000);
  }

  @Test
  void whatWasNotMeasuredCountsAsTheSlowest() {
    List<Member> members =
        List.of(
            Weighed.member(0, 1, null, 80),
            Weighed.member(1, 1, null, 0),
            Weighed.member(2, 1, null, 87));
    assertThat(Speeds.weights(members)).containsExactly(1000, 513, 513);
    assertThat(Speeds.weights(Weighed.members(2, 3))).containsExactly(2000, 3000);
  }

  @Test
  void theSlowestOfAllStillHasAShare() {
    List<Member> members = List.of(Weighed.member(0, 1, null, 1), Weighed.member(1, 1, null, 200));
    assertThat(Speeds.weights(members)).containsExactly(1000, 1);
  }
}
