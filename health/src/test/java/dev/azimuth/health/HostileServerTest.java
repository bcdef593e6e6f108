package dev.azimuth.health;

import static dev.azimuth.health.Samples.GOOD;
import static dev.azimuth.health.Samples.target;
import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ProbeResult.Code;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of check ends in time and badly, whatever a server does in place of an answer. */
class HostileServerTest {
  private static final Timing HASTY = timing(60_000, 50, 400, 1, 1);

  /** What the prober's thread may be late by on a busy machine, in microseconds. */
  private static final long SLACK = 600_000;

  private static final Secure ANYONE = new Secure(false, "www.example.com", null, null);
  private static final OptionalInt NO_PORT = OptionalInt.empty();

  private static SSLContext context;

  @BeforeAll
  static void makeCertificate(@TempDir Path folder) throws Exception {
    context = new Authority(folder).issue("www.example.com").context();
  }

  private static Check http(Secure secure, boolean http2) {
    return Samples.http(
        secure,
        Check.Request.get("/", "www.example.com"),
        new Check.Expected(
            List.of(GOOD), List.of(new Content.Contains(new Octets("is never there")))),
        http2,
        HASTY);
  }

  private static Map<String, Check> kinds() {
    Map<String, Check> kinds = new LinkedHashMap<>();
    kinds.put("http", http(null, false));
    kinds.put("http2", http(null, true));
    kinds.put("https", http(ANYONE, false));
    kinds.put("https2", http(ANYONE, true));
    kinds.put(
        "tcp",
        new Check.Tcp(
            new Octets("x\n"),
            new Content.Matches(Regex.of("is (never)* there")),
            null,
            NO_PORT,
            HASTY));
    kinds.put("dns", new Check.Dns("a.example", 1, List.of(), 0, true, null, NO_PORT, HASTY));
    kinds.put("grpc", new Check.Grpc(null, "", null, null, NO_PORT, HASTY));
    kinds.put("grpcs", new Check.Grpc(ANYONE, "a.B", null, null, NO_PORT, HASTY));
    return kinds;
  }

  private static Map<String, TestServer.Behaviour> behaviours() {
    Map<String, TestServer.Behaviour> all = new LinkedHashMap<>();
    all.put("silent", TestServer.hang());
    all.put("octet by octet", (server, socket) -> pieces(socket.getOutputStream(), 1, true));
    all.put("endless", (server, socket) -> pieces(socket.getOutputStream(), 1 << 14, false));
    all.put(
        "endless zeros",
        (server, socket) -> {
          while (true) {
            socket.getOutputStream().write(new byte[1 << 14]);
          }
        });
    all.put("reset", (server, socket) -> socket.setSoLinger(true, 0));
    all.put(
        "reset after the question",
        (server, socket) -> {
          socket.getInputStream().read(new byte[64]);
          socket.setSoLinger(true, 0);
        });
    all.put("closed", (server, socket) -> {});
    all.put(
        "half closed",
        (server, socket) -> {
          socket.shutdownOutput();
          TestServer.hang().serve(server, socket);
        });
    return all;
  }

  private static void pieces(OutputStream out, int size, boolean slowly) throws IOException {
    Random random = new Random(size);
    byte[] piece = new byte[size];
    while (true) {
      random.nextBytes(piece);
      out.write(piece);
      out.flush();
      if (slowly) {
        pause();
      }
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  static List<Arguments> plain() {
    List<Arguments> all = new ArrayList<>();
    kinds()
        .forEach(
            (kind, check) ->
                behaviours()
                    .forEach(
                        (name, behaviour) -> all.add(Arguments.of(kind, name, check, behaviour))));
    return all;
  }

  static List<Arguments> overTls() {
    return plain().stream().filter(each -> ((Check) each.get()[2]).secure() != null).toList();
  }

  private static void endsBadly(Check check, TestServer server) throws Exception {
    try (server;
        Watcher watcher = new Watcher()) {
      Target target = target(server.port(), check);
      watcher.watch(target);
      ProbeResult result = watcher.nextVerdict(target);

      assertThat(result.code().good()).as(result.toString()).isFalse();
      assertThat(result.tookMicros()).isLessThan(HASTY.timeout().toNanos() / 1_000 + SLACK);
      assertThat(watcher.prober.inFlight()).isZero();
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("plain")
  void aProbeEnds(String kind, String name, Check check, TestServer.Behaviour behaviour)
      throws Exception {
    endsBadly(check, TestServer.plain(behaviour));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("overTls")
  void aProbeEndsAfterTheHandshake(
      String kind, String name, Check check, TestServer.Behaviour behaviour) throws Exception {
    endsBadly(
        check,
        TestServer.tls(
            context,
            (server, socket) -> {
              SSLSocket secure = (SSLSocket) socket;
              SSLParameters parameters = secure.getSSLParameters();
              parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
              secure.setSSLParameters(parameters);
              secure.startHandshake();
              behaviour.serve(server, socket);
            }));
  }

  static Set<String> kindNames() {
    return kinds().keySet();
  }

  @ParameterizedTest
  @MethodSource("kindNames")
  void aRefusalIsOne(String kind) throws Exception {
    int port;
    try (TestServer server = TestServer.plain(TestServer.hang())) {
      port = server.port();
    }

    assertThat(Watcher.probe(target(port, kinds().get(kind))).code()).isEqualTo(Code.L4CON);
  }

  /** Answers each datagram so often, and with what it says. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 50, 300})
  void aProbeByDatagramsEnds(int answers) throws Exception {
    Random random = new Random(answers);
    List<Check> checks =
        List.of(
            new Check.Dns("a.example", 1, List.of(), 0, false, null, NO_PORT, HASTY),
            new Check.Udp(
                new Octets("x"),
                new Content.Contains(new Octets("is never there")),
                null,
                NO_PORT,
                HASTY));
    for (Check check : checks) {
      try (DatagramSocket socket =
              new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
          Watcher watcher = new Watcher()) {
        Thread.ofVirtual().start(() -> flood(socket, answers, random));
        Target target = target(socket.getLocalPort(), check);
        watcher.watch(target);
        ProbeResult result = watcher.nextVerdict(target);

        assertThat(result.code()).as(result.toString()).isIn(EnumSet.of(Code.L7TOUT, Code.L7RSP));
        assertThat(result.tookMicros()).isLessThan(HASTY.timeout().toNanos() / 1_000 + SLACK);
      }
    }
  }

  private static void flood(DatagramSocket socket, int answers, Random random) {
    try {
      DatagramPacket packet = new DatagramPacket(new byte[2_048], 2_048);
      while (true) {
        socket.receive(packet);
        for (int i = 0; i < answers; i++) {
          byte[] answer = new byte[random.nextInt(600)];
          random.nextBytes(answer);
          socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      }
    } catch (IOException e) {
      // Closed by the test.
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"200 OK", "500 Bad"})
  void anEndlessBodyIsCutWhereItIsLongEnough(String status) throws Exception {
    TestServer.Behaviour endless =
        (server, socket) -> {
          server.request(socket);
          socket
              .getOutputStream()
              .write(("HTTP/1.1 " + status + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
          while (true) {
            socket.getOutputStream().write(new byte[1_000]);
          }
        };
    endsBadly(http(null, false), TestServer.plain(endless));
  }
}
