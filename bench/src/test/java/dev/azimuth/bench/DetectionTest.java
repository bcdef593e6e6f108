package dev.azimuth.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.azimuth.bench.Detection.Seen;
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

  private static final int EACH = 24;

  @Test
  void everyFailureIsFoundInTime(@TempDir Path folder) throws Exception {
    Map<Fault, List<Seen>> conclusive = new EnumMap<>(Fault.class);
    try (Detection detection = new Detection(TIMING, EACH, new PeerKeys(folder), 5)) {
      detection.round();
      detection.round(); // the first has made the JVM warm
      for (Fault fault : Fault.values()) {
        assertThat(detection.down(fault)).hasSize(2 * EACH);
        conclusive.put(
            fault,
            detection.down(fault).stream().skip(EACH).filter(seen -> !seen.doubtful()).toList());
      }
    }

    List<Seen> all = conclusive.values().stream().flatMap(List::stream).toList();
    assumeTrue(
        all.size() >= Fault.values().length * EACH / 2,
        "the machine is so busy that most probes are inconclusive");
    conclusive.forEach(
        (fault, seen) -> {
          assertThat(seen.stream().filter(each -> !each.disturbed()).map(Seen::code))
              .as("what %s is called", fault)
              .allMatch(fault.code::equals);
          assertThat(inTime(seen, 0.9))
              .as("most of %s", fault)
              .isLessThanOrEqualTo(fault.bound(TIMING));
        });
    assertThat(inTime(all, 0.99))
        .as("99 of 100, whatever the failure")
        .isLessThanOrEqualTo(Fault.promised(TIMING));
  }

  /** A quantile of the milliseconds that the machine did not take; none at all is in time. */
  private static double inTime(List<Seen> seen, double part) {
    return seen.isEmpty()
        ? 0
        : Detection.quantile(seen.stream().mapToDouble(each -> each.millis() - each.late()), part);
  }
}
