package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.azimuth.app.config.HealthConfig.Webhook;
import dev.azimuth.app.metrics.WebhookCounts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WebhookSenderTest {
  private static final StateChange CHANGE =
      new StateChange(
          "backend",
          "eu/fra1",
          "UP",
          "DOWN",
          null,
          List.of(new StateChange.Said("web", "192.0.2.1:80", "DOWN", "L7STS", "status 503")));

  /** What came: the signature, a line feed, and the body. */
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

  private final BlockingQueue<Integer> statuses = new LinkedBlockingQueue<>();
  private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());
  private final WebhookTally tally = new WebhookTally();
  @TempDir private Path folder;
  private HttpServer server;
  private Path secret;

  @BeforeEach
  void listen() throws IOException {
    secret = Files.writeString(folder.resolve("hook"), "0123456789abcdef\n");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::take);
    server.start();
  }

  private void take(HttpExchange exchange) throws IOException {
    assertThat(exchange.getRequestHeaders().get("User-Agent")).containsExactly("azimuth/1.2");
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    received.add(exchange.getRequestHeaders().getFirst(WebhookSender.SIGNATURE) + "\n" + body);
    Integer status = statuses.poll();
    exchange.getResponseHeaders().add("Location", "/elsewhere");
    exchange.sendResponseHeaders(status == null ? 204 : status, -1);
    exchange.close();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private WebhookSender sender() {
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
    return new WebhookSender(
        new Webhook(url, secret),
        "node1",
        "azimuth/1.2",
        InstantSource.fixed(Instant.ofEpochMilli(1_800_000_000_123L)),
        this::pause,
        tally);
  }

  private void pause(Duration length) {
    pauses.add(length);
  }

  private String next() throws InterruptedException {
    String message = received.poll(10, TimeUnit.SECONDS);
    assertThat(message).isNotNull();
    return message;
  }

  private void untilCounts(WebhookCounts counts) throws InterruptedException {
    for (int i = 0; i < 1_000 && !tally.counts().equals(counts); i++) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    assertThat(tally.counts()).isEqualTo(counts);
  }

  @Test
  void aChangeIsPostedWithASignatureThatAnybodyCanVerify() throws Exception {
    try (WebhookSender sender = sender()) {
      sender.tell(List.of(CHANGE));
      String message = next();
      String body = message.substring(message.indexOf('\n') + 1);
      byte[] key = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
      String signature =
          WebhookSender.signature(key, 1_800_000_000, body.getBytes(StandardCharsets.UTF_8));
      assertThat(message).startsWith("t=1800000000,v1=" + signature + "\n");
      JsonNode json = JsonMapper.builder().build().readTree(body);
      assertThat(json.at("/at").asString()).isEqualTo("2027-01-15T08:00:00.123Z");
      assertThat(json.at("/node").asString()).isEqualTo("node1");
      assertThat(json.at("/changes/0/name").asString()).isEqualTo("eu/fra1");
      assertThat(json.at("/changes/0/after").asString()).isEqualTo("DOWN");
      assertThat(json.at("/changes/0/checks/0/code").asString()).isEqualTo("L7STS");
      untilCounts(new WebhookCounts(1, 0, 0, 0));
    }
  }

  /** As openssl computes it; so does the manual. */
  @Test
  void theSignatureIsWhatTheManualSays() throws Exception {
    byte[] key = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    assertThat(WebhookSender.signature(key, 1_800_000_000, "{}".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("1313ae9c874eb1a0868ad0b65f841c4243c23fdcfad69a3ada227726fad9960e");
  }

  @Test
  void whatIsNotTakenIsTriedAgainEverLaterAndAtLastGivenUp() throws Exception {
    statuses.addAll(Collections.nCopies(WebhookSender.TRIES, 500));
    try (WebhookSender sender = sender()) {
      sender.tell(List.of(CHANGE));
      untilCounts(new WebhookCounts(0, 1, 0, WebhookSender.TRIES - 1));
      assertThat(pauses)
          .startsWith(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4))
          .hasSize(WebhookSender.TRIES - 1);
      assertThat(received).hasSize(WebhookSender.TRIES);
      assertThat(received.stream().map(m -> m.substring(m.indexOf('\n'))).distinct()).hasSize(1);
      sender.tell(List.of(CHANGE));
      untilCounts(new WebhookCounts(1, 1, 0, WebhookSender.TRIES - 1));
    }
  }

  @Test
  void aRedirectIsAFailureLikeAnyOther() throws Exception {
    statuses.add(302);
    try (WebhookSender sender = sender()) {
      sender.tell(List.of(CHANGE));
      untilCounts(new WebhookCounts(1, 0, 0, 1));
      assertThat(received).hasSize(2);
    }
  }

  @Test
  void withoutAUsableSecretNothingIsSent() throws Exception {
    Files.writeString(secret, "too short");
    try (WebhookSender sender = sender()) {
      sender.tell(List.of(CHANGE));
      untilCounts(new WebhookCounts(0, 1, 0, WebhookSender.TRIES - 1));
      assertThat(received).isEmpty();
    }
  }

  @Test
  void whatCannotWaitIsDroppedAndCounted() throws Exception {
    statuses.addAll(Collections.nCopies(WebhookSender.TRIES * 1_000, 500));
    CountDownLatch never = new CountDownLatch(1);
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
    try (WebhookSender sender =
        new WebhookSender(
            new Webhook(url, secret),
            "node1",
            "azimuth/1.2",
            InstantSource.system(),
            length -> never.await(),
            tally)) {
      sender.tell(List.of(CHANGE));
      next();
      int many = WebhookSender.MOST_WAITING + 7;
      sender.tell(IntStream.range(0, many).mapToObj(i -> CHANGE).toList());
      assertThat(tally.counts().dropped()).isEqualTo(7);
    }
  }

  @Test
  void manyChangesGoTogether() throws Exception {
    statuses.add(500);
    try (WebhookSender sender = sender()) {
      sender.tell(IntStream.range(0, 250).mapToObj(i -> CHANGE).toList());
      untilCounts(new WebhookCounts(250, 0, 0, 1));
      assertThat(received.size()).as("in messages of at most 100").isBetween(4, 5);
    }
  }
}
