package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import dev.azimuth.e2e.AzimuthProcess.Outcome;
import dev.azimuth.e2e.TestBackend.Mood;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator does with a running node from the command line, and what it survives. */
class OperatorTest {
  private static final String WWW = "www.example.com";
  private static final String YAML =
      "defaults: { check: none }\n"
          + "pools: { web: { backends: { a: 192.0.2.1, b: 192.0.2.2 } } }\n"
          + Zones.EXAMPLE
          + "      www: { to: web }\n";

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

  private void startWithChecks() throws IOException {
    backends = TestBackend.on("127.0.0.1", "127.0.0.2");
    start(checked());
  }

  private String checked() {
    return """
        checks: { web: { http: /, port: %d, every: 100ms, retry: 100ms, rise: 1, fall: 1 } }
        defaults: { check: web }
        pools: { web: { backends: { a: 127.0.0.1, b: 127.0.0.2 } } }
        """
            .formatted(backends.getFirst().port())
        + Zones.EXAMPLE
        + "      www: { to: web }\n";
  }

  private String done(String... arguments) throws Exception {
    Outcome outcome = node.operate(arguments);
    assertThat(outcome.exit()).as("%s", outcome).isZero();
    return outcome.out();
  }

  @ParameterizedTest
  @ValueSource(strings = {"down", "drain"})
  void aBackendIsTakenOutAndPutBack(String command) throws Exception {
    start(YAML);
    Patience.untilAnswersAre(client, WWW, "192.0.2.1", "192.0.2.2");

    assertThat(done(command, "web/a", "--reason", "disk failing")).contains("web/a");

    Patience.untilAnswersAre(client, WWW, "192.0.2.2");
    assertThat(done("status"))
        .startsWith("FORCED " + (command.equals("down") ? "DOWN" : "DRAIN"))
        .contains("web/a", "disk failing");
    assertThat(done("status", "--json"))
        .containsPattern("\"selector\"\\s*:\\s*\"web/a\"")
        .containsPattern("\"reason\"\\s*:\\s*\"disk failing\"");

    assertThat(done("clear", "a")).contains("web/a"); // its name alone is unambiguous
    Patience.untilAnswersAre(client, WWW, "192.0.2.1", "192.0.2.2");
    assertThat(done("status")).startsWith("Azimuth").doesNotContain("FORCED");
  }

  @Test
  void aBackendIsCountedAsUpThoughItsChecksFail() throws Exception {
    startWithChecks();
    backends.get(0).become(Mood.FAILING);
    Patience.untilAnswersAre(client, WWW, "127.0.0.2");

    done("up", "web/a", "--reason", "the check is broken");
    Patience.untilAnswersAre(client, WWW, "127.0.0.1", "127.0.0.2");

    done("clear", "web/a");
    Patience.untilAnswersAre(client, WWW, "127.0.0.2");
  }

  @Test
  void aFreezeKeepsTheAnswersWhateverTheProbesSay() throws Exception {
    startWithChecks();
    Patience.untilAnswersAre(client, WWW, "127.0.0.1", "127.0.0.2");

    done("freeze", "--reason", "network maintenance");
    int mark = node.mark();
    backends.get(0).become(Mood.FAILING);
    node.awaitLog(mark, Pattern.compile("UP -> DOWN")); // probes go on

    assertThat(Patience.seen(client, WWW)).containsExactlyInAnyOrder("127.0.0.1", "127.0.0.2");
    assertThat(done("status")).startsWith("FROZEN").contains("network maintenance");
    done("unfreeze");
    Patience.untilAnswersAre(client, WWW, "127.0.0.2");
    assertThat(node.operate("unfreeze").exit()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "KILL"})
  void aFrozenTableIsTheSameAfterARestart(String signal) throws Exception {
    startWithChecks();
    backends.get(1).become(Mood.FAILING);
    Patience.untilAnswersAre(client, WWW, "127.0.0.1");
    done("freeze", "--reason", "network maintenance");
    int mark = node.mark();
    backends.get(0).become(Mood.FAILING);
    backends.get(1).become(Mood.HEALTHY);
    node.awaitLog(mark, Pattern.compile("DOWN -> UP"));
    node.signal(signal);
    node.exitCode(Duration.ofSeconds(30));
    int before = backends.get(0).requests();

    start(checked());

    Patience.until(() -> backends.get(0).requests() >= before + 3); // and each of them fails
    assertThat(Patience.seen(client, WWW)).containsExactly("127.0.0.1");
    assertThat(done("status")).startsWith("FROZEN").contains("network maintenance");
    done("unfreeze");
    Patience.untilAnswersAre(client, WWW, "127.0.0.2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "KILL"})
  void ordersAreKeptAcrossARestart(String signal) throws Exception {
    start(YAML);
    done("down", "web/a", "--reason", "disk failing", "--for", "1h");
    done("freeze", "--reason", "network maintenance");
    node.signal(signal);
    node.exitCode(Duration.ofSeconds(30));

    start(YAML);

    assertThat(Patience.seen(client, WWW)).containsExactly("192.0.2.2");
    assertThat(done("status"))
        .startsWith("FROZEN")
        .contains("network maintenance", "FORCED DOWN", "disk failing")
        .containsPattern("59m \\d+s left");
  }

  @Test
  void anOrderWithATimeEndsByItself() throws Exception {
    start(YAML);
    done("down", "web/a", "--reason", "a short test", "--for", "3s");
    Patience.untilAnswersAre(client, WWW, "192.0.2.2");

    Patience.untilAnswersAre(client, WWW, "192.0.2.1", "192.0.2.2");
    assertThat(done("status")).doesNotContain("FORCED");

    // Nor does it come back with the next process.
    start(YAML);
    assertThat(Patience.seen(client, WWW)).hasSize(2);
  }

  @Test
  void aReloadSaysWhatChangedOrWhyNot() throws Exception {
    start(YAML);
    assertThat(done("reload")).contains("nothing changed");

    node.write(YAML.replace("192.0.2.2", "192.0.2.3"));
    assertThat(done("reload")).contains("web/b");
    Patience.untilAnswersAre(client, WWW, "192.0.2.1", "192.0.2.3");

    node.write(YAML.replace("to: web", "to: wed"));
    Outcome bad = node.operate("reload");
    assertThat(bad.exit()).isEqualTo(3);
    assertThat(bad.err()).containsPattern("azimuth\\.yaml:\\d+:\\d+: error").contains("wed");
    assertThat(done("status")).startsWith("REJECTED");

    node.write(YAML.replace("a: 192.0.2.1, b: 192.0.2.2", "c: 192.0.2.4"));
    Outcome removals = node.operate("reload");
    assertThat(removals.exit()).isEqualTo(1);
    assertThat(removals.err()).contains("--accept-removals");
    assertThat(Patience.seen(client, WWW)).containsExactlyInAnyOrder("192.0.2.1", "192.0.2.3");
    done("reload", "--accept-removals");
    Patience.untilAnswersAre(client, WWW, "192.0.2.4");
  }

  @Test
  void explainSaysWhatAClientGetsAndWhy() throws Exception {
    start(
        """
        defaults: { check: none }
        pools:
          here: { backends: { a: 192.0.2.1, b: 192.0.2.2 } }
          there: { backends: { c: 192.0.2.3 } }
        routes: { near: [ { cidr: 198.51.100.0/24, to: there }, { to: here } ] }
        """
            + Zones.EXAMPLE
            + "      www: { route: near }\n");
    done("down", "a", "--reason", "disk failing");

    assertThat(done("explain", WWW, "--client", "203.0.113.9"))
        .contains("203.0.113.9", "here", "forced down", "192.0.2.2")
        .doesNotContain("192.0.2.3");
    assertThat(done("explain", WWW, "--ecs", "198.51.100.0/24"))
        .contains("198.51.100.0/24", "there", "192.0.2.3", "/24");
    assertThat(done("explain", WWW, "--json", "--type", "AAAA"))
        .containsPattern("\"reason\"\\s*:\\s*\"NO_FAMILY\"")
        .containsPattern("\"answer\"\\s*:\\s*\"nodata\"");
    Outcome unknown = node.operate("explain", "text.example.com");
    assertThat(unknown.exit()).isEqualTo(1);
    assertThat(unknown.err()).contains("text.example.com");
  }

  @Test
  void theExitCodeSaysWhatWentWrong() throws Exception {
    start(YAML);
    assertThat(node.operate("down", "web/z", "--reason", "x").exit()).isEqualTo(1);
    assertThat(node.operate("down", "web/a").exit()).isEqualTo(2);
    Path wrong = Files.writeString(folder.resolve("wrong"), "not the token of this node");
    Outcome stranger =
        AzimuthProcess.run(
            "freeze", "--admin", node.admin().toString(), "--token-file", wrong.toString());
    assertThat(stranger.exit()).isEqualTo(1);
    assertThat(stranger.err()).contains("token");
    assertThat(Patience.seen(client, WWW)).hasSize(2);

    String bad = Files.writeString(folder.resolve("bad.yaml"), "polls: {}\n").toString();
    assertThat(AzimuthProcess.run("validate", bad).exit()).isEqualTo(3);
    Outcome nobody =
        AzimuthProcess.run("status", "--admin", "http://127.0.0.1:" + Tools.freePort());
    assertThat(nobody.exit()).isEqualTo(4);
    assertThat(nobody.err()).contains("no node answers");
  }
}
