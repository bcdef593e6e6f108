package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import dev.azimuth.e2e.AzimuthProcess.Outcome;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backends that say of themselves that they are well, and what is answered by that. */
class HeartbeatTest {
  private static final String WWW = "www.example.com";
  private static final String RESULTS = "azimuth_probe_results_total{code=\"%s\"}";

  private static final Pattern STATE_CHANGE = Pattern.compile("\\b(UP|DOWN) -> (UP|DOWN)\\b");

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  /** By backend: the token of each that is alive. */
  private final Map<String, String> alive = new ConcurrentHashMap<>();

  private AzimuthProcess node;
  private DnsClient client;
  private Thread beating;
  private URI door;

  private void start() throws Exception {
    start("2s", "", Options.USUAL);
  }

  /**
   * @param late how long a backend may be silent
   * @param more pools
   */
  private void start(String late, String more, Options options) throws Exception {
    Path secret = Files.writeString(folder.resolve("heartbeat"), "s".repeat(64) + "\n");
    door = URI.create("http://127.0.0.1:" + Tools.freePort());
    node =
        AzimuthProcess.start(
            folder,
            """
            health: { heartbeats: { listen: "%s", secret: { file: %s } } }
            checks: { alive: { heartbeat: %s, every: 500ms, retry: 500ms } }
            pools:
              web: { check: alive, backends: { b1: 192.0.2.1, b2: 192.0.2.2 } }
            """
                    .formatted(door.getAuthority(), secret, late)
                + more
                + Zones.EXAMPLE
                + "      www: { to: web }\n",
            options);
    node.awaitLog("heartbeats " + door);
    client = node.client();
    beating = Thread.ofVirtual().start(this::beat);
  }

  /** Both backends are alive, and known to be. */
  private void bothAlive() throws Exception {
    alive.putAll(Map.of("web/b1", token("web/b1"), "web/b2", token("web/b2")));
    Patience.until(() -> up("b1", "192.0.2.1") == 1 && up("b2", "192.0.2.2") == 1);
    Patience.untilAnswersAre(client, WWW, "192.0.2.1", "192.0.2.2");
  }

  @AfterEach
  void stop() throws Exception {
    beating.interrupt();
    beating.join();
    client.close();
    node.close();
    http.close();
  }

  private void beat() {
    try {
      while (true) {
        for (Map.Entry<String, String> each : alive.entrySet()) {
          tell(each.getKey(), each.getValue());
        }
        Thread.sleep(200);
      }
    } catch (InterruptedException e) {
      // The test is over.
    }
  }

  private void tell(String backend, String token) throws InterruptedException {
    try {
      say(backend, token, "");
    } catch (IOException e) {
      // Nobody listens for a moment: there is a next time.
    }
  }

  private int say(String backend, String token, String what)
      throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(door.resolve("/heartbeat/" + backend))
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString(what))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private String token(String backend) throws IOException, InterruptedException {
    Outcome made =
        AzimuthProcess.run("heartbeat-token", folder.resolve("azimuth.yaml").toString(), backend);
    assertThat(made.exit()).as(made.err()).isZero();
    return made.out().strip();
  }

  private long up(String backend, String address) throws Exception {
    return node.metric(
        "azimuth_backend_up{pool=\"web\",backend=\"%s\",address=\"%s\"}"
            .formatted(backend, address));
  }

  @Test
  void whoFallsSilentIsLeftOutAndATokenSpeaksForOneBackendAlone() throws Exception {
    start();
    String first = token("web/b1");
    String second = token("web/b2");
    alive.putAll(Map.of("web/b1", first, "web/b2", second));
    Patience.until(() -> node.metric(RESULTS.formatted("L7OK")) >= 4);
    Patience.untilAnswersAre(client, WWW, "192.0.2.1", "192.0.2.2");

    alive.remove("web/b2");
    Patience.untilAnswersAre(client, WWW, "192.0.2.1");
    Patience.until(() -> up("b2", "192.0.2.2") == 0 && up("b1", "192.0.2.1") == 1);
    assertThat(node.metric(RESULTS.formatted("L7TOUT"))).isPositive();

    assertThat(say("web/b2", first, "")).as("another's token").isEqualTo(401);
    long failed = node.metric(RESULTS.formatted("L7TOUT"));
    Patience.until(() -> node.metric(RESULTS.formatted("L7TOUT")) > failed + 2);
    assertThat(up("b2", "192.0.2.2")).as("still silent").isZero();

    alive.put("web/b2", second);
    Patience.untilAnswersAre(client, WWW, "192.0.2.1", "192.0.2.2");
    Patience.until(() -> up("b2", "192.0.2.2") == 1);
  }

  @Test
  void whoSaysThatItIsDownIsBelieved() throws Exception {
    start();
    String first = token("web/b1");
    alive.putAll(Map.of("web/b1", first, "web/b2", token("web/b2")));
    Patience.until(() -> node.metric(RESULTS.formatted("L7OK")) >= 4);

    alive.remove("web/b1");
    assertThat(say("web/b1", first, "down")).isEqualTo(204);
    Patience.untilAnswersAre(client, WWW, "192.0.2.2");
    assertThat(node.metric(RESULTS.formatted("L7STS"))).isPositive();
    node.awaitLog("L7STS it says that it is down");

    alive.put("web/b1", first);
    Patience.untilAnswersAre(client, WWW, "192.0.2.1", "192.0.2.2");
  }

  @Test
  void aStopOfTheNodeForLongerThanAHeartbeatMayTakeChangesNoState() throws Exception {
    start();
    bothAlive();
    int mark = node.mark();
    long late = node.metric(RESULTS.formatted("L7TOUT"));

    node.signal("STOP");
    Thread.sleep(3_000); // the stop itself
    node.signal("CONT");

    long good = node.metric(RESULTS.formatted("L7OK"));
    Patience.until(() -> node.metric(RESULTS.formatted("L7OK")) >= good + 6);
    assertThat(node.log().substring(mark)).doesNotContainPattern(STATE_CHANGE);
    assertThat(node.metric(RESULTS.formatted("L7TOUT"))).isEqualTo(late);
    assertThat(Patience.seen(client, WWW)).containsExactlyInAnyOrder("192.0.2.1", "192.0.2.2");
    silenceCounts();
  }

  @Test
  void aSuccessorThatPreparesForLongerThanAHeartbeatMayTakeChangesNoState() throws Exception {
    try (TestNameServer nobody = new TestNameServer()) {
      start(
          "4s", // less than the 5 s that a host without an address is waited for
          "  far: { check: none, backends: { c: { host: lb.example.net } } }\n",
          Options.USUAL.nameServer(nobody.address()));
      bothAlive();

      try (AzimuthProcess next = node.successor()) {
        assertThat(next.log()).contains("waiting for the first results");
        Patience.until(() -> next.metric(RESULTS.formatted("L7OK")) >= 6);
        assertThat(next.log()).doesNotContainPattern(STATE_CHANGE);
        assertThat(next.metric(RESULTS.formatted("L7TOUT"))).isLessThanOrEqualTo(0);
        assertThat(Patience.seen(client, WWW)).containsExactlyInAnyOrder("192.0.2.1", "192.0.2.2");
        silenceCounts();
      }
    }
  }

  /** Whoever is silent from now on is still found out. */
  private void silenceCounts() throws Exception {
    alive.remove("web/b2");
    Patience.untilAnswersAre(client, WWW, "192.0.2.1");
  }
}
