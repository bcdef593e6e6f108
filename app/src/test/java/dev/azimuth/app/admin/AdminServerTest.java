package dev.azimuth.app.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.FakeNode;
import dev.azimuth.app.node.Standing;
import dev.azimuth.app.node.Status;
import dev.azimuth.app.orders.Preview;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminServerTest {
  private static final String SECRET = "a-secret-of-enough-characters";

  private final FakeNode node = new FakeNode();
  private final HttpClient http = HttpClient.newHttpClient();
  private @TempDir Path folder;
  private AdminServer server;

  @BeforeEach
  void open() throws IOException {
    Path token = Files.writeString(folder.resolve("secret"), SECRET + "\n");
    server =
        AdminServer.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new Token(token),
            node,
            out -> out.write("azimuth_up 1\n".getBytes(StandardCharsets.UTF_8)));
  }

  @AfterEach
  void close() {
    server.close();
    http.close();
  }

  @Test
  void healthIsOpen() throws Exception {
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
  }

  @Test
  void theHealthOfABalancerIsForThoseWhoSteerClientsToIt() throws Exception {
    node.standings =
        Map.of("web", Standing.USABLE, "idle", Standing.NO_BACKEND, "leaving", Standing.DRAINED);
    assertThat(healthOf("web")).isEqualTo("200 usable\n");
    assertThat(healthOf("idle")).isEqualTo("503 no backend of this site to forward to\n");
    assertThat(healthOf("leaving")).isEqualTo("503 drained\n");
    assertThat(healthOf("other")).isEqualTo("404 there is no such balancer\n");
    assertThat(get("/healthz?balancer=").statusCode()).isEqualTo(400);
    assertThat(get("/healthz?pool=web").statusCode()).isEqualTo(400);
    node.missing = List.of("open sockets");
    assertThat(healthOf("web")).isEqualTo("503 open sockets\n");
  }

  private String healthOf(String balancer) throws Exception {
    HttpResponse<String> answer = get("/healthz?balancer=" + balancer);
    return answer.statusCode() + " " + answer.body();
  }

  @Test
  void readinessSaysWhatIsMissing() throws Exception {
    node.missing = List.of("pool eu has no verdict yet");
    var waiting = get("/readyz");
    assertThat(waiting.statusCode()).isEqualTo(503);
    assertThat(waiting.body()).isEqualTo("pool eu has no verdict yet\n");
    node.missing = List.of();
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
  }

  @Test
  void metricsAreStreamedInTheTextFormat() throws Exception {
    var metrics = get("/metrics");
    assertThat(metrics.body()).isEqualTo("azimuth_up 1\n");
    assertThat(metrics.headers().firstValue("Content-Type")).hasValue(Scrape.CONTENT_TYPE);
  }

  @Test
  void statusSurvivesTheWayThroughJson() throws Exception {
    var status = get("/status");
    assertThat(Json.read(status.body().getBytes(StandardCharsets.UTF_8), Status.class))
        .isEqualTo(node.status);
    assertThat(status.body()).startsWith("{\n  \"version\" : \"0.1.0\"").doesNotContain("\u001b");
  }

  @Test
  void explainPassesEveryParameterOn() throws Exception {
    get("/explain?name=www.example.com&type=aaaa&client=192.0.2.1&ecs=2001%3Adb8%3A%3A%2F48");
    assertThat(node.calls).containsExactly("explain www.example.com AAAA 192.0.2.1 2001:db8::/48");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/explain",
        "/explain?name=a&name=b",
        "/explain?name=a&type=MX",
        "/explain?name=a&client=%zz",
        "/explain?name=a&verbose=1",
        "/status?x=1"
      })
  void aRequestThatMakesNoSenseIsRefused(String path) throws Exception {
    // URI refuses a broken escape itself, so this goes out as it is.
    assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
    assertThat(node.calls).isEmpty();
  }

  /** Made to fit, a number would lose what stands behind its point without a word. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/weight | weight | 1.5",
        "/weight | weight | '\"1\"'",
        "/weight | weight | true",
        "/weight | weight | '\"\"'",
        "/drain  | dryRun | '\"false\"'",
        "/drain  | dryRun | 1",
        "/drain  | force  | 0.5",
        "/drain  | reason | 5",
        "/drain  | reason | true",
        "/drain  | selector | 1.5",
        "/clear  | all | '\"true\"'",
        "/reload | acceptRemovals | 1"
      })
  void aValueOfAnotherKindIsNotMadeToFit(String path, String member, String value)
      throws Exception {
    Map<String, String> members = new LinkedHashMap<>();
    if (!path.equals("/clear") && !path.equals("/reload")) {
      members.putAll(Map.of("selector", "\"eu/fra1\"", "reason", "\"r\""));
    }
    members.put(member, value);
    String body =
        members.entrySet().stream()
            .map(each -> "\"%s\":%s".formatted(each.getKey(), each.getValue()))
            .collect(Collectors.joining(",", "{", "}"));
    HttpResponse<String> answer = post(path, body, "Bearer " + SECRET);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .contains("the member \\\"%s\\\" has a value of another kind".formatted(member));
    assertThat(node.calls).isEmpty();
  }

  @Test
  void changesNeedTheToken() throws Exception {
    String body = "{\"selector\":\"eu/fra1\",\"reason\":\"disk\"}";
    assertThat(post("/down", body, null).statusCode()).isEqualTo(401);
    assertThat(post("/down", body, "Bearer wrong-but-of-enough-characters").statusCode())
        .isEqualTo(401);
    assertThat(post("/down", body, "Basic " + SECRET).statusCode()).isEqualTo(401);
    assertThat(post("/down", body, "Bearer").statusCode()).isEqualTo(401);
    assertThat(node.calls).isEmpty();
    assertThat(post("/down", body, "Bearer " + SECRET).statusCode()).isEqualTo(200);
    assertThat(node.calls).containsExactly("order down eu/fra1, disk, by admin API Now[] for null");
  }

  @Test
  void anEmptyTokenFileAllowsNobody() throws Exception {
    Files.writeString(folder.resolve("secret"), "\n");
    assertThat(post("/unfreeze", "", "Bearer ").statusCode()).isEqualTo(401);
    assertThat(post("/unfreeze", "", "Bearer").statusCode()).isEqualTo(401);
    assertThat(node.calls).isEmpty();
  }

  @Test
  void anotherTokenTakesEffectAtOnce() throws Exception {
    Files.writeString(folder.resolve("secret"), "another-secret-entirely");
    assertThat(post("/unfreeze", "", "Bearer " + SECRET).statusCode()).isEqualTo(401);
    assertThat(post("/unfreeze", "", "Bearer another-secret-entirely").statusCode()).isEqualTo(200);
  }

  @Test
  void everyChangeReachesTheNode() throws Exception {
    change("/up", "{\"selector\":\"fra1\",\"reason\":\"r\",\"author\":\"ann\",\"for\":\"30m\"}");
    change("/drain", "{\"selector\":\"fra1\",\"reason\":\"r\"}");
    change(
        "/weight",
        "{\"selector\":\"tag:blue\",\"weight\":5,\"reason\":\"r\",\"at\":\"2026-11-22T04:00+01:00\"}");
    change("/clear", "{\"selector\":\"fra1\"}");
    change("/clear", "{\"all\":true}");
    change("/freeze", "{\"reason\":\"r\",\"author\":\"ann\",\"for\":\"1h\"}");
    change("/unfreeze", "{}");
    change("/failback", "{\"pool\":\"eu\"}");
    change("/reload", "{}");
    change("/reload", "{\"acceptRemovals\":true}");
    assertThat(node.calls)
        .containsExactly(
            "order up fra1, r, by ann Now[] for PT30M",
            "order drain fra1, r, by admin API Now[] for null",
            "order weight 5 tag:blue, r, by admin API At[instant=2026-11-22T03:00:00Z] for null",
            "clear fra1",
            "clear all",
            "freeze r by ann for PT1H",
            "unfreeze",
            "failback eu",
            "reload false",
            "reload true");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"selector\":\"a\"}",
        "{\"selector\":\"a\",\"reason\":\" \"}",
        "{\"selector\":\"a\",\"reason\":\"r\",\"for\":\"soon\"}",
        "{\"selector\":\"a\",\"reason\":\"r\",\"until\":\"30m\"}",
        "{\"selector\":\"a\",\"reason\":\"r\"} {}",
        "{\"selector\":\"a\",\"backend\":\"b\",\"reason\":\"r\"}",
        "{\"selector\":{},\"reason\":\"r\"}",
        "{\"selector\":NaN,\"reason\":\"r\"}",
        "[]",
        "{\"LONG\":1}",
        "null",
        "{\"selector\":",
        "\u0000"
      })
  void aBodyThatMakesNoSenseChangesNothing(String body) throws Exception {
    var refused = post("/down", body.replace("LONG", "n".repeat(300)), "Bearer " + SECRET);
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(error(refused)).doesNotContain("azimuth", "java", "Json", "Stream", "$");
    assertThat(node.calls).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /down   | {"selectors":"a"}             | the body has no member "selectors"
          /down   | {"selector":["a"]}            | the member "selector" has a value of another kind
          /down   | []                            | the body is one JSON object
          /down   | {"selector":"a","selector":1} | the body is one JSON object with each member once; see its line 1, column 27
          /down   | {"selector":"a","reason":"r","at":"tomorrow"} | "tomorrow" is no instant; write 2026-11-22T03:00Z, with Z or an offset such as +01:00
          /down   | {"selector":"a","reason":"r","at":"2026-11-22T03:00Z","in":"1h"} | at and in exclude each other
          /down   | {"selector":"a","reason":"r","weight":5} | weight belongs to /weight
          /down   | {"selector":"a"}              | reason is missing
          /down   | {"reason":"r"}                | selector is missing
          /weight | {"selector":"a","reason":"r"} | weight is missing
          /weight | {"selector":"a","reason":"r","weight":0} | a weight is 1 to 1,000,000: for none use azimuth drain
          /clear  | {}                            | selector is missing
          /clear  | {"selector":"a","all":true}   | selector and all exclude each other
          """)
  void whatIsWrongWithABodyIsSaid(String path, String body, String error) throws Exception {
    assertThat(error(post(path, body, "Bearer " + SECRET))).isEqualTo(error);
    assertThat(node.calls).isEmpty();
  }

  @Test
  void aDryRunNeedsTheTokenButNoReasonAndGivesWhatItWouldDo() throws Exception {
    String body = "{\"selector\":\"tag:blue\",\"dryRun\":true,\"in\":\"2h\",\"force\":true}";
    assertThat(post("/drain", body, null).statusCode()).isEqualTo(401);
    var reply = post("/drain", body, "Bearer " + SECRET);
    assertThat(Json.read(reply.body().getBytes(StandardCharsets.UTF_8), Preview.class))
        .isEqualTo(FakeNode.preview());
    assertThat(node.calls)
        .containsExactly(
            "preview drain tag:blue, dry run, by admin API In[time=PT2H] for null forced");
  }

  @Test
  void anInvalidConfigurationIsToldFromOtherRefusals() throws Exception {
    node.invalid = "azimuth.yaml:3:1: error[X] pools: wrong";
    var refused = post("/reload", "{}", "Bearer " + SECRET);
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(error(refused)).isEqualTo(node.invalid);
  }

  @Test
  void headHasNoBodyAndIsAnsweredInSilence() throws Exception {
    var logged = new ConcurrentLinkedQueue<String>();
    var handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            logged.add(line.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger jdk = Logger.getLogger("com.sun.net.httpserver");
    jdk.addHandler(handler);
    try {
      Map<String, Integer> paths =
          Map.of("/healthz", 200, "/status", 200, "/metrics", 200, "/down", 405, "/nothing", 404);
      for (Map.Entry<String, Integer> path : paths.entrySet()) {
        String reply =
            raw(
                "HEAD %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                    .formatted(path.getKey()));
        assertThat(reply)
            .startsWith("HTTP/1.1 %d ".formatted(path.getValue()))
            .endsWith("\r\n\r\n")
            .containsOnlyOnce("\r\n\r\n");
      }
    } finally {
      jdk.removeHandler(handler);
    }
    assertThat(logged).isEmpty();
  }

  @Test
  void aBodyThatIsTooLargeChangesNothing() throws Exception {
    String body = "{\"selector\":\"a\",\"reason\":\"" + "r".repeat(70_000) + "\"}";
    assertThat(post("/down", body, "Bearer " + SECRET).statusCode()).isEqualTo(413);
    assertThat(node.calls).isEmpty();
  }

  @Test
  void whatTheNodeRefusesComesBackInItsWords() throws Exception {
    var refused = post("/clear", "{\"selector\":\"refused\"}", "Bearer " + SECRET);
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(error(refused)).isEqualTo("no: clear refused\nand a second line");
  }

  @Test
  void pathsAndMethodsAreExact() throws Exception {
    assertThat(get("/").statusCode()).isEqualTo(404);
    assertThat(get("/status/").statusCode()).isEqualTo(404);
    assertThat(get("/healthz/../status").statusCode()).isEqualTo(404);
    var wrong = get("/down");
    assertThat(wrong.statusCode()).isEqualTo(405);
    assertThat(wrong.headers().firstValue("Allow")).hasValue("POST");
    var written = post("/status", "", "Bearer " + SECRET);
    assertThat(written.statusCode()).isEqualTo(405);
    assertThat(written.headers().firstValue("Allow")).hasValue("GET, HEAD");
    assertThat(node.calls).isEmpty();
  }

  @Test
  void everyReplyHasTheStrictHeaders() throws Exception {
    for (String path : List.of("/healthz", "/nothing", "/metrics")) {
      var headers = get(path).headers();
      assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
      assertThat(headers.firstValue("Cache-Control")).hasValue("no-store");
      assertThat(headers.firstValue("Content-Security-Policy").orElse(""))
          .contains("default-src 'none'");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"rebound.example", "127.0.0.1.rebound.example", "localhost.evil", "", "a b"})
  void aNameThatCouldBeAnybodysIsNotAnswered(String host) throws Exception {
    assertThat(raw("GET /status HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 421 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:8053", "localhost", "LOCALHOST:1", "[::1]:8053", "192.0.2.1"})
  void addressesAndLocalhostAreAnswered(String host) throws Exception {
    assertThat(raw("GET /status HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/healthz", "/healthz?balancer=web", "/readyz"})
  void whatAnybodyMayKnowIsToldUnderAnyName(String path) throws Exception {
    node.standings = Map.of("web", Standing.USABLE);
    assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: node1.example\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ");
  }

  @Test
  void whoHasTheTokenMayAskUnderAnyName() throws Exception {
    String asked = "GET /status HTTP/1.1\r\nHost: node1.example\r\nConnection: close\r\n";
    assertThat(raw(asked + "Authorization: Bearer " + SECRET + "\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ");
    assertThat(raw(asked + "Authorization: Bearer x" + SECRET + "\r\n\r\n"))
        .startsWith("HTTP/1.1 421 ");
  }

  @Test
  void withoutAHostHeaderNothingIsToldWithoutTheToken() throws Exception {
    assertThat(raw("GET /status HTTP/1.1\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 421 ");
  }

  @Test
  void anybodysListenerAsksReadersForTheTokenToo() throws Exception {
    try (var open =
        AdminServer.open(
            new InetSocketAddress("0.0.0.0", 0),
            new Token(folder.resolve("secret")),
            node,
            out -> {})) {
      URI status = URI.create("http://127.0.0.1:" + open.address().getPort() + "/status");
      assertThat(http.send(HttpRequest.newBuilder(status).build(), text()).statusCode())
          .isEqualTo(401);
      assertThat(
              http.send(
                      HttpRequest.newBuilder(status)
                          .header("Authorization", "Bearer " + SECRET)
                          .build(),
                      text())
                  .statusCode())
          .isEqualTo(200);
      assertThat(
              http.send(HttpRequest.newBuilder(status.resolve("/healthz")).build(), text())
                  .statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void seededNoiseNeverGetsPastTheDoor() throws Exception {
    var random = new Random(7);
    for (int i = 0; i < 200; i++) {
      var noise = new byte[1 + random.nextInt(200)];
      random.nextBytes(noise);
      raw(
          "POST /down HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
              + noise.length
              + "\r\nAuthorization: Bearer "
              + SECRET
              + "\r\nConnection: close\r\n\r\n"
              + new String(noise, StandardCharsets.ISO_8859_1));
    }
    assertThat(node.calls).isEmpty();
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
  }

  private void change(String path, String body) throws Exception {
    assertThat(post(path, body, "Bearer " + SECRET).statusCode()).isEqualTo(200);
  }

  private static String error(HttpResponse<String> reply) {
    return Json.read(reply.body().getBytes(StandardCharsets.UTF_8), Messages.Failure.class).error();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(HttpRequest.newBuilder(uri(path)).build(), text());
  }

  private HttpResponse<String> post(String path, String body, String authorization)
      throws Exception {
    var request = HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body));
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return http.send(request.build(), text());
  }

  private String raw(String request) throws IOException {
    try (var socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
  }

  private static HttpResponse.BodyHandler<String> text() {
    return HttpResponse.BodyHandlers.ofString();
  }
}
