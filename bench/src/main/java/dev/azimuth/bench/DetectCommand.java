package dev.azimuth.bench;

import dev.azimuth.bench.Detection.Seen;
import dev.azimuth.health.Timing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** From the failure of a backend to the state: prints a line for each kind of failure. */
@Command(
    name = "detect",
    description = "Measures how long after a backend fails a prober says that it is down.",
    mixinStandardHelpOptions = true)
final class DetectCommand implements Callable<Integer> {
  private static final Timing TIMING =
      new Timing(
          Duration.ofSeconds(1),
          Duration.ofMillis(200),
          Duration.ofMillis(500),
          /* rise= */ 2,
          /* fall= */ 3);

  @Option(names = "--folder", required = true, description = "for the keys of TLS")
  private Path folder = Path.of("");

  @Option(names = "--failures", description = "of each kind; ${DEFAULT-VALUE}")
  private int failures = 1000;

  @Option(names = "--each", description = "backends for each kind; ${DEFAULT-VALUE}")
  private int each = 25;

  @Option(names = "--seed", description = "of what is random; ${DEFAULT-VALUE}")
  private long seed = 1;

  @Override
  public Integer call() throws Exception {
    try (Detection detection = new Detection(TIMING, each, new PeerKeys(folder), seed)) {
      for (int done = 0; done < failures; done += each) {
        detection.round();
      }
      for (Fault fault : Fault.values()) {
        print(fault, detection);
      }
    }
    return 0;
  }

  private static void print(Fault fault, Detection detection) {
    List<Seen> down = detection.down(fault);
    List<Seen> calm = down.stream().filter(seen -> !seen.disturbed()).toList();
    List<Seen> up = detection.up(fault);
    System.out.printf(
        Locale.ROOT,
        "fault=%s code=%s failures=%d p50_ms=%.0f p99_ms=%.0f max_ms=%.0f promised_ms=%.0f"
            + " disturbed=%d calm_p99_ms=%.0f calm_max_ms=%.0f strange=%d uncalled=%d"
            + " up_p50_ms=%.0f up_p99_ms=%.0f up_max_ms=%.0f%n",
        fault.name().toLowerCase(Locale.ROOT),
        fault.code,
        down.size(),
        quantile(down, 0.5),
        quantile(down, 0.99),
        quantile(down, 1),
        Fault.promised(TIMING),
        down.size() - calm.size(),
        quantile(calm, 0.99),
        quantile(calm, 1),
        calm.stream().filter(seen -> seen.code() != fault.code).count(),
        detection.uncalled(fault),
        quantile(up, 0.5),
        quantile(up, 0.99),
        quantile(up, 1));
  }

  private static double quantile(List<Seen> seen, double part) {
    return Detection.quantile(seen.stream().mapToDouble(Seen::millis), part);
  }
}
