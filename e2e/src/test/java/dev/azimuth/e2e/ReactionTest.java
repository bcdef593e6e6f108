package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.TestBackend.Mood;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How soon an answer follows the probe result that decides it. */
class ReactionTest {
  private static final int CHANGES = 21;

  /** What is promised. */
  private static final Duration PROMISED = Duration.ofMillis(10);

  /** With what a busy machine adds. */
  private static final Duration BUSY = Duration.ofMillis(50);

  @TempDir Path folder;

  @Test
  void theAnswerFollowsTheDecidingResultAtOnce() throws Exception {
    List<TestBackend> backends = TestBackend.on("127.0.0.1", "127.0.0.2");
    String yaml =
        """
        checks: { web: { http: /, port: %d, every: 100ms, retry: 100ms, rise: 1, fall: 1 } }
        defaults: { check: web }
        pools: { web: { backends: { a: 127.0.0.1, b: 127.0.0.2 } } }
        """
                .formatted(backends.getFirst().port())
            + Zones.EXAMPLE
            + "      www: { to: web, pick: all }\n";
    try (TestBackend first = backends.get(0);
        TestBackend second = backends.get(1);
        AzimuthProcess node = AzimuthProcess.start(folder, yaml);
        DnsClient client = node.client()) {
      Patience.untilAnswersAre(client, "www.example.com", "127.0.0.1", "127.0.0.2");
      List<Duration> took = new ArrayList<>();
      for (int i = 0; i < CHANGES; i++) {
        boolean fails = i % 2 == 0;
        second.become(fails ? Mood.FAILING : Mood.HEALTHY);
        Patience.quickly(() -> client.a("www.example.com").size() == (fails ? 1 : 2));
        took.add(Duration.ofNanos(System.nanoTime() - second.turned()));
      }

      took.sort(null);
      Duration quarter = took.get(CHANGES / 4);
      Duration median = took.get(CHANGES / 2);
      System.out.printf(
          "from the backend's answer to ours: lower quartile %d us, median %d us, slowest %d us%n",
          quarter.toNanos() / 1000, median.toNanos() / 1000, took.getLast().toNanos() / 1000);
      // Other work on the machine delays the node, its backend and this client, each for a slice of
      // time now and then. It makes changes late, and none early: what the node itself takes is in
      // the quickest of them all, and a wait of its own would be in every one.
      assertThat(quarter).isPositive().isLessThan(PROMISED);
      assertThat(median).isLessThan(BUSY);
      assertThat(first.requests()).isPositive();
    }
  }
}
