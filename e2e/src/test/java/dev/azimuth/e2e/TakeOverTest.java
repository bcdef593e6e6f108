package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import dev.azimuth.net.LocalConnection;
import dev.azimuth.net.LocalMessage;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Type;

/** One process goes on with the sockets of another. */
class TakeOverTest {
  private static final String WWW = "www.example.com";
  private static final String YAML =
      "defaults: { check: none }\n"
          + "pools: { web: { backends: { a: 192.0.2.1, b: 192.0.2.2 } } }\n"
          + Zones.EXAMPLE
          + "      www: { to: web }\n";
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration END = Duration.ofSeconds(45);
  private static final Pattern CAME_TO_NOTHING = Pattern.compile("take-over came to nothing.*");

  @TempDir Path folder;

  /** At least {@code -Dazimuth.queries} over UDP, during {@code -Dazimuth.takeovers} take-overs. */
  @Test
  void noQueryAndNoConnectionIsLost() throws Exception {
    long queries = Long.getLong("azimuth.queries", 20_000);
    int takeOvers = Integer.getInteger("azimuth.takeovers", 3);
    int perSecond = Integer.getInteger("azimuth.rate", 4_000);
    Deque<AzimuthProcess> nodes = new ArrayDeque<>();
    try {
      nodes.add(AzimuthProcess.start(folder, YAML, Options.USUAL.server("workers: 3")));
      byte[] query = DnsClient.query(WWW, Type.A).toWire();
      long each = queries / (takeOvers + 1);
      try (PacedClients clients = new PacedClients(nodes.getFirst().dns(), query, perSecond)) {
        for (int i = 1; i <= takeOvers; i++) {
          long due = each * i;
          Patience.until(LONG, () -> clients.answered.get() >= due || !clients.failures.isEmpty());
          // More workers, and then fewer again.
          nodes.getLast().write(YAML, Options.USUAL.server("workers: " + (i % 2 == 0 ? 1 : 4)));
          nodes.addLast(nodes.getLast().successor());
        }
        Patience.until(
            LONG, () -> clients.answered.get() >= queries || !clients.failures.isEmpty());
        clients.finish();
        System.out.printf(
            "%d take-overs: %d queries answered over UDP, %d lost; over TCP %d connections of one"
                + " query and %d queries on connections that stayed, %d failures%n",
            takeOvers,
            clients.answered.get(),
            clients.lost.get(),
            clients.connections.get(),
            clients.kept.get(),
            clients.failures.size());

        assertThat(clients.failures).isEmpty();
        assertThat(clients.lost).hasValue(0);
        assertThat(clients.answered.get()).isGreaterThanOrEqualTo(queries);
        assertThat(clients.connections.get()).isPositive();
        assertThat(clients.kept.get()).isPositive();
      }
      AzimuthProcess last = nodes.removeLast();
      for (AzimuthProcess old : nodes) {
        assertThat(old.exitCode(END)).isZero();
        assertThat(old.log()).contains("another process has taken over", "stopped");
      }
      nodes.add(last);
      assertThat(last.get("/readyz").statusCode()).isEqualTo(200);
    } finally {
      nodes.forEach(AzimuthProcess::close);
    }
  }

  @Test
  void theConfigurationMayBeAnother() throws Exception {
    String four = "127.0.0.1:0\", \"127.0.0.2:0";
    String other = "127.0.0.3:0\", \"127.0.0.1:0";
    try (AzimuthProcess node =
            AzimuthProcess.start(folder, YAML, Options.USUAL.listen(four).manualReload());
        DnsClient client = node.client()) {
      node.write(
          YAML.replace("192.0.2.2", "192.0.2.7"), Options.USUAL.listen(other).manualReload());
      try (AzimuthProcess next = node.successor()) {
        assertThat(node.exitCode(END)).isZero();
        Patience.untilAnswersAre(client, WWW, "192.0.2.1", "192.0.2.7");
        next.awaitLog("listening udp 127.0.0.3:", "127.0.0.1:" + node.dns().getPort());
        assertThat(next.log()).doesNotContain("127.0.0.2");
      }
    }
  }

  @Test
  void ordersAndTheTokenGoOver() throws Exception {
    try (AzimuthProcess node = AzimuthProcess.start(folder, YAML);
        DnsClient client = node.client()) {
      assertThat(node.operate("down", "web/a", "--reason", "test").exit()).isZero();
      try (AzimuthProcess next = node.successor()) {
        Patience.untilAnswersAre(client, WWW, "192.0.2.2");
        assertThat(next.operate("clear", "web/a").exit()).isZero();
        Patience.untilAnswersAre(client, WWW, "192.0.2.1", "192.0.2.2");
      }
    }
  }

  @Test
  void aWrongConfigurationLeavesTheOldOneServing() throws Exception {
    try (AzimuthProcess node = AzimuthProcess.start(folder, YAML, Options.USUAL.manualReload());
        DnsClient client = node.client()) {
      node.write(YAML.replace("to: web", "to: wed"));
      try (AzimuthProcess next = node.beginSuccessor(Options.USUAL)) {
        assertThat(next.exitCode(Duration.ofSeconds(60))).isEqualTo(3);
      }
      node.write(YAML, Options.USUAL.listen("192.0.2.99:0"));
      try (AzimuthProcess next = node.beginSuccessor(Options.USUAL)) {
        assertThat(next.exitCode(Duration.ofSeconds(60))).isEqualTo(1);
        assertThat(next.log()).contains("serves on", "192.0.2.99");
      }
      node.awaitLog(CAME_TO_NOTHING);
      assertServes(node, client);
    }
  }

  @Test
  void aSuccessorThatFailsAtAnyStepLeavesTheOldOneServing() throws Exception {
    try (AzimuthProcess node = AzimuthProcess.start(folder, YAML);
        DnsClient client = node.client()) {
      for (int step = 0; step < 4; step++) {
        int mark = node.mark();
        try (LocalConnection successor = LocalConnection.connect(socket())) {
          if (step > 0) {
            successor.send("azimuth take-over 2", List.of());
            LocalMessage listener = successor.receive(5_000);
            assertThat(listener.text()).isEqualTo("listener 0 127.0.0.1");
            assertThat(listener.descriptors()).hasSize(2);
            listener.discard();
            assertThat(successor.receive(5_000).text()).isEqualTo("all");
            assertThat(node.operate("down", "web/a", "--reason", "test").err())
                .contains("taking over");
          }
          if (step > 1) {
            successor.send(step == 2 ? "nonsense" : "ready", List.of());
            assertThat(successor.receive(5_000).text())
                .isEqualTo(step == 2 ? "refused the other process says \"nonsense\"" : "yours");
          }
        }
        node.awaitLog(mark, CAME_TO_NOTHING);
        assertServes(node, client);
      }
    }
  }

  @Test
  void anotherVersionIsToldSo() throws Exception {
    try (AzimuthProcess node = AzimuthProcess.start(folder, YAML);
        DnsClient client = node.client();
        LocalConnection successor = LocalConnection.connect(socket())) {
      successor.send("azimuth take-over 3", List.of());
      assertThat(successor.receive(5_000).text())
          .startsWith("refused")
          .contains("take-over 2", "take-over 3");
      assertServes(node, client);
    }
  }

  @Test
  void withoutANodeThatRunsItStartsAsUsual() throws Exception {
    try (AzimuthProcess node = AzimuthProcess.startTakingOver(folder, YAML);
        DnsClient client = node.client()) {
      assertServes(node, client);
    }
  }

  @Test
  void withoutNativeCallsItIsNotOffered() throws Exception {
    assumeThat(System.getProperty("azimuth.home")).as("the product has native calls").isNull();
    Options nio = Options.USUAL.withoutNativeAccess();
    try (AzimuthProcess node = AzimuthProcess.start(folder, YAML, nio);
        DnsClient client = node.client();
        AzimuthProcess able = node.beginSuccessor(Options.USUAL);
        AzimuthProcess unable = node.beginSuccessor(nio)) {
      assertThat(able.exitCode(Duration.ofSeconds(60))).isEqualTo(1);
      assertThat(able.log()).contains("cannot be taken over from");
      assertThat(unable.exitCode(Duration.ofSeconds(60))).isEqualTo(1);
      assertThat(unable.log()).contains("a take-over needs");
      assertServes(node, client);
    }
  }

  private Path socket() {
    return folder.resolve("state/takeover");
  }

  /** It answers, takes orders and has its state directory. */
  private void assertServes(AzimuthProcess node, DnsClient client) throws Exception {
    try (FileChannel lock =
        FileChannel.open(folder.resolve("state/lock"), StandardOpenOption.WRITE)) {
      assertThat(lock.tryLock()).isNull();
    }
    assertThat(Patience.seen(client, WWW)).contains("192.0.2.1", "192.0.2.2");
    assertThat(node.operate("down", "web/a", "--reason", "test").exit()).isZero();
    assertThat(Patience.seen(client, WWW)).containsExactly("192.0.2.2");
    assertThat(node.operate("clear", "web/a").exit()).isZero();
  }
}
