package dev.azimuth.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HealthTableTest {
  private static final Timing TIMING = Samples.timing(10_000, 1_000, 2_000, 2, 3);

  private static final List<State> STATES = List.of(State.values());

  private static TargetHealth health(State state, long since) {
    return new TargetHealth(state, 0, since, null);
  }

  private static List<Target> targets(int count) {
    List<Target> targets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      targets.add(Samples.target(1 + i, Samples.tcp(TIMING)));
    }
    return targets;
  }

  /** Judging only what changed comes to the same as judging all of it. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void whatIsJudgedAnewIsWhatChanged(long seed) {
    Random random = new Random(seed);
    List<Target> targets = targets(6);
    List<Formula> formulas = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Formula one = new Formula.One(random.nextInt(6));
      formulas.add(
          switch (random.nextInt(3)) {
            case 0 -> one;
            case 1 -> new Formula.AtLeast(1, List.of(one, new Formula.One(random.nextInt(6)), one));
            default -> new Formula.AtLeast(2, List.of(one, new Formula.Unless(one)));
          });
    }
    TargetHealth[] now = new TargetHealth[6];
    java.util.Arrays.setAll(now, i -> health(State.UNKNOWN, 0));
    HealthTable table =
        new HealthTable(targets, formulas, List.of(now), Collections.nCopies(1, null));
    for (int step = 1; step < 200; step++) {
      int target = random.nextInt(6);
      now[target] = health(STATES.get(random.nextInt(3)), step);
      HealthTable next = table.with(now);
      HealthTable whole = new HealthTable(targets, formulas, List.of(now), List.of());
      TreeSet<Integer> told = new TreeSet<>();
      next.differences(table, told::add, backend -> {});
      for (int i = 0; i < formulas.size(); i++) {
        assertThat(next.verdict(i).state()).isEqualTo(whole.verdict(i).state());
        assertThat(next.verdict(i).stableMillis()).isEqualTo(whole.verdict(i).stableMillis());
        assertThat(told.contains(i)).isEqualTo(!next.verdict(i).equals(table.verdict(i)));
        if (next.verdict(i).state() == table.verdict(i).state()) {
          assertThat(next.verdict(i).since()).isEqualTo(table.verdict(i).since());
        } else {
          assertThat(next.verdict(i).since()).isEqualTo(step);
        }
      }
      table = next;
    }
  }

  @Test
  void aTargetThatNoFormulaHasDecidesNothing() {
    HealthTable table =
        new HealthTable(
            targets(2),
            List.of(new Formula.One(1)),
            List.of(health(State.UP, 1), health(State.DOWN, 2)),
            List.of());
    assertThat(table.decides(0)).isFalse();
    assertThat(table.decides(1)).isTrue();
    assertThat(table.verdict(0).state()).isEqualTo(State.DOWN);
  }
}
