package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A balancer whose process has no descriptor left: clients wait, and no backend is blamed. */
class BalancerDescriptorsTest {
  private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");
  private static final int PLENTY = 1_000;

  /** How often doors are looked at. */
  private static final Duration TICK = Duration.ofMillis(100);

  private static final Pattern LISTENER =
      Pattern.compile("\"address\"\\s*:\\s*\"tcp://127\\.0\\.0\\.1:(\\d+)\"");

  @TempDir Path folder;

  private AzimuthProcess start(FlowServer server) throws Exception {
    assumeThat(PRLIMIT).exists();
    String yaml =
        """
        pools: { origin: { backends: { a: { address: 127.0.0.1, port: %d } } } }
        balancers:
          web: { listen: "tcp://127.0.0.1:0", port: 9, to: origin, passive: { failures: 1 } }
        """
            .formatted(server.port());
    return AzimuthProcess.start(
        folder, yaml + Zones.EXAMPLE + "      www: { to: origin }\n", Options.USUAL.manualReload());
  }

  /** Has it load everything that serving takes. Where it listens. */
  private static int warm(AzimuthProcess node) throws Exception {
    int port = port(node);
    for (int i = 0; i < 3; i++) {
      try (Socket socket = connect(port)) {
        assertThat(socket.getInputStream().read()).isZero();
      }
    }
    Patience.until(() -> sum(node, "connections", "") == 0);
    return port;
  }

  private static int port(AzimuthProcess node) throws Exception {
    Matcher listener = LISTENER.matcher(node.get("/status").body());
    assertThat(listener.find()).isTrue();
    return Integer.parseInt(listener.group(1));
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(20_000);
    socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 20_000);
    return socket;
  }

  /** Of all lines of a metric of balancers that have this label. */
  private static long sum(AzimuthProcess node, String metric, String label) throws Exception {
    return node.get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("azimuth_balancer_" + metric + "{") && line.contains(label))
        .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** The least number that a new descriptor could have, as far as is shown. */
  private static int unused(AzimuthProcess node) throws IOException {
    Set<Integer> used;
    try (Stream<Path> all = Files.list(Path.of("/proc", Long.toString(node.pid()), "fd"))) {
      used =
          all.map(each -> Integer.valueOf(each.getFileName().toString()))
              .collect(Collectors.toSet());
    }
    return IntStream.range(0, PLENTY).filter(i -> !used.contains(i)).findFirst().orElseThrow();
  }

  /** Leaves it no number that a new descriptor could have. */
  private static void leaveNone(AzimuthProcess node) throws Exception {
    limit(node, unused(node));
  }

  /**
   * Leaves it one number: enough to accept with, but not to connect with too. Which limit that is
   * shows only in what happens: whoever waits to accept, as for a successor, has one already that
   * is not shown.
   */
  private static void leaveOne(AzimuthProcess node, int port) throws Exception {
    int most = unused(node);
    limit(node, most);
    try (Socket client = connect(port)) {
      client.setSoTimeout(2_000);
      for (boolean accepted = false; !accepted; ) {
        most++;
        limit(node, most);
        try {
          assertThat(client.getInputStream().read()).as("an end").isEqualTo(-1);
          accepted = true;
        } catch (SocketTimeoutException e) {
          // None was left even to accept with.
        }
      }
    }
  }

  private static void limit(AzimuthProcess node, int most) throws Exception {
    Process prlimit =
        new ProcessBuilder(
                PRLIMIT.toString(), "--pid", Long.toString(node.pid()), "--nofile=" + most + ":")
            .inheritIO()
            .start();
    assertThat(prlimit.waitFor()).isZero();
  }

  private static void assertNobodyIsBlamed(AzimuthProcess node) throws Exception {
    assertThat(sum(node, "backend_failures_total", "")).isZero();
    assertThat(sum(node, "ejections_total", "")).isZero();
  }

  @Test
  void whoCannotBeAcceptedWaitsUntilHeCan() throws Exception {
    try (FlowServer server = new FlowServer(0);
        AzimuthProcess node = start(server)) {
      List<Socket> clients = new ArrayList<>();
      int port = warm(node);
      leaveNone(node);
      for (int i = 0; i < 3; i++) {
        clients.add(connect(port));
      }
      Patience.until(() -> sum(node, "accept_failures_total", "") >= 2);
      assertThat(sum(node, "accept_pauses_total", "")).isGreaterThanOrEqualTo(2);
      assertThat(sum(node, "connections", "")).isZero();
      limit(node, PLENTY);
      for (Socket client : clients) {
        assertThat(client.getInputStream().read()).isZero();
        client.close();
      }
      assertThat(sum(node, "ended_total", "how=\"local\"")).isZero();
      assertNobodyIsBlamed(node);
    }
  }

  /** Whoever has a connection keeps it, and whoever comes is no backend's failure. */
  @Test
  void whoCannotBeForwardedIsSentAwayAndTheDoorStaysShutForAMoment() throws Exception {
    try (FlowServer server = new FlowServer(0);
        AzimuthProcess node = start(server)) {
      int port = warm(node);
      try (Socket kept = connect(port)) {
        assertThat(kept.getInputStream().read()).isZero();
        leaveOne(node, port);
        long began = System.nanoTime();
        for (int i = 0; i < 5; i++) {
          try (Socket client = connect(port)) {
            assertThat(client.getInputStream().read()).as("an end").isEqualTo(-1);
          }
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(TICK.multipliedBy(3));
        kept.getOutputStream().write(9);
        assertThat(kept.getInputStream().read()).isEqualTo(9);
        limit(node, PLENTY);
        try (Socket next = connect(port)) {
          assertThat(next.getInputStream().read()).isZero();
        }
      }
      assertThat(sum(node, "ended_total", "how=\"local\"")).isEqualTo(6);
      assertThat(sum(node, "accept_pauses_total", "")).isGreaterThanOrEqualTo(6);
      assertNobodyIsBlamed(node);
    }
  }

  /** Nobody comes and nobody goes: all that happens is a look at each tick. */
  @Test
  void whileNobodyCanBeAcceptedALoopLooksAtEachTickAndNoOftener() throws Exception {
    try (FlowServer server = new FlowServer(0);
        AzimuthProcess node = start(server)) {
      int port = warm(node);
      leaveNone(node);
      try (Socket client = connect(port)) {
        long began = System.nanoTime();
        Patience.until(() -> sum(node, "accept_failures_total", "") >= 20);
        long ticks = (System.nanoTime() - began) / TICK.toNanos() + 1;
        int loops = Runtime.getRuntime().availableProcessors();
        assertThat(sum(node, "accept_failures_total", "")).isLessThanOrEqualTo((ticks + 2) * loops);
        limit(node, PLENTY);
        assertThat(client.getInputStream().read()).isZero();
      }
    }
  }
}
