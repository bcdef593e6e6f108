package dev.azimuth.health;

import static dev.azimuth.health.Samples.result;
import static dev.azimuth.health.Samples.target;
import static dev.azimuth.health.Samples.tcp;
import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ProbeResult.Code;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SuspectsTest {
  private static final Timing TIMING = timing(10_000, 1_000, 2_000, 1, 2);

  private final Suspects suspects = new Suspects();
  private final Map<Target, TargetHealth> known = new HashMap<>();

  private void targets(int count) {
    for (int i = 0; i < count; i++) {
      known.put(target(1 + i, tcp(TIMING)), new TargetHealth(State.UP, 0, 0, null));
    }
    suspects.watch(known);
  }

  @Test
  void whatFollowsFromOtherTargetsIsNoneMore() {
    targets(4);
    Target told = new Target(target(90, tcp(TIMING)).address(), 0, new Check.Told(), "edge/web");
    TargetHealth up = new TargetHealth(State.UP, 0, 0, null);
    known.put(told, up);
    suspects.watch(known);
    IntStream.range(0, 4).forEach(i -> probe(i, Code.L4CON, 100));
    suspects.probed(told, up, up.settled(State.DOWN), 100);
    assertThat(suspects.contains(told)).isFalse();
    assertThat(tooMany(100, 2)).isFalse();
  }

  private void probe(int number, Code code, long now) {
    Target target = target(1 + number, tcp(TIMING));
    TargetHealth before = known.get(target);
    TargetHealth after = before.after(result(code, now), TIMING);
    known.put(target, after);
    suspects.probed(target, before, after, now);
  }

  private boolean tooMany(long now, int pools) {
    return suspects.tooMany(now, target -> target.port() % pools);
  }

  @ParameterizedTest
  @CsvSource({
    "10, 5, 2, false",
    "10, 6, 2, true",
    "10, 10, 1, false",
    "7, 4, 2, false",
    "4, 4, 2, false",
    "5, 5, 2, true",
    "9, 5, 3, true"
  })
  void moreThanHalfAndFiveAndTwoPools(int targets, int failing, int pools, boolean tooMany) {
    targets(targets);
    IntStream.range(0, failing).forEach(i -> probe(i, Code.L4CON, 100));
    assertThat(tooMany(100, pools)).isEqualTo(tooMany);
  }

  @Test
  void oneTargetOfSeveralPoolsIsInTwo() {
    targets(5);
    IntStream.range(0, 5).forEach(i -> probe(i, Code.L4CON, 100));
    assertThat(suspects.tooMany(100, t -> 7)).isFalse();
    assertThat(suspects.tooMany(100, t -> t.port() == 3 ? Suspects.SEVERAL_POOLS : 7)).isTrue();
  }

  @Test
  void failuresAreForgottenAfterAMomentAndOnSuccess() {
    targets(10);
    IntStream.range(0, 6).forEach(i -> probe(i, Code.L4CON, 100));
    assertThat(tooMany(12_100, 2)).as("every + timeout").isTrue();
    probe(0, Code.L4OK, 12_000);
    assertThat(tooMany(12_100, 2)).isFalse();
    probe(0, Code.L4CON, 12_050);
    assertThat(tooMany(12_100, 2)).isTrue();
    assertThat(tooMany(12_101, 2)).as("later than that").isFalse();
  }

  /** Against looking at the whole history each time. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void anyHistoryAgreesWithTheNaiveCount(long seed) {
    Random random = new Random(seed);
    int count = 5 + random.nextInt(8);
    targets(count);
    long[] began = new long[count];
    double bad = random.nextDouble();
    for (long now = 100; now < 100_000; now += 1 + random.nextInt(1_000)) {
      int number = random.nextInt(count);
      Target target = target(1 + number, tcp(TIMING));
      boolean settledUp = known.get(target).state() == State.UP && known.get(target).streak() == 0;
      boolean good = random.nextDouble() > bad;
      probe(number, good ? Code.L4OK : Code.L4CON, now);
      TargetHealth after = known.get(target);
      if (after.state() == State.UP && after.streak() == 0) {
        began[number] = 0;
      } else if (settledUp) {
        began[number] = now;
      }
      long at = now;
      int[] fresh =
          IntStream.range(0, count).filter(i -> began[i] > 0 && began[i] + 12_000 >= at).toArray();
      long wereUp =
          IntStream.range(0, count)
              .filter(
                  i ->
                      known.get(target(1 + i, tcp(TIMING))).state() == State.UP
                          || (began[i] > 0 && began[i] + 12_000 >= at))
              .count();
      long pools = IntStream.of(fresh).map(i -> (1 + i) % 2).distinct().count();
      assertThat(tooMany(now, 2))
          .isEqualTo(fresh.length >= 5 && fresh.length * 2L > wereUp && pools == 2);
    }
  }

  @Test
  void whatIsBelievedIsNoSuspectUntilItComesUpAndFailsAgain() {
    targets(10);
    IntStream.range(0, 6).forEach(i -> probe(i, Code.L4CON, 100));
    suspects.believe();
    assertThat(tooMany(100, 2)).isFalse();
    IntStream.range(0, 6).forEach(i -> probe(i, Code.L4CON, 200));
    assertThat(tooMany(200, 2)).isFalse();
    assertThat(suspects.contains(target(1, tcp(TIMING)))).isFalse();
    IntStream.range(0, 6).forEach(i -> probe(i, Code.L4OK, 300));
    IntStream.range(0, 6).forEach(i -> probe(i, Code.L4CON, 400));
    assertThat(tooMany(400, 2)).isTrue();
  }
}
