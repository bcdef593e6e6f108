package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.azimuth.e2e.AzimuthProcess.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Very many connections through a balancer while its backends are drained, killed and revived in
 * turn and its file is taken up again and again. The system properties {@code azimuth.forwarded}
 * and {@code azimuth.reloads} say how many; the whole proof is 9,000 connections and 100 reloads.
 */
class ForwardingEnduranceTest {
  private static final int CONNECTIONS = Integer.getInteger("azimuth.forwarded", 400);
  private static final int RELOADS = Integer.getInteger("azimuth.reloads", 8);
  private static final int SERVERS = 4;
  private static final Pattern LISTENER =
      Pattern.compile("\"address\"\\s*:\\s*\"tcp://127\\.0\\.0\\.1:(\\d+)\"");

  @TempDir Path folder;

  private static String yaml(List<FlowServer> servers, int weight) {
    StringBuilder backends = new StringBuilder();
    for (int i = 0; i < servers.size(); i++) {
      backends.append(
          "      s%d: { address: 127.0.0.1, port: %d, weight: %d }\n"
              .formatted(i, servers.get(i).port(), i == 0 ? weight : 10));
    }
    return """
        checks: { tcp: { tcp: {}, every: 200ms, retry: 50ms, timeout: 100ms, rise: 1, fall: 2 } }
        pools:
          origin:
            check: tcp
            backends:
        """
        + backends
        + """
        balancers:
          web:
            listen: "tcp://127.0.0.1:0"
            port: 9
            to: origin
            limits: { connections: 20000 }
            timeouts: { drain: 10m }
        """
        + Zones.EXAMPLE
        + "      www: { to: origin }\n";
  }

  @Test
  void notAnOctetIsLostAndOnlyConnectionsToAKilledBackendEnd() throws Exception {
    List<FlowServer> servers = new ArrayList<>();
    for (int i = 0; i < SERVERS; i++) {
      servers.add(new FlowServer(i));
    }
    try (AzimuthProcess node =
            AzimuthProcess.start(folder, yaml(servers, 10), Options.USUAL.manualReload());
        Flows flows = new Flows(listener(node), CONNECTIONS, 200)) {
      allOpen(flows);
      int reloads = 0;
      for (int victim = 0; victim < SERVERS; victim++) {
        drained(node, flows, victim);
        reloads = reloaded(node, servers, reloads, RELOADS * (2 * victim + 1) / (2 * SERVERS));
        killed(flows, servers, victim);
        reloads = reloaded(node, servers, reloads, RELOADS * (victim + 1) / SERVERS);
      }
      assertThat(reloads).isEqualTo(RELOADS);
      flowing(flows);

      assertThat(flows.wrong()).isEmpty();
      assertThat(node.get("/metrics").body())
          .containsPattern("azimuth_balancer_connections\\{[^}]*} " + CONNECTIONS + "\n");
    } finally {
      for (FlowServer server : servers) {
        server.close();
      }
    }
  }

  private static InetSocketAddress listener(AzimuthProcess node) throws Exception {
    Matcher listener = LISTENER.matcher(node.get("/status").body());
    assertThat(listener.find()).isTrue();
    return new InetSocketAddress(
        InetAddress.ofLiteral("127.0.0.1"), Integer.parseInt(listener.group(1)));
  }

  private static void allOpen(Flows flows) {
    // Thousands at once: whom the queue of the listener has no room for, TCP lets try again.
    await().atMost(Duration.ofMinutes(2)).until(() -> flows.open() == CONNECTIONS);
  }

  /** Every connection gets answers, on the average. */
  private static void flowing(Flows flows) {
    long before = flows.blocks();
    Patience.until(() -> flows.blocks() >= before + CONNECTIONS);
  }

  private static void drained(AzimuthProcess node, Flows flows, int victim) throws Exception {
    long open = flows.open(victim);
    long[] ended = ended(flows);
    assertThat(node.operate("drain", "origin/s" + victim, "--reason", "a test").exit()).isZero();
    flowing(flows);
    assertThat(flows.open(victim)).as("connections to a drained backend go on").isEqualTo(open);
    assertThat(ended(flows)).containsExactly(ended);
    assertThat(node.operate("clear", "origin/s" + victim).exit()).isZero();
  }

  private static long[] ended(Flows flows) {
    long[] ended = new long[SERVERS];
    for (int i = 0; i < SERVERS; i++) {
      ended[i] = flows.ended(i);
    }
    return ended;
  }

  private static void killed(Flows flows, List<FlowServer> servers, int victim) {
    long[] before = ended(flows);
    long open = flows.open(victim);
    servers.get(victim).kill();
    Patience.until(() -> flows.open(victim) == 0);
    allOpen(flows);
    long[] after = ended(flows);
    assertThat(after[victim] - before[victim]).isEqualTo(open);
    for (int i = 0; i < SERVERS; i++) {
      if (i != victim) {
        assertThat(after[i]).as("connections to another backend stay").isEqualTo(before[i]);
      }
    }
    servers.get(victim).revive();
    flowing(flows);
  }

  private static int reloaded(AzimuthProcess node, List<FlowServer> servers, int done, int until)
      throws IOException, InterruptedException {
    for (int i = done; i < until; i++) {
      node.reload(yaml(servers, 11 + i));
    }
    return until;
  }
}
