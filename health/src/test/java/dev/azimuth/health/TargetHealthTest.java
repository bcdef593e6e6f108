package dev.azimuth.health;

import static dev.azimuth.health.Samples.result;
import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ProbeResult.Code;
import dev.azimuth.health.Timing.FallOf;
import dev.azimuth.health.Timing.HoldDown;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetHealthTest {
  private static final Timing TIMING = timing(10_000, 1_000, 2_000, 2, 3);

  private static TargetHealth run(String results) {
    return run(results, TIMING);
  }

  private static TargetHealth run(String results, Timing timing) {
    TargetHealth health = TargetHealth.unknown(0);
    for (int i = 0; i < results.length(); i++) {
      health = health.after(result(code(results.charAt(i)), 1_000L * (i + 1)), timing);
    }
    return health;
  }

  private static Code code(char c) {
    return switch (c) {
      case '+' -> Code.L7OK;
      case '-' -> Code.L7STS;
      case '?' -> Code.INCONCLUSIVE;
      default -> throw new IllegalArgumentException();
    };
  }

  /** Results in order: + good, - bad, ? inconclusive; rise 2, fall 3. */
  @ParameterizedTest
  @CsvSource({
    "'',       UNKNOWN, 0, 0",
    "?,        UNKNOWN, 0, 0",
    "+,        UP,      0, 1005",
    "-,        DOWN,    0, 1005",
    "?-,       DOWN,    0, 2005",
    "+-,       UP,      1, 1005",
    "+--,      UP,      2, 1005",
    "+---,     DOWN,    0, 4005",
    "+--+,     UP,      0, 1005",
    "+--+--,   UP,      2, 1005",
    "+-?-,     UP,      2, 1005",
    "+-?-?-,   DOWN,    0, 6005",
    "-+,       DOWN,    1, 1005",
    "-++,      UP,      0, 3005",
    "-+-+,     DOWN,    1, 1005",
    "+---++---,DOWN,    0, 9005",
  })
  void resultsMakeTheState(String results, State state, int streak, long since) {
    TargetHealth health = run(results);

    assertThat(health.state()).isEqualTo(state);
    assertThat(health.streak()).isEqualTo(streak);
    assertThat(health.since()).isEqualTo(since);
  }

  @Test
  void anInconclusiveResultChangesNothingNotEvenTheLastResult() {
    TargetHealth health = run("+-");

    assertThat(health.after(result(Code.INCONCLUSIVE, 9_000), TIMING)).isSameAs(health);
  }

  @ParameterizedTest
  @EnumSource(Code.class)
  void everyConclusiveCodeIsTheFirstVerdict(Code code) {
    TargetHealth health = TargetHealth.unknown(0).after(result(code, 0), TIMING);

    State expected =
        switch (code) {
          case L4OK, L6OK, L7OK, PROCOK -> State.UP;
          case L4TOUT, L4CON, L6TOUT, L6RSP, L7TOUT, L7RSP, L7STS, PROCERR, PROCTOUT -> State.DOWN;
          case INCONCLUSIVE -> State.UNKNOWN;
        };
    assertThat(health.state()).isEqualTo(expected);
  }

  @Test
  void aStateBeginsWhenItsProbeEnds() {
    TargetHealth health =
        TargetHealth.unknown(0).after(new ProbeResult(Code.L7OK, "", 100, 250_000), TIMING);

    assertThat(health.since()).isEqualTo(350);
  }

  @ParameterizedTest
  @CsvSource({
    "'',   0",
    "+,    30000",
    "+-,   0",
    "+--+, 30000",
    "-,    11000",
    "-+,   0",
  })
  void aSettledStateIsStableForAsLongAsItsChangeTakes(String results, long millis) {
    assertThat(run(results).stableMillis(TIMING)).isEqualTo(millis);
  }

  @Test
  void isolatedFailuresInAWindowBringItDownAndAreForgottenOnceItIsUpAgain() {
    Timing timing = timing(10_000, 1_000, 2_000, 1, 3, new FallOf(3, 6), null, 0);
    assertThat(run("+-+-++-", timing).state()).as("3 among the newest 6").isEqualTo(State.DOWN);
    assertThat(run("+-+-+++-", timing).state()).as("the first is the 7th").isEqualTo(State.UP);
    assertThat(run("+-+-++-+-+-", timing).state()).as("2 since it came up").isEqualTo(State.UP);
  }

  @Test
  void theNearerItIsToFallingByTheWindowTheLessItIsStable() {
    Timing timing = timing(10_000, 1_000, 2_000, 1, 3, new FallOf(3, 6), null, 0);
    assertThat(run("+", timing).stableMillis(timing)).isEqualTo(30_000);
    assertThat(run("+-+", timing).stableMillis(timing)).isEqualTo(20_000);
    assertThat(run("+-+-+", timing).stableMillis(timing)).isEqualTo(10_000);
    assertThat(run("+-+++++", timing).stableMillis(timing)).as("all but gone").isEqualTo(30_000);
  }

  @Test
  void afterEnoughFallsItStaysDownThoughItSucceeds() {
    HoldDown hold = new HoldDown(2, Duration.ofSeconds(5), Duration.ofSeconds(4));
    Timing timing = timing(10_000, 1_000, 2_000, 1, 1, null, hold, 0);
    TargetHealth held = run("+-+-", timing);
    assertThat(held.heldUntil(timing)).isEqualTo(4_005 + 4_000);
    held = held.after(result(Code.L7OK, 7_999), timing);
    assertThat(held.state()).isEqualTo(State.DOWN);
    assertThat(held.stableMillis(timing)).isZero();
    assertThat(held.pause(timing, 7_999)).as("at least retry").isEqualTo(1_000);
    assertThat(held.pause(timing, 4_005)).as("the hold, no longer").isEqualTo(4_000);
    held = held.after(result(Code.L7OK, 8_000), timing);
    assertThat(held.state()).isEqualTo(State.UP);
    assertThat(run("+-+++++-", timing).heldUntil(timing)).as("too far apart").isZero();
  }

  @Test
  void aHoldOutlivesTheProcess() {
    HoldDown hold = new HoldDown(2, Duration.ofSeconds(5), Duration.ofSeconds(60));
    Timing timing = timing(10_000, 1_000, 2_000, 1, 1, null, hold, 0);
    TargetHealth known = run("+-+-", timing);
    TargetHealth restored =
        new TargetHealth(
            known.state(),
            0,
            known.since(),
            null,
            Latency.NONE,
            Past.of(known.past().falls(), 100, 0));
    assertThat(restored.after(result(Code.L7OK, 30_000), timing).state()).isEqualTo(State.DOWN);
    assertThat(restored.after(result(Code.L7OK, 64_000), timing).state()).isEqualTo(State.UP);
  }

  @ParameterizedTest
  @CsvSource({"-1,100", "0,0", "1,5", "7,5", "8,10", "50,50", "97,95", "98,100", "100,100"})
  void whatItAsksForIsKeptInStepsOfFivePerCent(int said, int weight) {
    ProbeResult saying = new ProbeResult(Code.L7OK, "", 2_000, 5_000, said);
    TargetHealth health = run("+").after(saying, TIMING).after(saying, TIMING);
    assertThat(health.past().weight()).isEqualTo(weight);
    assertThat(health.alike(run("+"), TIMING)).isEqualTo(said < 0);
    TargetHealth failing = health.after(result(Code.L7STS, 3_000), TIMING);
    assertThat(failing.past().weight()).as("a failure says nothing").isEqualTo(weight);
    assertThat(Verdict.of(failing, TIMING).weight()).isEqualTo(weight);
    assertThat(Verdict.of(failing.settled(State.DOWN), TIMING).weight()).isEqualTo(100);
  }

  @Test
  void whatChangedItIsKeptAsEvidenceAndResultsInARowAreCounted() {
    TargetHealth health = run("+---++");
    assertThat(health.past().change()).isEqualTo(result(Code.L7OK, 6_000));
    assertThat(health.past().row()).isEqualTo(2);
    health = health.after(result(Code.L7STS, 7_000), TIMING);
    assertThat(health.past().change()).isEqualTo(result(Code.L7OK, 6_000));
    assertThat(health.past().row()).isEqualTo(1);
    assertThat(TargetHealth.unknown(0).past().change()).isNull();
  }

  /**
   * The whole history decides: the naive model looks back over all conclusive results each time.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void anySequenceAgreesWithTheNaiveModel(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 80; round++) {
      int probes = random.nextInt(4) == 0 ? 64 : 1 + random.nextInt(12);
      FallOf fallOf = random.nextBoolean() ? null : new FallOf(1 + random.nextInt(probes), probes);
      HoldDown hold =
          random.nextBoolean()
              ? null
              : new HoldDown(
                  2 + random.nextInt(3),
                  Duration.ofMillis(1 + random.nextInt(40)),
                  Duration.ofMillis(1 + random.nextInt(40)));
      Timing timing =
          timing(1_000, 100, 50, 1 + random.nextInt(4), 1 + random.nextInt(4), fallOf, hold, 0);
      double bad = random.nextDouble();
      TargetHealth health = TargetHealth.unknown(0);
      NaiveHealth naive = new NaiveHealth(timing);
      for (int i = 0; i < 150; i++) {
        if (random.nextInt(8) == 0) {
          health = health.after(result(Code.INCONCLUSIVE, i), timing);
        } else {
          boolean good = random.nextDouble() >= bad;
          naive.add(good, i + 5);
          health = health.after(result(good ? Code.L4OK : Code.L4CON, i), timing);
        }
        assertThat(health.state()).isEqualTo(naive.state());
        assertThat(health.past().row()).isEqualTo(naive.row());
        assertThat(health.streak()).isLessThanOrEqualTo(Math.max(timing.rise(), timing.fall()));
        assertNeverMoreStableThanItIs(health, timing, i);
      }
    }
  }

  /** Whatever comes, no state ends after fewer results than it is said to be stable for. */
  private static void assertNeverMoreStableThanItIs(TargetHealth health, Timing timing, int now) {
    long stable = health.stableMillis(timing);
    TargetHealth next = health;
    long results = 0;
    Code against = health.state() == State.UP ? Code.L4CON : Code.L4OK;
    while (next.state() == health.state()) {
      next = next.after(result(against, now + 200), timing);
      results++;
    }
    long least =
        health.state() == State.DOWN
            ? timing.every().toMillis() + (results - 1) * timing.retry().toMillis()
            : results * timing.every().toMillis();
    assertThat(stable).isLessThanOrEqualTo(least);
    if (health.streak() == 0 && health.state() != State.UNKNOWN) {
      assertThat(stable).as("nor less").isEqualTo(least);
    }
  }

  /** Ten years of a target that is down for a day in each month, and one that died. */
  @Test
  void theDeadAreAskedEverMoreSeldomAndComeBackSoon() {
    Timing timing = timing(10_000, 1_000, 2_000, 2, 3, null, null, 3_600_000);
    Duration month = Duration.ofDays(30);
    TargetHealth health = TargetHealth.unknown(0);
    long end = Duration.ofDays(3_650).toMillis();
    long deadProbes = 0;
    long longest = 0;
    long months = 0;
    for (long now = 0; now < end; ) {
      // Nobody looks at the days between: only each month's last day, and the hour after it.
      long dayOfDeath = now / month.toMillis() * month.toMillis() + Duration.ofDays(29).toMillis();
      boolean dead = now >= dayOfDeath;
      boolean down = health.state() == State.DOWN;
      health = health.after(result(dead ? Code.L4CON : Code.L4OK, now), timing);
      deadProbes += dead ? 1 : 0;
      if (down && health.state() == State.UP) {
        months++;
        longest = Math.max(longest, now % month.toMillis());
      }
      long next = now + health.pause(timing, now);
      boolean quiet = health.state() == State.UP && health.streak() == 0 && now < dayOfDeath;
      now = quiet ? Math.max(next, dayOfDeath) : next;
    }
    assertThat(months).isEqualTo(end / month.toMillis());
    assertThat(longest).as("the recovery is seen").isLessThan(3_600_000 + 2 * 1_000);
    // 10 a decade of time from 100 s to an hour's pause after 10 h, then one an hour: about 85.
    assertThat(deadProbes / months).isBetween(60L, 110L);
  }

  @Test
  void aPauseIsATenthOfTheTimeDownBetweenEveryAndBackoff() {
    Timing timing = timing(10_000, 1_000, 2_000, 2, 3, null, null, 60_000);
    TargetHealth down = new TargetHealth(State.DOWN, 0, 0, null);
    assertThat(down.pause(timing, 50_000)).isEqualTo(10_000);
    assertThat(down.pause(timing, 200_000)).isEqualTo(20_000);
    assertThat(down.pause(timing, 1_000_000_000_000L)).isEqualTo(60_000);
    assertThat(new TargetHealth(State.DOWN, 1, 0, null).pause(timing, 900_000)).isEqualTo(1_000);
    assertThat(new TargetHealth(State.UP, 0, 0, null).pause(timing, 900_000)).isEqualTo(10_000);
    assertThat(down.pause(TIMING, 1_000_000_000_000L)).as("no back-off").isEqualTo(10_000);
  }

  private static TargetHealth saying(TargetHealth health, int... weights) {
    TargetHealth after = health;
    for (int weight : weights) {
      after = after.after(new ProbeResult(Code.L7OK, "", 5_000, 5_000, weight), TIMING);
    }
    return after;
  }

  @Test
  void oneStepOfWeightIsTakenWhenAskedForTwiceAndMoreAtOnce() {
    TargetHealth health = saying(TargetHealth.unknown(0), 60);
    assertThat(health.past().weight()).as("the first is taken").isEqualTo(60);
    assertThat(saying(health, 65).past().weight()).isEqualTo(60);
    assertThat(saying(health, 65, 60, 65, 60).past().weight()).as("back and forth").isEqualTo(60);
    assertThat(saying(health, 65, 65).past().weight()).isEqualTo(65);
    assertThat(saying(health, 65, 70).past().weight()).as("slowly up").isEqualTo(70);
    assertThat(saying(health, 50).past().weight()).isEqualTo(50);
  }

  @Test
  void aTargetThatSaysItsWeightIsStableUntilTheNextProbe() {
    assertThat(run("+").stableMillis(TIMING)).isEqualTo(30_000);
    assertThat(saying(run("+"), 100).stableMillis(TIMING)).isEqualTo(10_000);
    TargetHealth restored =
        new TargetHealth(State.UP, 0, 0, null, Latency.NONE, Past.of(List.of(), 40, 0));
    assertThat(restored.stableMillis(TIMING)).isEqualTo(10_000);
    assertThat(saying(run("+"), 40, -1, -1).stableMillis(TIMING)).isEqualTo(30_000);
  }
}
