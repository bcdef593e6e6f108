package dev.azimuth.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.azimuth.bench.Detection.Outcome;
import dev.azimuth.health.Timing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A few failures of each kind; bench/detect.sh makes a thousand. */
@EnabledOnOs(OS.LINUX)
@Timeout(180)
class DetectionTest {
  private static final Timing TIMING =
      new Timing(Duration.ofSeconds(1), Duration.ofMillis(200), Duration.ofMillis(500), 2, 3);

  private static final int EACH = 36;

  /** So many of a kind must have been measured while the machine was not late. */
  private static final int ENOUGH = 12;

  @Test
  void everyFailureIsFoundInTime(@TempDir Path folder) throws Exception {
    Map<Fault, Outcome> outcomes = new EnumMap<>(Fault.class);
    try (Detection detection = new Detection(TIMING, EACH, new PeerKeys(folder), 5)) {
      detection.round();
      for (Fault fault : Fault.values()) {
        outcomes.put(fault, detection.outcome(fault));
      }
    }

    outcomes.forEach(
        (fault, outcome) -> assertThat(outcome.down().size() + outcome.leftOut()).isEqualTo(EACH));
    assumeTrue(
        outcomes.values().stream().allMatch(outcome -> outcome.down().size() >= ENOUGH),
        "the machine is too busy to measure anything");
    outcomes.forEach(
        (fault, outcome) -> {
          assertThat(outcome.strange()).as("%s called something else", fault).isZero();
          assertThat(outcome.uncalled()).as("%s before it failed", fault).isZero();
          assertThat(Outcome.quantile(outcome.down(), 0.9))
              .as("most of %s", fault)
              .isBetween(
                  (TIMING.fall() - 1) * 0.9 * TIMING.retry().toMillis(), fault.bound(TIMING));
        });
    List<Double> all =
        outcomes.values().stream().flatMap(outcome -> outcome.down().stream()).sorted().toList();
    assertThat(Outcome.quantile(all, 0.99))
        .as("99 of 100, whatever the failure")
        .isLessThanOrEqualTo(Fault.promised(TIMING));
  }
}
