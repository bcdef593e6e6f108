package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.steering.Pick.Groups;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RendezvousTest {

  private static Rendezvous rendezvous(List<Member> members, Groups groups) {
    return new Rendezvous(
        members.stream().map(member -> member.backend().name()).toList(),
        members.stream().mapToInt(Member::weight).toArray(),
        new int[members.size()],
        Grouping.of(members, groups));
  }

  /** By bucket: the numbers of the backends that it gives. */
  private static List<List<Integer>> buckets(List<Member> members, Groups groups, int answers) {
    Rendezvous rendezvous = rendezvous(members, groups);
    return IntStream.range(0, Buckets.COUNT)
        .mapToObj(
            bucket ->
                Arrays.stream(rendezvous.best(bucket, answers))
                    .mapToObj(member -> members.get(member).backend().number())
                    .toList())
        .toList();
  }

  private static List<Member> random(Random random) {
    int[] weights = random.ints(2 + random.nextInt(12), 1, 100).toArray();
    int[] groups = random.ints(weights.length, -1, 4).toArray();
    return Weighed.grouped(weights, groups);
  }

  @ParameterizedTest
  @EnumSource(Groups.class)
  void whenABackendFailsOnlyTheBucketsThatGaveItChange(Groups groups) {
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      List<Member> members = random(random);
      int answers = 1 + random.nextInt(4);
      List<List<Integer>> before = buckets(members, groups, answers);
      int failed = random.nextInt(members.size());
      List<Member> left = new ArrayList<>(members);
      left.remove(failed);
      List<List<Integer>> after = buckets(left, groups, answers);
      for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
        if (!before.get(bucket).contains(failed)) {
          assertThat(after.get(bucket)).isEqualTo(before.get(bucket));
        } else if (groups == Groups.MIXED) {
          // The others of the answer stay, and one more follows them.
          List<Integer> stay =
              before.get(bucket).stream().filter(backend -> backend != failed).toList();
          assertThat(after.get(bucket).subList(0, stay.size())).isEqualTo(stay);
        }
      }
    }
  }

  @Test
  void disruptionIsExactlyTheShareThatFailed() {
    List<Member> members = Weighed.members(1, 2, 3, 4);
    List<List<Integer>> before = buckets(members, Groups.MIXED, 1);
    List<List<Integer>> after = buckets(members.subList(0, 3), Groups.MIXED, 1);
    long moved =
        IntStream.range(0, Buckets.COUNT)
            .filter(bucket -> !before.get(bucket).equals(after.get(bucket)))
            .count();
    long failed = before.stream().filter(bucket -> bucket.contains(3)).count();
    assertThat(moved).isEqualTo(failed).isBetween(1500L, 1780L);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whenAWeightChangesBucketsMoveOnlyToOrFromThatBackend(long seed) {
    Random random = new Random(seed);
    List<Member> members = random(random);
    int changed = random.nextInt(members.size());
    List<Member> next = new ArrayList<>(members);
    int weight = members.get(changed).weight() + 50;
    next.set(changed, Weighed.member(changed, weight, null, 0));
    List<List<Integer>> before = buckets(members, Groups.MIXED, 1);
    List<List<Integer>> after = buckets(next, Groups.MIXED, 1);
    int moved = 0;
    for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
      if (!before.get(bucket).equals(after.get(bucket))) {
        assertThat(after.get(bucket)).containsExactly(changed);
        moved++;
      }
    }
    assertThat(moved).isPositive();
  }

  /** Chi-square over 4,096 buckets, each drawn by itself; significance 0.001. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 20, 100})
  void bucketsAreWonInProportionToTheWeights(int size) {
    int[] weights = new Random(size).ints(size, 10, 100).toArray();
    List<Member> members = Weighed.members(weights);
    long[] counts = new long[size];
    buckets(members, Groups.MIXED, 1).forEach(bucket -> counts[bucket.getFirst()]++);
    assertThat(ChiSquare.of(counts, Arrays.stream(weights).asDoubleStream().toArray()))
        .isLessThan(ChiSquare.bound(size - 1));
  }

  /** All arrivals of everybody against the few that are looked at. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whoComesFirstHasTheBucketAndNobodyIsOverlooked(long seed) {
    List<Member> members = random(new Random(seed));
    Rendezvous rendezvous = rendezvous(members, Groups.MIXED);
    for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
      int at = bucket;
      int first =
          IntStream.range(0, members.size())
              .boxed()
              .min(Comparator.comparingDouble(member -> time(members.get(member), at)))
              .orElseThrow();
      assertThat(rendezvous.best(bucket, 1)).containsExactly(first);
    }
  }

  private static double time(Member member, int bucket) {
    Arrivals arrivals = new Arrivals(Salt.NONE.key(member.backend().name()), member.weight());
    return arrivals.time(arrivals.number(bucket));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, 0x123456789abcdefL, Long.MIN_VALUE})
  void everybodyComesToEachBucketOnceLaterAndLater(long key) {
    Arrivals arrivals = new Arrivals(key, 7);
    BitSet buckets = new BitSet();
    double before = 0;
    for (int number = 0; number < Buckets.COUNT; number++) {
      buckets.set(arrivals.bucket(number));
      assertThat(arrivals.number(arrivals.bucket(number))).isEqualTo(number);
      assertThat(arrivals.time(number)).isGreaterThan(before).isFinite();
      assertThat(arrivals.earliest(number)).isLessThanOrEqualTo(arrivals.time(number));
      before = arrivals.time(number);
    }
    assertThat(buckets.cardinality()).isEqualTo(Buckets.COUNT);
  }

  /** Chi-square of the pairs of first and second over many names; significance 0.001. */
  @Test
  void whoComesSecondIsInProportionToTheWeightsToo() {
    long[] pairs = new long[6];
    for (int run = 0; run < 50; run++) {
      List<String> names = List.of("a" + run, "b" + run, "c" + run);
      int[] each = {0, 1, 2};
      Rendezvous rendezvous =
          new Rendezvous(
              names, new int[] {1, 1, 1}, new int[3], Grouping.of(each, 3, Groups.MIXED));
      for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
        int[] best = rendezvous.best(bucket, 2);
        pairs[2 * best[0] + (best[1] > best[0] ? best[1] - 1 : best[1])]++;
      }
    }
    assertThat(ChiSquare.of(pairs, 1)).isLessThan(ChiSquare.bound(5));
  }

  /** Offering each bucket to every backend would take as many as there are backends. */
  @ParameterizedTest
  @ValueSource(ints = {2, 10, 1_000, 50_000})
  void layingOutTakesAFewLooksForEachBucketHoweverManyBackends(int backends) {
    List<Member> members = Weighed.members(new Random(4).ints(backends, 1, 100).toArray());
    assertThat(rendezvous(members, Groups.MIXED).looks())
        .isBetween(Buckets.COUNT, 13 * Buckets.COUNT);
  }

  @Test
  void theOrderOfTheConfigurationDoesNotMatter() {
    List<Member> members = Weighed.members(1, 2, 3, 4, 5);
    assertThat(buckets(members.reversed(), Groups.MIXED, 2))
        .isEqualTo(buckets(members, Groups.MIXED, 2));
  }

  @Test
  void aHostNameKeepsItsAddressesInTheirBucketsWhenOneGoes() {
    List<InetAddress> addresses =
        IntStream.rangeClosed(1, 8).mapToObj(i -> InetAddress.ofLiteral("192.0.2." + i)).toList();
    Rendezvous rendezvous = rendezvous(Weighed.members(1), Groups.MIXED);
    long[] counts = new long[8];
    for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
      int was = rendezvous.address(bucket, 0, addresses);
      int is = rendezvous.address(bucket, 0, addresses.subList(0, 7));
      counts[was]++;
      if (was != 7) {
        assertThat(is).isEqualTo(was);
      }
    }
    assertThat(ChiSquare.of(counts, 1)).isLessThan(ChiSquare.bound(7));
  }
}
