package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.TestBackend.Mood;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything fails at once: it depends on the anchors whose fault that is. */
class SelfDoubtTest {
  private static final String WWW = "www.example.com";

  @TempDir Path folder;
  private final List<Anchor> anchors = new ArrayList<>();
  private List<TestBackend> backends = List.of();
  private AzimuthProcess node;
  private DnsClient client;

  /** A host on which connections are accepted, or hang as if packets were lost. */
  private static final class Anchor implements AutoCloseable {
    private final ServerSocket server;
    private final List<Socket> waiting = new ArrayList<>();

    Anchor() throws IOException {
      server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
    }

    /** Fills the queue of connections: the kernel then drops what comes. */
    void hang() throws IOException {
      while (true) {
        Socket socket = new Socket();
        waiting.add(socket);
        try {
          socket.connect(server.getLocalSocketAddress(), 200);
        } catch (SocketTimeoutException full) {
          return;
        }
      }
    }

    /** Accepts what has come and what comes. */
    void answer() {
      Thread.ofVirtual()
          .start(
              () -> {
                while (!server.isClosed()) {
                  try {
                    server.accept().close();
                  } catch (IOException e) {
                    // Closed by the test, which ends the loop.
                  }
                }
              });
    }

    String address() {
      return "\"127.0.0.1:" + ((InetSocketAddress) server.getLocalSocketAddress()).getPort() + "\"";
    }

    @Override
    public void close() throws IOException {
      server.close();
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }

  @AfterEach
  void stop() throws IOException {
    if (client != null) {
      client.close();
    }
    if (node != null) {
      node.close();
    }
    for (TestBackend backend : backends) {
      backend.close();
    }
    for (Anchor anchor : anchors) {
      anchor.close();
    }
  }

  private void start() throws IOException {
    backends =
        TestBackend.on(
            "127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.6");
    anchors.add(new Anchor());
    anchors.add(new Anchor());
    StringBuilder yaml = new StringBuilder();
    yaml.append(
        "health: { anchors: [ %s, %s ] }%n"
            .formatted(anchors.get(0).address(), anchors.get(1).address()));
    yaml.append(
        "checks: { web: { http: /, port: %d, every: 200ms, retry: 100ms, timeout: 300ms, fall: 2 } }%n"
            .formatted(backends.getFirst().port()));
    yaml.append("defaults: { check: web, all_down: nodata, failback_hold: 0s }\npools:\n");
    for (String pool : List.of("eu", "us")) {
      yaml.append("  ").append(pool).append(": { backends: {");
      for (int i = 0; i < 3; i++) {
        yaml.append(
            " b%d: %s,".formatted(i, backends.get(pool.equals("eu") ? i : 3 + i).address()));
      }
      yaml.setLength(yaml.length() - 1);
      yaml.append(" } }\n");
    }
    node = AzimuthProcess.start(folder, yaml + Zones.EXAMPLE + "      www: { to: [ eu, us ] }\n");
    client = node.client();
    Patience.untilAnswersAre(client, WWW, "127.0.0.1", "127.0.0.2", "127.0.0.3");
  }

  private void all(Mood mood) throws IOException {
    for (TestBackend backend : backends) {
      backend.become(mood);
    }
  }

  private boolean metric(String line) throws Exception {
    return node.get("/metrics").body().lines().anyMatch(line::equals);
  }

  @Test
  void whenTheAnchorsAreCutOffTooTheAnswersStayUntilTheyAreBack() throws Exception {
    start();
    for (Anchor anchor : anchors) {
      anchor.hang();
    }
    all(Mood.REFUSING);
    Patience.until(() -> metric("azimuth_self_doubt 1"));
    node.awaitLog(Pattern.compile("this node doubts its own checks"));
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
    while (System.nanoTime() < until) {
      assertThat(Patience.seen(client, WWW))
          .isEqualTo(Set.of("127.0.0.1", "127.0.0.2", "127.0.0.3"));
    }
    assertThat(node.operate("status").out()).contains("SELF DOUBT").contains("SELF_DOUBT");
    assertThat(node.operate("explain", WWW).out()).contains("SELF_DOUBT");
    Patience.until(() -> metric("azimuth_suspicions_total{result=\"doubted\"} 1"));

    anchors.forEach(Anchor::answer);
    all(Mood.HEALTHY);
    Patience.until(() -> metric("azimuth_self_doubt 0"));
    assertThat(Patience.seen(client, WWW)).isEqualTo(Set.of("127.0.0.1", "127.0.0.2", "127.0.0.3"));
    Patience.until(
        () -> node.operate("status", "eu/b1").out().contains("decided by L7OK status 200"));
  }

  @Test
  void whenTheAnchorsAnswerTheAnswersFollowWithinASecondMore() throws Exception {
    start();
    anchors.forEach(Anchor::answer);
    // The formula gives 870 ms; the rest is for the machine that runs the tests.
    Patience.within(Duration.ofMillis(870 + 1_000 + 2_000), this::allDie);
    assertThat(metric("azimuth_self_doubt 0")).isTrue();
    Patience.until(() -> node.metric("azimuth_suspicions_total{result=\"believed\"}") >= 1);
  }

  /** How long it is until the answers say so. */
  private Duration allDie() throws Exception {
    all(Mood.HEALTHY);
    Patience.untilAnswersAre(client, WWW, "127.0.0.1", "127.0.0.2", "127.0.0.3");
    long died = System.nanoTime();
    all(Mood.REFUSING);
    Patience.until(() -> client.a(WWW).isEmpty());
    return Duration.ofNanos(System.nanoTime() - died);
  }
}
