package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

/** The log of queries, as those see it who read it. */
@Timeout(180)
class QueryLogTest {
  private static final String YAML =
      "defaults: { check: none }\npools: { web: { backends: { b: 192.0.2.1 } } }\n"
          + Zones.EXAMPLE
          + "      www: { to: web }\n";
  private static final String NAME = "www.example.com";

  @TempDir Path folder;

  private AzimuthProcess node(Options options, String queryLog) throws IOException {
    return AzimuthProcess.start(folder, YAML, options.server("query_log: " + queryLog));
  }

  private AzimuthProcess node(String queryLog) throws IOException {
    return node(Options.USUAL, queryLog);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyQueryOverUdpAndTcpIsALineOfTheFile(boolean nativeAccess) throws Exception {
    Path file = folder.resolve("queries");
    Options options = nativeAccess ? Options.USUAL : Options.USUAL.withoutNativeAccess();
    try (AzimuthProcess node = node(options, "{ to: { file: queries } }");
        DnsClient client = node.client()) {
      String server = "127.0.0.1:" + node.dns().getPort();
      client.udp(DnsClient.query(NAME, Type.A, "198.51.100.0/24"));
      client.udp("none.example.com", Type.TXT);
      Patience.until(() -> lines(file).size() == 2); // UDP and TCP each have a ring of their own
      client.tcp(DnsClient.query("a\\010b\\032c." + NAME, Type.AAAA));
      Patience.until(() -> lines(file).size() == 3);
      String start = "[0-9T:.-]{23}Z %s 127\\.0\\.0\\.1:\\d+ " + Pattern.quote(server) + " query ";
      assertThat(lines(file).get(0))
          .matches(
              start.formatted("udp")
                  + "www\\.example\\.com\\. IN A - 0/1232 198\\.51\\.100\\.0/24 NOERROR aa 71 rule web b");
      assertThat(lines(file).get(1))
          .matches(
              start.formatted("udp") + "none\\.example\\.com\\. IN TXT - - - NXDOMAIN aa 85 - - -");
      assertThat(lines(file).get(2))
          .matches(
              start.formatted("tcp")
                  + "a\\\\010b\\\\032c\\.www\\.example\\.com\\. IN AAAA - - - NXDOMAIN aa 90 - - -");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-r-----");
      Patience.until(() -> node.metric("azimuth_query_log_written_total") == 3);
      assertThat(node.metric("azimuth_query_log_connected")).isEqualTo(1);
      assertThat(node.metric("azimuth_query_log_dropped_total{reason=\"full\"}")).isZero();
    }
  }

  @Test
  void everyThirdQueryAndItsClientsPrefixAloneAsJson() throws Exception {
    Path file = folder.resolve("queries");
    String log = "{ format: json, to: { file: queries }, sample: 1/3, clients: prefix }";
    try (AzimuthProcess node = node(log);
        DnsClient client = node.client()) {
      for (int i = 0; i < 7; i++) {
        client.udp(NAME, Type.A);
      }
      Patience.until(() -> lines(file).size() >= 3);
      assertThat(lines(file)).hasSize(3);
      assertThat(lines(file).getFirst())
          .contains("\"client\":\"127.0.0.0\",\"client_port\":0,")
          .contains("\"name\":\"www.example.com.\",\"class\":\"IN\",\"type\":\"A\"")
          .endsWith("\"reason\":\"rule\",\"pool\":\"web\",\"backends\":[\"b\"]}");
    }
  }

  @Test
  void aReloadSwitchesItOnAndOffAndAFileMovedAwayIsMadeAnew() throws Exception {
    Path file = folder.resolve("queries");
    Path moved = folder.resolve("queries.1");
    try (AzimuthProcess node = AzimuthProcess.start(folder, YAML);
        DnsClient client = node.client()) {
      client.udp(NAME, Type.A);
      assertThat(node.metric("azimuth_query_log_connected")).isEqualTo(-1);
      int mark = node.mark();
      node.write(YAML, Options.USUAL.server("query_log: { to: { file: queries } }"));
      node.awaitLog(mark, Pattern.compile("taken up: server.query_log changed"));
      node.awaitLog(mark, Pattern.compile("query log: writing to .*queries"));
      client.udp(NAME, Type.A);
      Patience.until(() -> lines(file).size() == 1);
      Files.move(file, moved);
      Patience.until(() -> Files.exists(file));
      client.udp(NAME, Type.AAAA);
      Patience.until(() -> lines(file).size() == 1);
      assertThat(lines(moved)).hasSize(1);
      mark = node.mark();
      node.write(YAML, Options.USUAL);
      node.awaitLog(mark, Pattern.compile("taken up: server.query_log changed"));
      client.udp(NAME, Type.A);
      Patience.until(() -> node.metric("azimuth_query_log_written_total") == 2);
      Patience.until(() -> node.metric("azimuth_query_log_connected") == -1);
    }
    assertThat(lines(file)).hasSize(1);
  }

  @Test
  void aReaderThatStopsOrGoesDelaysNoAnswerAndWhatIsLostIsCounted() throws Exception {
    Path socket = folder.resolve("s");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(socket));
      try (AzimuthProcess node = node("{ format: json, to: { unix: s } }");
          DnsClient client = node.client()) {
        try (SocketChannel reader = listener.accept()) {
          assertThat(reader.isConnected()).isTrue();
          askUntilFull(node, client);
        }
        try (SocketChannel again = listener.accept()) {
          Patience.until(() -> node.metric("azimuth_query_log_connected") == 1);
          assertThat(node.metric("azimuth_query_log_dropped_total{reason=\"broken\"}"))
              .isPositive();
          var octets = ByteBuffer.allocate(8);
          again.read(octets);
          assertThat(new String(octets.array(), StandardCharsets.US_ASCII))
              .startsWith("{\"time\":");
        }
      }
    }
  }

  /** What is asked meanwhile waits for a program that keeps to the protocol. */
  @Test
  void aProgramThatDoesNotSpeakFrameStreamsGetsNothingAndIsTriedAgain() throws Exception {
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(folder.resolve("s")));
      try (AzimuthProcess node = node("{ format: dnstap, to: { unix: s } }");
          DnsClient client = node.client()) {
        try (SocketChannel stranger = listener.accept()) {
          stranger.write(ByteBuffer.allocate(12));
          node.awaitLog(Pattern.compile("does not take it, trying again: .*Frame Streams"));
        }
        Patience.until(() -> node.metric("azimuth_query_log_connected") == 0);
        client.udp(NAME, Type.A);
        try (SocketChannel program = listener.accept()) {
          byte[] content = "protobuf:dnstap.Dnstap".getBytes(StandardCharsets.US_ASCII);
          var accept = ByteBuffer.allocate(20 + content.length);
          accept.putInt(0).putInt(12 + content.length).putInt(1).putInt(1).putInt(content.length);
          program.write(accept.put(content).flip());
          Patience.until(() -> node.metric("azimuth_query_log_written_total") == 1);
          assertThat(node.metric("azimuth_query_log_dropped_total{reason=\"broken\"}")).isZero();
        }
      }
    }
  }

  /** Nobody reads: first the socket fills, then the rings. */
  private static void askUntilFull(AzimuthProcess node, DnsClient client) throws Exception {
    Message query = DnsClient.query(NAME, Type.A);
    for (int i = 0; node.metric("azimuth_query_log_dropped_total{reason=\"full\"}") < 1; i++) {
      assertThat(i).isLessThan(100);
      for (int j = 0; j < 500; j++) {
        client.udp(query); // a worker that waited for the log would wait for ever
      }
    }
  }

  @Test
  void linesGoOverTcp() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        AzimuthProcess node =
            node("{ to: { tcp: \"127.0.0.1:" + listener.getLocalPort() + "\" } }");
        DnsClient client = node.client();
        Socket reader = listener.accept()) {
      client.udp(NAME, Type.A);
      var line =
          new BufferedReader(
              new InputStreamReader(reader.getInputStream(), StandardCharsets.US_ASCII));
      assertThat(line.readLine()).endsWith(" rule web b");
    }
  }

  @Test
  void dnstapReadUnderstandsTheFile() throws Exception {
    String dnstapRead = Tools.find("dnstap-read");
    Path file = folder.resolve("queries.dnstap");
    String log = "query_log: { format: dnstap, to: { file: queries.dnstap } }";
    Options options = Options.USUAL.server(log, "identity: { nsid: fra1 }");
    Files.writeString(file, "of before");
    try (AzimuthProcess node = AzimuthProcess.start(folder, YAML, options);
        DnsClient client = node.client()) {
      client.udp(NAME, Type.A);
      client.tcp(DnsClient.query(NAME, Type.AAAA));
      Patience.until(() -> node.metric("azimuth_query_log_written_total") == 2);
      node.signal("TERM");
      node.exitCode(Duration.ofSeconds(20));
    }
    assertThat(folder.resolve("queries.dnstap.old")).content().isEqualTo("of before");
    assertRead(dnstapRead, file);
  }

  @Test
  void fstrmCaptureTakesTheStream() throws Exception {
    String capture = Tools.find("fstrm_capture");
    String dnstapRead = Tools.find("dnstap-read");
    Path socket = folder.resolve("s");
    Path file = folder.resolve("captured");
    Process taking =
        new ProcessBuilder(
                capture,
                "-t",
                "protobuf:dnstap.Dnstap",
                "-u",
                socket.toString(),
                "-w",
                file.toString())
            .inheritIO()
            .start();
    try {
      Patience.until(() -> Files.exists(socket));
      String log = "query_log: { format: dnstap, to: { unix: s } }";
      Options options = Options.USUAL.server(log, "identity: { nsid: fra1 }");
      try (AzimuthProcess node = AzimuthProcess.start(folder, YAML, options);
          DnsClient client = node.client()) {
        client.udp(NAME, Type.A);
        client.tcp(DnsClient.query(NAME, Type.AAAA));
        Patience.until(() -> node.metric("azimuth_query_log_written_total") == 2);
        node.signal("TERM");
        node.exitCode(Duration.ofSeconds(20));
      }
    } finally {
      taking.destroy();
      taking.waitFor();
    }
    assertRead(dnstapRead, file);
  }

  private static void assertRead(String dnstapRead, Path file) throws Exception {
    Process reading =
        new ProcessBuilder(dnstapRead, "-y", file.toString()).redirectErrorStream(true).start();
    String text = new String(reading.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(reading.waitFor()).as(text).isZero();
    assertThat(text.lines().map(String::strip).toList())
        .as(text)
        .containsSubsequence(
            "type: AUTH_QUERY", "type: AUTH_RESPONSE", "type: AUTH_QUERY", "type: AUTH_RESPONSE")
        .contains("identity: fra1", "socket_protocol: UDP", "socket_protocol: TCP")
        .contains("query_address: \"127.0.0.1\"", "response_address: \"127.0.0.1\"")
        .anyMatch(line -> line.contains("192.0.2.1"));
    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
        .as("what dnstap-read passes over")
        .contains("reason=rule pool=web backends=b");
  }
}
