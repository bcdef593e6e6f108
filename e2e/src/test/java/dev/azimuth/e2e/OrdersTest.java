package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import dev.azimuth.e2e.AzimuthProcess.Outcome;
import dev.azimuth.e2e.TestBackend.Mood;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Orders for many backends at once, for later, and within their floors, from the command line. */
class OrdersTest {
  private static final String WWW = "www.example.com";
  private static final String YAML =
      """
      defaults: { check: none }
      pools:
        eu:
          min_up: 1
          floor: 40%
          capacity: 3000
          backends:
            fra1: { address: 192.0.2.1, tags: [ blue ] }
            fra2: 192.0.2.2
            ams1: { address: 192.0.2.3, tags: [ blue ] }
        us: { backends: { iad1: { address: 198.51.100.1, tags: [ blue ] } } }
      """
          + Zones.EXAMPLE
          + "      www: { to: [ eu, us ] }\n";

  @TempDir Path folder;
  private List<TestBackend> backends = List.of();
  private AzimuthProcess node;
  private DnsClient client;

  @AfterEach
  void stop() throws IOException {
    stopNode();
    for (TestBackend backend : backends) {
      backend.close();
    }
  }

  private void stopNode() {
    if (client != null) {
      client.close();
    }
    if (node != null) {
      node.close();
    }
  }

  private void start(String yaml) throws IOException {
    stopNode();
    node = AzimuthProcess.start(folder, yaml, Options.USUAL.manualReload());
    client = node.client();
  }

  private String done(String... arguments) throws Exception {
    Outcome outcome = node.operate(arguments);
    assertThat(outcome.exit()).as("%s", outcome).isZero();
    return outcome.out();
  }

  private long ttl() throws IOException {
    return client.udp(WWW, Type.A).getSection(Section.ANSWER).getFirst().getTTL();
  }

  /** How often each address is given in so many answers of one worker. */
  private Map<String, Integer> counts(int answers) throws IOException {
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < answers; i++) {
      client.a(WWW).forEach(address -> counts.merge(address, 1, Integer::sum));
    }
    return counts;
  }

  @Test
  void patternsPoolsAndTagsMeanWhatMatchesNowAlsoAfterAReload() throws Exception {
    start(YAML);
    assertThat(done("drain", "*/fra*", "--reason", "rack", "--force"))
        .contains("*/fra* (2 backends): drain until it is cleared");
    Patience.untilAnswersAre(client, WWW, "192.0.2.3");
    done("clear", "*/fra*");

    done("down", "tag:blue", "--reason", "old release", "--force");
    Patience.untilAnswersAre(client, WWW, "192.0.2.2");
    String metrics = node.get("/metrics").body();
    assertThat(metrics)
        .contains(
            "azimuth_forced_backends 3",
            "azimuth_orders{what=\"down\",phase=\"in_force\"} 1",
            "azimuth_orders{what=\"drain\",phase=\"in_force\"} 0");
    node.reload(YAML.replace("fra2: 192.0.2.2", "fra2: { address: 192.0.2.2, tags: blue }"));
    assertThat(done("explain", WWW)).contains("forced down");
    assertThat(client.a(WWW)).as("all down gives what no order takes out").isEmpty();
    assertThat(node.operate("clear", "fra2").err())
        .contains("nothing is ordered of eu/fra2 alone, but by \"tag:blue\" (down, ");
    assertThat(done("clear", "--all")).contains("1 order is cleared");
    Patience.untilAnswersAre(client, WWW, "192.0.2.1", "192.0.2.2", "192.0.2.3");
  }

  @Test
  void aWeightTakesTheConfiguredOnesPlace() throws Exception {
    start(YAML);
    done("weight", "eu/fra1", "4", "--reason", "large machine");
    Patience.until(
        () -> counts(60).equals(Map.of("192.0.2.1", 40, "192.0.2.2", 10, "192.0.2.3", 10)));
    assertThat(done("explain", WWW)).contains("weight 4 by order, 1 configured", "66.7 %");
  }

  @Test
  void aDryRunChangesNothingAndADrainBelowTheFloorIsRefused() throws Exception {
    start(YAML);
    Path orders = folder.resolve("state").resolve("orders.json");
    String before = done("status", "--json");
    assertThat(done("drain", "tag:blue", "--dry-run"))
        .contains(
            "DRY RUN  drain tag:blue",
            "REFUSED  pool eu: leaves 1 of 3 usable, 33 %, below the floor of 40 %",
            "matches 3: eu/fra1, eu/ams1, us/iad1",
            "100 % -> 33 %",
            "3,000 -> 1,000",
            "every name keeps its pool");
    assertThat(done("drain", "eu/*", "--dry-run", "--json"))
        .containsPattern("\"before\"\\s*:\\s*\"eu\"")
        .containsPattern("\"after\"\\s*:\\s*\"us\"");
    assertThat(done("status", "--json")).isEqualTo(before);
    assertThat(orders).doesNotExist();

    done("drain", "fra1", "--reason", "kernel");
    Outcome refused = node.operate("drain", "fra2", "--reason", "kernel");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err())
        .isEqualTo(
            "pool eu: leaves 1 of 3 usable, 33 %, below the floor of 40 %: refused; --force does it"
                + " all the same\n");
    Patience.untilAnswersAre(client, WWW, "192.0.2.2", "192.0.2.3");
    done("drain", "fra2", "--reason", "kernel", "--force");
    Patience.untilAnswersAre(client, WWW, "192.0.2.3");
  }

  @Test
  void aPlannedDrainLowersTheTtlOutlivesAKilledProcessAndBegins() throws Exception {
    start(YAML);
    assertThat(ttl()).isEqualTo(60);
    done("drain", "eu/fra1", "--reason", "kernel", "--in", "55s", "--for", "1h");
    done("weight", "*/ams*", "3", "--reason", "large");
    Patience.until(() -> ttl() == 5);
    assertThat(Patience.seen(client, WWW)).hasSize(3);
    assertThat(done("explain", WWW))
        .containsPattern("TTL +5 s: (an order for eu begins at \\S+Z|an order changed)");
    assertThat(done("status")).startsWith("PLANNED DRAIN  eu/fra1 in ").contains(" for 1h, set ");
    node.signal("KILL");
    node.exitCode(Duration.ofSeconds(30));

    start(YAML);
    assertThat(ttl()).isEqualTo(5);
    assertThat(done("overrides")).containsPattern("eu/fra1 +drain +1 +\\d+s +(in \\d+s|-) +in ");
    assertThat(counts(50)).isEqualTo(Map.of("192.0.2.1", 10, "192.0.2.2", 10, "192.0.2.3", 30));
    Patience.until(
        Duration.ofSeconds(90), () -> counts(40).equals(Map.of("192.0.2.2", 10, "192.0.2.3", 30)));
    assertThat(done("overrides")).containsPattern("eu/fra1 +drain +1 +.* - +in 59m");
  }

  @Test
  void aBackendThatComesBackRisesAndOneTooManyIsKept() throws Exception {
    backends = TestBackend.on("127.0.0.1", "127.0.0.2", "127.0.0.3");
    start(
        """
        checks: { web: { http: /, port: %d, every: 100ms, retry: 100ms, rise: 1, fall: 1 } }
        defaults: { check: web }
        pools:
          web:
            slow_start: 1h
            max_eject: 34%%
            backends: { a: 127.0.0.1, b: 127.0.0.2, c: 127.0.0.3 }
        """
                .formatted(backends.getFirst().port())
            + Zones.EXAMPLE
            + "      www: { to: web }\n");
    Patience.untilAnswersAre(client, WWW, "127.0.0.1", "127.0.0.2", "127.0.0.3");
    backends.get(0).become(Mood.FAILING);
    Patience.untilAnswersAre(client, WWW, "127.0.0.2", "127.0.0.3");
    backends.get(1).become(Mood.FAILING);
    Patience.until(() -> done("explain", WWW).contains("down, kept by max_eject"));
    assertThat(Patience.seen(client, WWW)).containsExactlyInAnyOrder("127.0.0.2", "127.0.0.3");

    backends.get(1).become(Mood.HEALTHY);
    backends.get(0).become(Mood.HEALTHY);
    Patience.until(() -> counts(120).getOrDefault("127.0.0.1", 0) == 10);
    assertThat(counts(120)).containsEntry("127.0.0.3", 100);
    assertThat(done("explain", WWW)).contains("slow start: 10 % of its weight");
  }
}
