package dev.azimuth.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.health.Formula.AtLeast;
import dev.azimuth.health.Formula.One;
import dev.azimuth.health.Formula.Unless;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormulaTest {
  private static final List<State> STATES = List.of(State.values());

  private static Formula random(Random random, int targets, int depth) {
    if (depth == 0 || random.nextInt(4) == 0) {
      return new One(random.nextInt(targets));
    }
    if (random.nextInt(4) == 0) {
      return new Unless(random(random, targets, depth - 1));
    }
    List<Formula> of = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      of.add(random(random, targets, depth - 1));
    }
    return new AtLeast(1 + random.nextInt(of.size()), of);
  }

  /** By the words of the manual: up when so many are up; down when that cannot come to be. */
  private static State naive(Formula formula, State[] known) {
    return switch (formula) {
      case One(int target) -> known[target];
      case Unless(Formula of) -> naive(of, known) == State.DOWN ? State.DOWN : State.UP;
      case AtLeast(int count, List<Formula> of) -> {
        List<State> parts = of.stream().map(part -> naive(part, known)).toList();
        long surely = parts.stream().filter(State.UP::equals).count();
        long perhaps = parts.stream().filter(state -> state != State.DOWN).count();
        yield surely >= count ? State.UP : perhaps < count ? State.DOWN : State.UNKNOWN;
      }
    };
  }

  private static State[] assignment(int number, int targets) {
    State[] known = new State[targets];
    for (int i = 0, rest = number; i < targets; i++, rest /= STATES.size()) {
      known[i] = STATES.get(rest % STATES.size());
    }
    return known;
  }

  private static Verdict judge(Formula formula, State[] known, long[] stable) {
    return formula.judge(
        target ->
            new Verdict(
                known[target], 0, known[target] == State.UNKNOWN ? 0 : stable[target], 0, 100));
  }

  /** Every assignment of three values to the targets of random formulas. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everyAssignmentAgreesWithTheNaiveEvaluation(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 100; round++) {
      int targets = 1 + random.nextInt(5);
      Formula formula = random(random, targets, 3);
      long[] stable = new long[targets];
      for (int number = 0; number < Math.pow(3, targets); number++) {
        State[] known = assignment(number, targets);
        assertThat(judge(formula, known, stable).state()).isEqualTo(naive(formula, known));
      }
    }
  }

  /** Whatever the targets do that may change by then, the verdict does not change sooner. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void noVerdictIsStableForLongerThanItIs(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      int targets = 1 + random.nextInt(4);
      Formula formula = random(random, targets, 3);
      long[] stable = random.longs(targets, 1, 6).toArray();
      State[] known = assignment(random.nextInt((int) Math.pow(3, targets)), targets);
      Verdict verdict = judge(formula, known, stable);
      for (int number = 0; number < Math.pow(3, targets); number++) {
        State[] later = assignment(number, targets);
        boolean possible =
            IntStream.range(0, targets)
                .allMatch(
                    i ->
                        later[i] == known[i]
                            || (known[i] == State.UNKNOWN ? 0 : stable[i])
                                < verdict.stableMillis());
        if (possible && verdict.state() != State.UNKNOWN) {
          assertThat(naive(formula, later)).isEqualTo(verdict.state());
        }
      }
    }
  }

  @Test
  void ofSeveralTheOnesThatMatterSayHowLong() {
    List<Formula> three = List.of(new One(0), new One(1), new One(2));
    State[] up = {State.UP, State.UP, State.UP};
    State[] down = {State.DOWN, State.DOWN, State.DOWN};
    long[] stable = {30, 10, 20};
    assertThat(judge(new AtLeast(3, three), up, stable).stableMillis()).isEqualTo(10);
    assertThat(judge(new AtLeast(2, three), up, stable).stableMillis()).isEqualTo(20);
    assertThat(judge(new AtLeast(1, three), up, stable).stableMillis()).isEqualTo(30);
    assertThat(judge(new AtLeast(3, three), down, stable).stableMillis()).isEqualTo(30);
    assertThat(judge(new AtLeast(1, three), down, stable).stableMillis()).isEqualTo(10);
  }

  @Test
  void noFormulaAsksForMoreThanItHas() {
    assertThatThrownBy(() -> new AtLeast(2, List.of(new One(0))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
