package dev.azimuth.health;

import static dev.azimuth.health.Samples.result;
import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ProbeResult.Code;
import java.util.ArrayList;
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
    TargetHealth health = TargetHealth.unknown(0);
    for (int i = 0; i < results.length(); i++) {
      health = health.after(result(code(results.charAt(i)), 1_000L * (i + 1)), TIMING);
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

  /**
   * The whole history decides: the naive model looks back over all conclusive results each time.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void anySequenceAgreesWithTheNaiveModel(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      Timing timing = timing(1_000, 100, 50, 1 + random.nextInt(4), 1 + random.nextInt(4));
      double bad = random.nextDouble();
      TargetHealth health = TargetHealth.unknown(0);
      List<Boolean> history = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        if (random.nextInt(8) == 0) {
          health = health.after(result(Code.INCONCLUSIVE, i), timing);
        } else {
          boolean good = random.nextDouble() >= bad;
          history.add(good);
          health = health.after(result(good ? Code.L4OK : Code.L4CON, i), timing);
        }
        assertThat(health.state()).isEqualTo(naive(history, timing));
        assertThat(health.streak()).isLessThan(Math.max(timing.rise(), timing.fall()));
      }
    }
  }

  private static State naive(List<Boolean> history, Timing timing) {
    if (history.isEmpty()) {
      return State.UNKNOWN;
    }
    boolean up = history.getFirst();
    for (int end = 1; end <= history.size(); end++) {
      int needed = up ? timing.fall() : timing.rise();
      boolean opposite = !up;
      if (end >= needed
          && history.subList(end - needed, end).stream().allMatch(good -> good == opposite)) {
        up = opposite;
      }
    }
    return up ? State.UP : State.DOWN;
  }
}
