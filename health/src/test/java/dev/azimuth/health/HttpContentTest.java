package dev.azimuth.health;

import static dev.azimuth.health.Samples.GOOD;
import static dev.azimuth.health.Samples.http;
import static dev.azimuth.health.Samples.reporting;
import static dev.azimuth.health.Samples.target;
import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ProbeResult.Code;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a check asks for and what it looks for in the answer. */
class HttpContentTest {
  private static final Timing PATIENT = timing(60_000, 50, 20_000, 1, 1);

  private static Check.Http expecting(Content... contents) {
    return http(
        null,
        Check.Request.get("/", "www.example.com"),
        new Check.Expected(List.of(GOOD), List.of(contents)),
        false,
        PATIENT);
  }

  private static TestServer.Behaviour body(String body) {
    return head("", body);
  }

  private static TestServer.Behaviour head(String fields, String body) {
    int length = body.getBytes(StandardCharsets.ISO_8859_1).length;
    return TestServer.answer(
        "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + length + "\r\n\r\n" + body);
  }

  private static ProbeResult probe(Check check, TestServer.Behaviour behaviour) throws Exception {
    try (TestServer server = TestServer.plain(behaviour)) {
      return Watcher.probe(target(server.port(), check));
    }
  }

  private static Content contains(String text) {
    return new Content.Contains(Octets.utf8(text));
  }

  private static Content matches(String regex) {
    return new Content.Matches(Regex.of(regex));
  }

  @ParameterizedTest
  @CsvSource({
    "all is well, L7OK, 'status 200'",
    "all is w, L7RSP, 'status 200, not the expected text'",
    "'', L7RSP, 'status 200, not the expected text'",
  })
  void theBodyMustHaveTheText(String body, Code code, String detail) throws Exception {
    ProbeResult result = probe(expecting(contains("well")), body(body));

    assertThat(result.code()).isEqualTo(code);
    assertThat(result.detail()).isEqualTo(detail);
  }

  @Test
  void anExpressionFindsItsTextAnywhere() throws Exception {
    Content version = matches("\"version\": *\"[0-9.]+\"");
    assertThat(probe(expecting(version), body("{\"version\":  \"1.2\"}")).code())
        .isEqualTo(Code.L7OK);
    assertThat(probe(expecting(version), body("{\"version\": \"x\"}")).detail())
        .isEqualTo("status 200, does not match");
  }

  @Test
  void onlyTheFirst64KibibytesAreLookedAt() throws Exception {
    String far = "x".repeat(HttpAnswer.LONGEST_BODY - 2);
    assertThat(probe(expecting(contains("ok")), body(far + "ok" + far)).code())
        .isEqualTo(Code.L7OK);
    assertThat(probe(expecting(contains("ok")), body(far + "xok")).code()).isEqualTo(Code.L7RSP);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"status\": {\"health\": \"ok\"}} | L7OK | status 200",
        "{\"x\": [1], \"status\": {\"a\": 1, \"health\": \"ok\"}, \"y\": [{}]} | L7OK | status 200",
        "{\"status\": {\"health\": \"ok\"}, | L7RSP | status 200, no JSON value at /status/health",
        "{\"status\": {\"health\": \"ok\"} | L7RSP | status 200, no JSON value at /status/health",
        "{\"status\": {\"health\": \"ok\"}} x | L7RSP | status 200, no JSON value at /status/health",
        "{\"status\": {\"health\": \"ok\"}} {} | L7RSP | status 200, no JSON value at /status/health",
        "{\"status\": {\"health\": \"ok\"}, \"x\": NaN} | L7RSP | status 200, no JSON value at /status/health",
        "{\"status\": {\"health\": \"ok\", \"health\": \"ok\"}} | L7RSP | status 200, no JSON value at /status/health",
        "{\"status\": {\"health\": \"ok\"}, \"x\": {\"a\": 1, \"a\": 2}} | L7RSP | status 200, no JSON value at /status/health",
        "{\"status\": {\"health\": \"bad\"}} | L7RSP | status 200, /status/health is bad",
        "{\"status\": {\"health\": true}} | L7RSP | status 200, /status/health is true",
        "{\"status\": {\"health\": {}}} | L7RSP | status 200, no JSON value at /status/health",
        "{\"status\": \"health\"} | L7RSP | status 200, no JSON value at /status/health",
        "{\"status\": {\"health\" | L7RSP | status 200, no JSON value at /status/health",
        "<html> | L7RSP | status 200, no JSON value at /status/health",
      })
  void aJsonValueMustBeEqual(String body, Code code, String detail) throws Exception {
    ProbeResult result = probe(expecting(new Content.Json("/status/health", "ok")), body(body));

    assertThat(result.code()).isEqualTo(code);
    assertThat(result.detail()).isEqualTo(detail);
  }

  @ParameterizedTest
  @CsvSource({"/n, 17", "/f, 1.50", "/t, true", "/z, null", "/a/1, two", "/a~1b, slash"})
  void jsonValuesAreComparedAsTheyAreWritten(String pointer, String value) throws Exception {
    String body =
        "{\"n\": 17, \"f\": 1.50, \"t\": true, \"z\": null, \"a\": [1, \"two\"], \"a/b\": \"slash\"}";

    assertThat(probe(expecting(new Content.Json(pointer, value)), body(body)).code())
        .isEqualTo(Code.L7OK);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"ok\" | L7OK | status 200",
        "ok | L7RSP | status 200, no JSON value",
        "\"ok\" \"ok\" | L7RSP | status 200, no JSON value",
        "17 | L7RSP | status 200, the JSON value is 17",
        "[\"ok\"] | L7RSP | status 200, no JSON value",
        "'' | L7RSP | status 200, no JSON value",
      })
  void anEmptyPointerIsTheWholeDocument(String body, Code code, String detail) throws Exception {
    ProbeResult result = probe(expecting(new Content.Json("", "ok")), body(body));

    assertThat(result.code()).isEqualTo(code);
    assertThat(result.detail()).isEqualTo(detail);
  }

  @Test
  void allContentsMustBeThere() throws Exception {
    Check both = expecting(contains("a"), matches("b$"), new Content.Json("/x", "a b"));
    assertThat(probe(both, body("{\"x\": \"a b\"}")).detail())
        .isEqualTo("status 200, does not match");
  }

  @Test
  void whatIsAskedIsAsConfigured() throws Exception {
    Check check =
        http(
            null,
            new Check.Request(
                "POST",
                "/deep?x=1",
                "api.example.com",
                List.of(
                    new Check.Header("x-probe", "yes"),
                    new Check.Header("accept", "application/json")),
                Octets.utf8("{\"ü\": 1}")),
            Check.Expected.status(GOOD),
            false,
            PATIENT);
    try (TestServer server = TestServer.plain(TestServer.status("200 OK"))) {
      assertThat(Watcher.probe(target(server.port(), check)).code()).isEqualTo(Code.L7OK);

      assertThat(server.requests.take().split("\r\n"))
          .startsWith("POST /deep?x=1 HTTP/1.1")
          .containsOnlyOnce("host: api.example.com")
          .containsOnlyOnce("x-probe: yes")
          .containsOnlyOnce("accept: application/json")
          .containsOnlyOnce("content-length: 9");
    }
  }

  @ParameterizedTest
  @CsvSource({"POST, 0", "PUT, 0", "PATCH, 0", "GET, -1", "HEAD, -1", "OPTIONS, -1", "DELETE, -1"})
  void theLengthOfAnEmptyBodyIsSaidWhereOneIsExpected(String method, int length) throws Exception {
    Check check =
        http(
            null,
            new Check.Request(method, "/", "www.example.com", List.of(), Octets.NONE),
            Check.Expected.status(GOOD),
            false,
            PATIENT);
    try (TestServer server = TestServer.plain(TestServer.status("200 OK"))) {
      Watcher.probe(target(server.port(), check));
      String request = server.requests.take();
      if (length < 0) {
        assertThat(request).doesNotContain("content-length");
      } else {
        assertThat(request).containsOnlyOnce("content-length: " + length + "\r\n");
      }
    }
  }

  @Test
  void theAnswerToHeadHasNoBody() throws Exception {
    Check check =
        http(
            null,
            new Check.Request("HEAD", "/", "www.example.com", List.of(), Octets.NONE),
            Check.Expected.status(GOOD),
            false,
            PATIENT);

    assertThat(
            probe(check, TestServer.answer("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"))
                .code())
        .isEqualTo(Code.L7OK);
  }

  @ParameterizedTest
  @CsvSource({
    "false, 70, 70, 'status 200, weight 70%'",
    "false, 70%, 70, 'status 200, weight 70%'",
    "false, 69.5 %, 70, 'status 200, weight 70%'",
    "false, 0, 0, 'status 200, weight 0%'",
    "false, 100.0, 100, 'status 200, weight 100%'",
    "false, 101, -1, 'status 200, weight not understood: 101'",
    "false, -1, -1, 'status 200, weight not understood: -1'",
    "false, much, -1, 'status 200, weight not understood: much'",
    "true, 30, 70, 'status 200, weight 70%'",
    "true, 100, 1, 'status 200, weight 1%'",
    "true, 0, 100, 'status 200, weight 100%'",
    "true, high, -1, 'status 200, load not understood: high'",
  })
  void aBackendSaysItsWeightOrItsLoad(boolean load, String said, int weight, String detail)
      throws Exception {
    Check inHead = reporting(expecting(), new Report(load, new Report.Source.Header("x-said")));
    Check inBody = reporting(expecting(), new Report(load, new Report.Source.Json("/said")));
    for (ProbeResult result :
        List.of(
            probe(inHead, head("X-Said: " + said + "\r\n", "")),
            probe(inBody, body("{\"said\": \"" + said + "\"}")))) {
      assertThat(result.code()).isEqualTo(Code.L7OK);
      assertThat(result.weight()).isEqualTo(weight);
      assertThat(result.detail()).isEqualTo(detail);
    }
  }

  @Test
  void anAnswerThatSaysNothingOrIsNotGoodHasNoWeight() throws Exception {
    Check check = reporting(expecting(), new Report(false, new Report.Source.Header("x-said")));

    assertThat(probe(check, body("")).weight()).isEqualTo(ProbeResult.NOT_SAID);
    assertThat(
            probe(
                    check,
                    TestServer.answer(
                        "HTTP/1.1 500 Bad\r\nX-Said: 50\r\nContent-Length: 0\r\n\r\n"))
                .weight())
        .isEqualTo(ProbeResult.NOT_SAID);
  }
}
