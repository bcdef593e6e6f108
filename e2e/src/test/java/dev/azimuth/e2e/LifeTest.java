package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TcpKeepaliveOption;
import org.xbill.DNS.Type;

/** A node from its start to its end. */
class LifeTest {
  private static final String YAML =
      "defaults: { check: none }\npools: { web: { backends: { b: 192.0.2.1 } } }\n"
          + Zones.EXAMPLE
          + "      www: { to: web }\n";

  private static final Pattern READY = Pattern.compile("ready: ");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void aSignalEndsItInUnderTwoSeconds(String signal) throws Exception {
    Patience.within(Duration.ofSeconds(2), () -> ended(signal));
  }

  /** How long it takes to end. */
  private Duration ended(String signal) throws Exception {
    try (AzimuthProcess node = AzimuthProcess.start(folder, YAML);
        DnsClient client = node.client()) {
      assertThat(client.a("www.example.com")).containsExactly("192.0.2.1");

      long told = System.nanoTime();
      node.signal(signal);
      node.exitCode(Duration.ofSeconds(30));
      Duration took = Duration.ofNanos(System.nanoTime() - told);

      assertThat(node.log()).contains("stopped");
      return took;
    }
  }

  @Test
  void anEndTellsTcpClientsToGoAndServesThemUntilTheyDo() throws Exception {
    Patience.within(Duration.ofSeconds(2), this::endedAmongTcpClients);
  }

  private Duration endedAmongTcpClients() throws Exception {
    try (AzimuthProcess node = AzimuthProcess.start(folder, YAML);
        Socket idle = new Socket(node.dns().getAddress(), node.dns().getPort())) {
      int clients = 4;
      CountDownLatch asking = new CountDownLatch(clients);
      List<FutureTask<Boolean>> told = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        FutureTask<Boolean> client = new FutureTask<>(() -> askUntilToldToGo(node.dns(), asking));
        told.add(client);
        Thread.ofVirtual().start(client);
      }
      assertThat(asking.await(30, TimeUnit.SECONDS)).isTrue();

      long signalled = System.nanoTime();
      node.signal("TERM");
      node.exitCode(Duration.ofSeconds(30));

      Duration took = Duration.ofNanos(System.nanoTime() - signalled);
      boolean any = false;
      for (FutureTask<Boolean> client : told) {
        any |= client.get(30, TimeUnit.SECONDS);
      }
      // A client that a busy machine holds up for 100 ms counts as idle, and is just closed.
      assertThat(any).as("told by an answer").isTrue();
      idle.setSoTimeout(20_000);
      assertThat(idle.getInputStream().read()).as("closed, and not reset").isEqualTo(-1);
      return took;
    }
  }

  /** Asks again and again; true when an answer said that the connection is to end (RFC 7828). */
  private static boolean askUntilToldToGo(InetSocketAddress server, CountDownLatch asking)
      throws IOException {
    Message query = DnsClient.query("www.example.com", Type.A);
    query.addRecord(
        new OPTRecord(1232, 0, 0, 0, List.of(new TcpKeepaliveOption())), Section.ADDITIONAL);
    byte[] packet = query.toWire();
    byte[] framed =
        ByteBuffer.allocate(2 + packet.length).putShort((short) packet.length).put(packet).array();
    try (Socket connection = new Socket(server.getAddress(), server.getPort())) {
      connection.setSoTimeout(20_000);
      DataInputStream in = new DataInputStream(connection.getInputStream());
      boolean first = true;
      while (true) {
        connection.getOutputStream().write(framed);
        Message answer = new Message(in.readNBytes(in.readUnsignedShort()));
        assertThat(DnsClient.addresses(answer)).containsExactly("192.0.2.1");
        EDNSOption option = answer.getOPT().getOptions(EDNSOption.Code.TCP_KEEPALIVE).getFirst();
        if (((TcpKeepaliveOption) option).getTimeout().orElse(-1) == 0) {
          return true;
        }
        if (first) {
          asking.countDown();
          first = false;
        }
      }
    } catch (EOFException | SocketException e) {
      return false;
    }
  }

  @Test
  void aHangUpWhileItStartsIsRememberedUntilItAnswers() throws Exception {
    String waits = YAML.replace("b: 192.0.2.1", "b: 192.0.2.1, c: { host: lb.example.net }");
    try (TestNameServer silent = new TestNameServer();
        AzimuthProcess node =
            AzimuthProcess.begin(
                folder, waits, Options.USUAL.nameServer(silent.address()).manualReload())) {
      node.awaitLog(Pattern.compile("waiting for the first results"));
      node.write(YAML);
      node.signal("HUP");
      node.awaitLog(node.awaitLog(READY).end(), Pattern.compile("backend web/c removed"));
      assertThat(node.get("/readyz").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void afterAKillItStartsAgainOnTheSameState() throws Exception {
    try (AzimuthProcess node = AzimuthProcess.start(folder, YAML)) {
      node.signal("KILL");
      node.exitCode(Duration.ofSeconds(30));
    }
    try (AzimuthProcess node = AzimuthProcess.start(folder, YAML);
        DnsClient client = node.client()) {
      assertThat(client.a("www.example.com")).containsExactly("192.0.2.1");
    }
  }

  @Test
  void aSecondOneOnTheSameStateSaysWhoHoldsIt() throws Exception {
    try (AzimuthProcess node = AzimuthProcess.start(folder, YAML);
        AzimuthProcess second = AzimuthProcess.begin(folder, YAML)) {
      assertThat(second.exitCode(Duration.ofSeconds(60))).isEqualTo(1);
      assertThat(second.log()).contains(Long.toString(node.pid()));
    }
  }

  @Test
  void anAddressInUseNamesItsHolder(@TempDir Path other) throws Exception {
    try (AzimuthProcess node = AzimuthProcess.start(folder, YAML)) {
      String taken = "127.0.0.1:" + node.dns().getPort();
      try (AzimuthProcess second = AzimuthProcess.begin(other, YAML, Options.USUAL.listen(taken))) {
        assertThat(second.exitCode(Duration.ofSeconds(60))).isEqualTo(1);
        assertThat(second.log()).contains("in use by java (pid " + node.pid() + ")");
      }
    }
  }

  @Test
  void anInvalidConfigurationEndsItWithEveryProblem() throws Exception {
    String bad = YAML.replace("to: web", "to: wed").replace("check: none", "chek: none");
    try (AzimuthProcess node = AzimuthProcess.begin(folder, bad)) {
      assertThat(node.exitCode(Duration.ofSeconds(60))).isEqualTo(3);
      assertThat(node.log()).contains("wed", "chek");
    }
  }

  @Test
  void theAdminListenerTellsHowItIs() throws Exception {
    try (AzimuthProcess node = AzimuthProcess.start(folder, YAML);
        DnsClient client = node.client()) {
      client.a("www.example.com");

      assertThat(node.get("/healthz").statusCode()).isEqualTo(200);
      assertThat(node.get("/readyz").statusCode()).isEqualTo(200);
      HttpResponse<String> metrics = node.get("/metrics");
      assertThat(metrics.statusCode()).isEqualTo(200);
      assertThat(metrics.body()).contains("azimuth_").contains("jvm_");
    }
  }
}
