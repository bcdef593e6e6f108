package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.azimuth.e2e.TestBackend.Mood;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What webhooks are told of changes, as those see it who are told. */
class WebhookTest {
  private static final String WWW = "www.example.com";
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String QUICK =
      "every: 200ms, retry: 100ms, timeout: 300ms, rise: 1, fall: 1";
  private static final String SENT = "azimuth_webhook_changes_total{result=\"sent\"}";
  private static final String DROPPED = "azimuth_webhook_changes_total{result=\"dropped\"}";
  private static final String RETRIES = "azimuth_webhook_retries_total";

  @TempDir Path folder;

  /** What came, and with which signature. */
  private record Told(String signature, String body) {
    String id() {
      return body.replaceFirst("(?s).*\"id\" *: *\"([0-9a-f-]+)\".*", "$1");
    }
  }

  private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();

  /** How many changes stand in all messages that were looked at. */
  private int changes;

  private final BlockingQueue<Integer> statuses = new LinkedBlockingQueue<>();

  private HttpServer listen() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/hook", this::take);
    server.start();
    return server;
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      told.add(new Told(exchange.getRequestHeaders().getFirst("Azimuth-Signature"), body));
      Integer status = statuses.poll();
      exchange.sendResponseHeaders(status == null ? 204 : status, -1);
    }
  }

  private Told next() throws InterruptedException {
    Told next = told.poll(30, TimeUnit.SECONDS);
    assertThat(next).as("a message").isNotNull();
    changes += next.body.split("\"kind\"", -1).length - 1;
    return next;
  }

  /** Passes over all before it. */
  private void nextOf(String backend, String after) throws InterruptedException {
    Pattern wanted = Pattern.compile("(?s)\"" + backend + "\"[^}]*\"after\" *: *\"" + after + "\"");
    while (!wanted.matcher(next().body).find()) {
      // of the start
    }
  }

  private String hooked(int port) throws IOException {
    Path secret = Files.writeString(folder.resolve("hook"), SECRET + "\n");
    return "health: { webhooks: [ { url: \"http://127.0.0.1:%d/hook\", secret: { file: %s } } ] }%n"
        .formatted(port, secret);
  }

  /** As a receiver does it that knows the manual alone. */
  private static void verify(Told message) throws Exception {
    MatchResult parts =
        Pattern.compile("t=(\\d+),v1=([0-9a-f]{64})")
            .matcher(message.signature)
            .results()
            .findAny()
            .orElseThrow();
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
    byte[] signed = (parts.group(1) + "." + message.body).getBytes(StandardCharsets.UTF_8);
    assertThat(parts.group(2)).isEqualTo(HexFormat.of().formatHex(mac.doFinal(signed)));
    assertThat(Instant.ofEpochSecond(Long.parseLong(parts.group(1))))
        .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
  }

  @Test
  void aChangeIsToldWithASignatureAndAgainUntilItIsTaken() throws Exception {
    HttpServer hook = listen();
    List<TestBackend> backends = TestBackend.on("127.0.0.1", "127.0.0.2");
    try (TestBackend first = backends.getFirst();
        TestBackend second = backends.getLast()) {
      String yaml =
          hooked(hook.getAddress().getPort())
              + """
              checks: { web: { http: /, port: %d, %s } }
              pools: { web: { check: web, backends: { b1: 127.0.0.1, b2: 127.0.0.2 } } }
              """
                  .formatted(first.port(), QUICK)
              + Zones.EXAMPLE
              + "      www: { to: web }\n";
      try (AzimuthProcess node = AzimuthProcess.start(folder, yaml);
          DnsClient client = node.client()) {
        Patience.untilAnswersAre(client, WWW, "127.0.0.1", "127.0.0.2");
        // What the start tells comes before what is told of this.
        second.become(Mood.FAILING);
        nextOf("web/b2", "DOWN");
        second.become(Mood.HEALTHY);
        nextOf("web/b2", "UP");
        long before = changes;
        Patience.until(() -> node.metric(SENT) == before);
        statuses.addAll(List.of(503, 302));
        second.become(Mood.FAILING);

        Told message = next();
        verify(message);
        assertThat(message.body)
            .containsPattern("\"name\" *: *\"web/b2\"")
            .containsPattern("\"before\" *: *\"UP\"")
            .containsPattern("\"after\" *: *\"DOWN\"")
            .containsPattern("\"code\" *: *\"L7STS\"");
        // Answers wait for nobody.
        Patience.untilAnswersAre(client, WWW, "127.0.0.1");
        Told again = next();
        Told last = next();
        verify(again);
        verify(last);
        assertThat(List.of(again.body, last.body)).containsOnly(message.body);
        Patience.until(() -> node.metric(SENT) == before + 1);
        assertThat(node.metric(RETRIES)).isEqualTo(2);
        assertThat(node.metric(DROPPED)).isZero();

        second.become(Mood.HEALTHY);
        Told back = next();
        verify(back);
        assertThat(back.id()).isNotEqualTo(message.id());
        assertThat(back.body).containsPattern("\"after\" *: *\"UP\"");
        Patience.untilAnswersAre(client, WWW, "127.0.0.1", "127.0.0.2");
      }
    } finally {
      hook.stop(0);
    }
  }

  /** 2,000 backends share a target: each change of it is 2,001 changes. */
  @Test
  void whatAWebhookThatHangsDoesNotTakeIsDroppedBeyondABound() throws Exception {
    try (ServerSocket hanging = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        TestBackend backend = TestBackend.on("127.0.0.1").getFirst()) {
      String many =
          IntStream.range(0, 2_000)
              .mapToObj(i -> "b%d: 10.0.%d.%d".formatted(i, i >> 8, i & 255))
              .collect(Collectors.joining(", "));
      String yaml =
          hooked(hanging.getLocalPort())
              + """
              checks: { web: { http: /, address: 127.0.0.1, port: %d, %s } }
              pools:
                web: { check: web, backends: { %s } }
                spare: { check: none, backends: { s: 192.0.2.99 } }
              defaults: { failback_hold: 0s }
              """
                  .formatted(backend.port(), QUICK, many)
              + Zones.EXAMPLE
              + "      www: { to: [ web, spare ] }\n";
      try (AzimuthProcess node = AzimuthProcess.start(folder, yaml);
          DnsClient client = node.client()) {
        for (int change = 0; node.metric(DROPPED) == 0; change++) {
          assertThat(change).as("changes of 2,000 backends each").isLessThan(12);
          boolean down = change % 2 == 0;
          backend.become(down ? Mood.FAILING : Mood.HEALTHY);
          Patience.until(() -> client.a(WWW).contains("192.0.2.99") == down);
        }
        assertThat(node.metric(SENT)).isZero();
        Patience.until(() -> node.metric("azimuth_pool_serves{pool=\"spare\"}") == 1);
      }
    }
  }
}
