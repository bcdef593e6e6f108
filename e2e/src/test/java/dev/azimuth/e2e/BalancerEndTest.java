package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node with a balancer that is told to end. */
class BalancerEndTest {
  private static final String WWW = "www.example.com";
  private static final Pattern LISTENER =
      Pattern.compile("\"address\"\\s*:\\s*\"tcp://127\\.0\\.0\\.1:(\\d+)\"");

  @TempDir Path folder;

  private AzimuthProcess start(FlowServer server, String ttl, String drain) throws IOException {
    return AzimuthProcess.start(folder, yaml(server, ttl, drain), Options.USUAL.manualReload());
  }

  private static String yaml(FlowServer server, String ttl, String drain) {
    return """
        pools:
          origin: { backends: { a: { address: 127.0.0.1, port: %d } } }
          edge: { balancer: web }
          us: { backends: { iad1: 192.0.2.9 } }
        balancers:
          web:
            listen: "tcp://127.0.0.1:0"
            port: 9
            to: origin
            advertise: 198.51.100.10
            timeouts: { drain: %s }
        """
            .formatted(server.port(), drain)
        + Zones.EXAMPLE.replace("5s..60s", ttl)
        + "      www: { to: [ edge, us ] }\n";
  }

  private static InetSocketAddress listener(AzimuthProcess node) throws Exception {
    Matcher listener = LISTENER.matcher(node.get("/status").body());
    assertThat(listener.find()).isTrue();
    return new InetSocketAddress(
        InetAddress.ofLiteral("127.0.0.1"), Integer.parseInt(listener.group(1)));
  }

  /** A connection that the backend has answered. */
  private static Socket connected(InetSocketAddress at) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(20_000);
    socket.connect(at, 20_000);
    if (socket.getInputStream().read() != 0) {
      throw new IOException("it is not the server who speaks");
    }
    return socket;
  }

  private static boolean letsIn(InetSocketAddress at) {
    try (Socket _ = connected(at)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aRestartIsNoFailureOfTheBalancer() throws Exception {
    try (FlowServer server = new FlowServer(0)) {
      String yaml =
          yaml(server, "1s..1s", "1s")
              .replace("{ balancer: web }", "{ balancer: web, failback_hold: manual }");
      for (int start = 1; start <= 2; start++) {
        try (AzimuthProcess node = AzimuthProcess.start(folder, yaml);
            DnsClient client = node.client()) {
          assertThat(client.a(WWW)).as("start %d", start).containsExactly("198.51.100.10");
          assertThat(node.operate("status").out()).doesNotContain("HELD");
          node.signal("TERM");
          node.exitCode(Duration.ofSeconds(60));
        }
      }
    }
  }

  @Test
  void namesLeadElsewhereWhileItServesThoseWithOldAnswersForOneTtl() throws Exception {
    try (FlowServer server = new FlowServer(0);
        AzimuthProcess node = start(server, "1s..6s", "20s");
        DnsClient client = node.client()) {
      InetSocketAddress at = listener(node);
      Patience.until(() -> List.of("198.51.100.10").equals(client.a(WWW)));
      long told = System.nanoTime();
      node.signal("TERM");
      Patience.until(() -> List.of("192.0.2.9").equals(client.a(WWW)));
      assertThat(node.get("/healthz?balancer=web").statusCode()).isEqualTo(503);
      assertThat(letsIn(at)).isTrue();
      Patience.until(() -> !letsIn(at));
      assertThat(Duration.ofNanos(System.nanoTime() - told)).isGreaterThan(Duration.ofSeconds(6));
      assertThat(node.exitCode(Duration.ofSeconds(20))).isEqualTo(143);
    }
  }

  @Test
  void thatIsNoLongerThanConnectionsHaveToEnd() throws Exception {
    try (FlowServer server = new FlowServer(0);
        AzimuthProcess node = start(server, "1s..1h", "1s");
        DnsClient client = node.client()) {
      Patience.until(() -> List.of("198.51.100.10").equals(client.a(WWW)));
      node.signal("TERM");
      assertThat(node.exitCode(Duration.ofSeconds(20))).isEqualTo(143);
    }
  }

  @Test
  void aSecondSignalEndsItAtOnce() throws Exception {
    try (FlowServer server = new FlowServer(0);
        AzimuthProcess node = start(server, "1s..1h", "1h");
        DnsClient client = node.client()) {
      InetSocketAddress at = listener(node);
      Patience.until(() -> List.of("198.51.100.10").equals(client.a(WWW)));
      try (Socket old = connected(at)) {
        node.signal("TERM");
        Patience.until(() -> List.of("192.0.2.9").equals(client.a(WWW)));
        old.getOutputStream().write(9);
        assertThat(old.getInputStream().read()).isEqualTo(9);
        node.signal("TERM");
        assertThat(node.exitCode(Duration.ofSeconds(20))).isEqualTo(143);
        assertThat(node.log()).contains("stopped");
      }
    }
  }
}
