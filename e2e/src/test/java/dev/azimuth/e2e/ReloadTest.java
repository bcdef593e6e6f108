package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** New configurations under a stream of queries. */
@Timeout(180)
class ReloadTest {
  private static final String WWW = "www.example.com";

  @TempDir Path folder;

  private static String serving(String address) {
    return "defaults: { check: none }\npools: { web: { backends: { b: %s } } }%n".formatted(address)
        + Zones.EXAMPLE
        + "      www: { to: web }\n";
  }

  /** Addresses, checks, views, routes and listeners change from one to the next. */
  @Test
  void noQueryIsLostAndNoneGetsAnOldAnswerAfterANewOne() throws Exception {
    int reloads = 20;
    Options one = Options.USUAL.server("workers: 2");
    Options two = one.listen("127.0.0.1:0\", \"127.0.0.2:0");
    List<TestBackend> backends = TestBackend.on("0.0.0.0");
    try (TestBackend all = backends.getFirst();
        AzimuthProcess node = AzimuthProcess.start(folder, changing(1, all.port()), one);
        Stream udp = new Stream(node);
        Stream second = new Stream(node);
        PacedClients clients =
            new PacedClients(node.dns(), DnsClient.query(WWW, Type.A).toWire(), 2_000)) {
      for (int i = 2; i <= reloads; i++) {
        node.reload(changing(i, all.port()), i % 2 == 0 ? two : one);
      }
      clients.finish();
      udp.finish();
      second.finish();
      assertThat(clients.failures).isEmpty();
      assertThat(clients.lost).hasValue(0);
      assertThat(clients.answered.get()).isGreaterThan(1_000);
      assertThat(clients.connections.get()).isPositive();
      assertThat(clients.kept.get()).isPositive();
      assertThat(udp.answers.get()).isGreaterThan(1_000);
      assertThat(udp.seen).containsKey("127.0.1." + reloads).containsKey("127.0.1.1");
    }
  }

  /** The {@code number}th configuration: www has one address, in which that number is. */
  private static String changing(int number, int port) {
    boolean routed = number % 3 == 0;
    return "views: { inside: [ 127.0.0.0/%d ] }%n".formatted(8 + number % 4)
        + "checks: { web: { http: /%d, port: %d, every: 100ms } }%n".formatted(number / 5, port)
        + "pools:\n  web: { check: %s, backends: { b: 127.0.1.%d } }%n"
            .formatted(number % 4 == 0 ? "none" : "web", number)
        + "  spare: { check: none, backends: { c: 192.0.2.%d } }%n".formatted(number)
        + "routes: { near: [ { view: inside, to: web }, { cidr: 198.51.100.0/%d, to: spare },"
            .formatted(24 + number % 8)
        + " { to: web } ] }\n"
        + Zones.EXAMPLE
        + "      www: { %s }%n".formatted(routed ? "route: near" : "to: [ web, spare ]")
        + "      more: { route: near }\n";
  }

  /** Asks all the time, one query after the other; the addresses may only rise. */
  private static final class Stream implements AutoCloseable {
    final AtomicInteger answers = new AtomicInteger();
    final Map<String, Boolean> seen = new ConcurrentHashMap<>();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Thread thread;

    Stream(AzimuthProcess node) throws IOException {
      DnsClient client = node.client();
      thread = Thread.ofPlatform().start(() -> run(client));
    }

    private void run(DnsClient client) {
      int newest = 0;
      try (client) {
        while (!stop.get()) {
          String address = client.a(WWW).getFirst();
          int number = Integer.parseInt(address.substring(address.lastIndexOf('.') + 1));
          assertThat(number).isGreaterThanOrEqualTo(newest);
          newest = number;
          seen.put(address, true);
          answers.incrementAndGet();
        }
      } catch (Throwable e) {
        failure.set(e);
      }
    }

    void finish() {
      close();
      assertThat(failure.get()).as("after %d answers", answers.get()).isNull();
    }

    @Override
    public void close() {
      stop.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void aChangedFileIsTakenUpByItself() throws Exception {
    try (AzimuthProcess node = AzimuthProcess.start(folder, serving("192.0.2.1"));
        DnsClient client = node.client()) {
      node.write(serving("192.0.2.2"));

      Patience.untilAnswersAre(client, WWW, "192.0.2.2");
    }
  }

  @Test
  void aBadFileChangesNothingAndSaysWhere() throws Exception {
    try (AzimuthProcess node = AzimuthProcess.start(folder, serving("192.0.2.1"));
        DnsClient client = node.client()) {
      int mark = node.mark();
      node.write(serving("192.0.2.2").replace("pools:", "polls:"));
      node.signal("HUP");
      node.awaitLog(mark, Pattern.compile("azimuth\\.yaml:\\d+:\\d+: error"));

      assertThat(client.a(WWW)).containsExactly("192.0.2.1");
      assertThat(node.get("/readyz").statusCode()).isEqualTo(200);

      node.reload(serving("192.0.2.3"));
      assertThat(client.a(WWW)).containsExactly("192.0.2.3");
      node.awaitLog(mark, Pattern.compile("the configuration is in order again"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPortInUseNamesItsHolderAndChangesNothing(boolean nativeCalls) throws Exception {
    Options options = nativeCalls ? Options.USUAL : Options.USUAL.withoutNativeAccess();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        AzimuthProcess node = AzimuthProcess.start(folder, serving("192.0.2.1"), options);
        DnsClient client = node.client()) {
      int mark = node.mark();
      node.write(
          serving("192.0.2.2"),
          options.listen("127.0.0.1:0\", \"127.0.0.1:" + taken.getLocalPort()));
      node.signal("HUP");
      node.awaitLog(
          mark,
          Pattern.compile(
              "TCP port %d on 127\\.0\\.0\\.1 is in use by java \\(pid %d\\)"
                  .formatted(taken.getLocalPort(), ProcessHandle.current().pid())));

      assertThat(client.a(WWW)).containsExactly("192.0.2.1");
    }
  }

  @Test
  void aFileThatDropsAWholeZoneIsRefusedWhetherOrNotSomebodyAsks() throws Exception {
    String both =
        serving("192.0.2.1")
            + """
              example.org:
                records: |
                  @ SOA ns1 hostmaster 1 1h 15m 7d 60
                  @ NS ns1.example.com.
            """;
    try (AzimuthProcess node = AzimuthProcess.start(folder, both);
        DnsClient client = node.client()) {
      int mark = node.mark();
      node.write(serving("192.0.2.2"));
      node.awaitLog(mark, Pattern.compile("accept-removals")); // nobody asks: it is looked at
      assertThat(client.a(WWW)).containsExactly("192.0.2.1");

      mark = node.mark();
      node.signal("HUP");
      node.awaitLog(mark, Pattern.compile("accept-removals"));
      assertThat(client.a(WWW)).containsExactly("192.0.2.1");

      assertThat(node.operate("reload", "--accept-removals").exit()).isZero();
      assertThat(client.a(WWW)).containsExactly("192.0.2.2");
    }
  }

  @Test
  void theHealthOfUnchangedChecksSurvives() throws Exception {
    var backends = TestBackend.on("127.0.0.1", "127.0.0.2");
    String yaml =
        """
        checks: { web: { http: /, port: %d, every: 60s, timeout: 5s } }
        defaults: { check: web }
        pools: { web: { backends: { b1: 127.0.0.1, b2: 127.0.0.2 } } }
        """
                .formatted(backends.getFirst().port())
            + Zones.EXAMPLE
            + "      www: { to: web }\n";
    backends.get(0).become(TestBackend.Mood.FAILING);
    try (AzimuthProcess node = AzimuthProcess.start(folder, yaml);
        DnsClient client = node.client()) {
      int before = backends.get(1).requests();
      node.reload(yaml + "      more: { to: web }\n");

      assertThat(Patience.seen(client, WWW)).isEqualTo(Set.of("127.0.0.2"));
      assertThat(backends.get(1).requests()).isEqualTo(before);
    } finally {
      for (TestBackend backend : backends) {
        backend.close();
      }
    }
  }

  @Test
  void aChangedZoneFileIsTakenUpAloneAndABrokenOneKeepsItsZone() throws Exception {
    String records = "@ SOA ns1 h 0 1h 1h 1d 60\n@ NS ns1\nns1 A 192.0.2.53\n";
    Path file = Files.writeString(folder.resolve("org.zone"), records + "www A 192.0.2.1\n");
    String yaml = "zones:\n  example.org: { file: org.zone }\n";
    long serial;
    try (AzimuthProcess node = AzimuthProcess.start(folder, yaml);
        DnsClient client = node.client()) {
      serial = serial(client);
      assertThat(serial).isPositive();

      Files.writeString(file, records + "www A 192.0.2.2\n");
      Patience.untilAnswersAre(client, "www.example.org", "192.0.2.2");
      assertThat(serial(client)).isGreaterThan(serial);
      serial = serial(client);
      Patience.untilMetrics(node, "\nazimuth_zones_rejected 0\n");

      Files.writeString(file, records + "www A wrong\n");
      node.awaitLog(Pattern.compile("org\\.zone:4:7: error\\[DATA\\]"));
      assertThat(client.a("www.example.org")).containsExactly("192.0.2.2");
      assertThat(serial(client)).isEqualTo(serial);
      Patience.untilMetrics(node, "\nazimuth_zones_rejected 1\n");
      Patience.until(() -> node.operate("status").out().startsWith("ZONE REJECTED"));

      Files.writeString(file, records + "www A 192.0.2.2\n");
      Patience.untilMetrics(node, "\nazimuth_zones_rejected 0\n");
      node.awaitLog(Pattern.compile("zone example\\.org: its data are in order again"));
      assertThat(serial(client)).as("the content is what it was").isEqualTo(serial);
    }
    try (AzimuthProcess node = AzimuthProcess.start(folder, yaml);
        DnsClient client = node.client()) {
      assertThat(serial(client)).as("after a restart").isEqualTo(serial);
    }
  }

  private static long serial(DnsClient client) throws IOException {
    Record soa = client.udp("example.org", Type.SOA).getSection(Section.ANSWER).getFirst();
    return ((SOARecord) soa).getSerial();
  }
}
