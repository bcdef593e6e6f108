package dev.azimuth.app.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.metrics.HeartbeatCounts;
import dev.azimuth.health.Check;
import dev.azimuth.health.Echo;
import dev.azimuth.health.Heartbeats;
import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.ProbeResult.Code;
import dev.azimuth.health.Prober;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Timing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Heartbeats over real sockets, up to the results that a prober makes of them. */
class HeartbeatServerTest {
  private final Heartbeats heartbeats = new Heartbeats();
  private final BlockingQueue<ProbeResult> results = new LinkedBlockingQueue<>();
  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir private Path folder;
  private HeartbeatToken token;
  private HeartbeatServer server;
  private final HeartbeatTally tally = new HeartbeatTally();
  private Prober prober;

  @BeforeEach
  void open() throws IOException {
    token = new HeartbeatToken(Files.writeString(folder.resolve("secret"), "a".repeat(32) + "\n"));
    server =
        HeartbeatServer.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            token,
            heartbeats,
            HeartbeatServerTest::now,
            tally);
    heartbeats.listen(now());
    prober =
        new Prober(
            HeartbeatServerTest::now,
            HeartbeatServerTest::now,
            new Random(1),
            (target, result, news) -> results.add(result),
            Prober.Settings.of("test"),
            Echo.NONE,
            heartbeats);
    Duration often = Duration.ofMillis(100);
    Timing timing = new Timing(often, often, Duration.ofSeconds(1), 1, 1);
    Check.Heartbeat check = new Check.Heartbeat(Duration.ofMinutes(5), timing);
    Target target = new Target(InetAddress.getLoopbackAddress(), 0, check, "eu/fra1");
    prober.watch(Map.of(target, TargetHealth.unknown(now())));
  }

  private static long now() {
    return 1_000_000 + System.nanoTime() / 1_000_000;
  }

  @AfterEach
  void close() {
    prober.close();
    server.close();
    client.close();
  }

  private int send(String method, String path, String authorization, String body)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.ofString(body));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private int beat(String body) throws IOException, InterruptedException {
    return send("POST", "/heartbeat/eu/fra1", "Bearer " + token.of("eu/fra1"), body);
  }

  private ProbeResult awaited(Code code) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (System.nanoTime() < deadline) {
      ProbeResult result = results.poll(20, TimeUnit.SECONDS);
      if (result != null && result.code() == code) {
        return result;
      }
    }
    throw new AssertionError("no " + code);
  }

  @Test
  void whatABackendSaysIsWhatItsCheckFindsOut() throws Exception {
    assertThat(awaited(Code.INCONCLUSIVE).detail()).isEqualTo("no heartbeat yet");
    assertThat(beat("")).isEqualTo(204);
    assertThat(awaited(Code.L7OK).weight()).isEqualTo(ProbeResult.NOT_SAID);
    assertThat(beat("down\n")).isEqualTo(204);
    assertThat(awaited(Code.L7STS).detail()).isEqualTo("it says that it is down");
    assertThat(beat("up 40%")).isEqualTo(204);
    assertThat(awaited(Code.L7OK).weight()).isEqualTo(40);
  }

  @ParameterizedTest
  @CsvSource({"up 101%", "up 5", "UP", "sideways", "down 5%", "up 40% and more"})
  void otherWordsAreRefusedAndChangeNothing(String body) throws Exception {
    awaited(Code.INCONCLUSIVE);
    assertThat(beat(body)).isEqualTo(400);
    results.clear();
    awaited(Code.INCONCLUSIVE);
  }

  @Test
  void aTokenSpeaksForItsBackendAlone() throws Exception {
    awaited(Code.INCONCLUSIVE);
    String other = "Bearer " + token.of("eu/fra2");
    assertThat(send("POST", "/heartbeat/eu/fra1", other, "")).isEqualTo(401);
    assertThat(send("POST", "/heartbeat/eu/fra1", "", "")).isEqualTo(401);
    assertThat(send("POST", "/heartbeat/eu/fra1", "Basic " + token.of("eu/fra1"), ""))
        .isEqualTo(401);
    // Whoever has no token cannot tell who is there; whoever has one of nobody's is told.
    assertThat(send("POST", "/heartbeat/no/body", other, "")).isEqualTo(401);
    assertThat(send("POST", "/heartbeat/eu/fra2", other, "")).isEqualTo(404);
    assertThat(send("POST", "/heartbeat/eu/fra1", "bearer " + token.of("eu/fra1"), ""))
        .isEqualTo(204);
  }

  @Test
  void anotherSecretTakesEffectAtOnce() throws Exception {
    awaited(Code.INCONCLUSIVE);
    String before = "Bearer " + token.of("eu/fra1");
    Files.writeString(folder.resolve("secret"), "b".repeat(32));
    assertThat(send("POST", "/heartbeat/eu/fra1", before, "")).isEqualTo(401);
    assertThat(beat("up")).isEqualTo(204);
    Files.delete(folder.resolve("secret"));
    assertThat(send("POST", "/heartbeat/eu/fra1", before, "")).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /heartbeat/eu/fra1, 405",
    "POST, /heartbeat/eu, 404",
    "POST, /heartbeat/eu/fra1/x, 404",
    "POST, /heartbeat/eu/fra%2F1, 404",
    "POST, /status, 404"
  })
  void thereIsNothingElse(String method, String path, int status) throws Exception {
    assertThat(send(method, path, "Bearer " + token.of("eu/fra1"), "")).isEqualTo(status);
  }

  @Test
  void aBodyThatIsTooLongIsNotRead() throws Exception {
    assertThat(beat("u".repeat(10_000))).isEqualTo(413);
  }

  private Socket connect(String from) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(server.address());
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static boolean closed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  /** Who holds all connections that it may have keeps nobody else out. */
  @Test
  void onePeerHasSoManyConnectionsAndNoMore() throws Exception {
    awaited(Code.INCONCLUSIVE);
    List<Socket> held = new ArrayList<>();
    try {
      for (int i = 0; i < HeartbeatServer.MOST_OF_PEER; i++) {
        Socket socket = connect("127.0.0.2");
        held.add(socket);
        socket.getOutputStream().write("POST /heart".getBytes(StandardCharsets.US_ASCII));
      }
      try (Socket more = connect("127.0.0.2")) {
        assertThat(closed(more)).isTrue();
      }
      assertThat(tally.counts()).isEqualTo(new HeartbeatCounts(1, 0));
      assertThat(beat("up")).as("from elsewhere").isEqualTo(204);

      held.removeLast().close();
      Awaitility.await()
          .until(
              () -> {
                try (Socket again = connect("127.0.0.2")) {
                  again
                      .getOutputStream()
                      .write(
                          "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
                              .getBytes(StandardCharsets.US_ASCII));
                  return again.getInputStream().read() == 'H';
                } catch (SocketException stillFull) {
                  return false;
                }
              });
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
  }

  @Test
  void aRequestThatIsNotHttpIsRefusedAndItsConnectionClosed() throws Exception {
    try (Socket socket = connect("127.0.0.1")) {
      socket.getOutputStream().write("what? is this\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String said = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(said).startsWith("HTTP/1.1 400 ").contains("connection: close");
    }
  }
}
