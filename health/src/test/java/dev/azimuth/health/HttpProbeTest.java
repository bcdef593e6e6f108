package dev.azimuth.health;

import static dev.azimuth.health.Samples.http;
import static dev.azimuth.health.Samples.target;
import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ProbeResult.Code;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpProbeTest {
  private static final Timing PATIENT = timing(60_000, 50, 20_000, 1, 1);
  private static final Timing HASTY = timing(60_000, 50, 300, 1, 1);

  private static ProbeResult probe(TestServer.Behaviour behaviour, Timing timing) throws Exception {
    try (TestServer server = TestServer.plain(behaviour)) {
      return Watcher.probe(target(server.port(), http(timing)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "200 OK, L7OK, status 200",
    "299 Fine, L7OK, status 299",
    "204 No Content, L7OK, status 204",
    "301 Moved, L7STS, status 301",
    "404 Not Found, L7STS, status 404",
    "503 Service Unavailable, L7STS, status 503",
    "199 Odd, L7RSP, closed before a whole answer",
    "999 Beyond, L7STS, status 999",
  })
  void theStatusDecides(String status, Code code, String detail) throws Exception {
    ProbeResult result = probe(TestServer.status(status), PATIENT);

    assertThat(result.code()).isEqualTo(code);
    assertThat(result.detail()).isEqualTo(detail);
  }

  @Test
  void theRequestIsAPlainGetWithTheConfiguredHost() throws Exception {
    try (TestServer server = TestServer.plain(TestServer.status("200 OK"))) {
      Watcher.probe(target(server.port(), http(PATIENT)));

      assertThat(server.requests.take().split("\r\n"))
          .startsWith("GET /healthz HTTP/1.1")
          .containsOnlyOnce("host: www.example.com")
          .containsOnlyOnce("user-agent: azimuth/1.2.3 (health check)")
          .containsOnlyOnce("connection: close");
    }
  }

  @Test
  void withoutAHostTheAddressAndPortAreSent() throws Exception {
    Check.Http check =
        http(
            null,
            Check.Request.get("/", null),
            Check.Expected.status(new Check.StatusRange(200, 200)),
            false,
            PATIENT);
    try (TestServer server = TestServer.plain(TestServer.status("200 OK"))) {
      assertThat(Watcher.probe(target(server.port(), check)).code()).isEqualTo(Code.L7OK);

      assertThat(server.requests.take()).contains("host: 127.0.0.1:" + server.port() + "\r\n");
    }
  }

  @Test
  void interimAnswersArePassedOver() throws Exception {
    String early = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    ProbeResult result =
        probe(TestServer.answer(early + "HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n"), PATIENT);

    assertThat(result.code()).isEqualTo(Code.L7STS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nuntil the end",
        "HTTP/1.0 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
      })
  void everyFramingOfABodyIsAWholeAnswer(String answer) throws Exception {
    assertThat(probe(TestServer.answer(answer), PATIENT).code()).isEqualTo(Code.L7OK);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\r\n",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "SSH-2.0-OpenSSH_9.6\r\n",
        "220 mail.example.com ESMTP\r\n",
        "\u0000\u0001\u0002\u0003 \u001b[31m\u00ff\r\n\r\n",
        "HTTP/1.1 two hundred\r\n\r\n",
      })
  void whatIsNoWholeHttpAnswerIsABadResponse(String answer) throws Exception {
    ProbeResult result = probe(TestServer.answer(answer), PATIENT);

    assertThat(result.code()).isEqualTo(Code.L7RSP);
    assertThat(result.detail()).matches("[ -~]{1,120}");
  }

  @ParameterizedTest
  @ValueSource(ints = {1 << 14, 1 << 20})
  void aHugeHeadIsABadResponse(int size) throws Exception {
    ProbeResult result =
        probe(TestServer.answer("HTTP/1.1 200 OK\r\nX: " + "x".repeat(size) + "\r\n\r\n"), PATIENT);

    assertThat(result.code()).isEqualTo(Code.L7RSP);
    assertThat(result.detail()).isEqualTo("head too long");
  }

  @Test
  void endlessInterimAnswersEndByTheirSize() throws Exception {
    ProbeResult result = probe(endless("", "HTTP/1.1 103 Early Hints\r\n\r\n"), PATIENT);

    assertThat(result.code()).isEqualTo(Code.L7RSP);
  }

  @Test
  void enoughOfAnEndlessBodyIsAWholeAnswer() throws Exception {
    assertThat(probe(endless("HTTP/1.1 200 OK\r\n\r\n", "x".repeat(1_000)), PATIENT).code())
        .isEqualTo(Code.L7OK);
    assertThat(probe(endless("HTTP/1.1 500 Bad\r\n\r\n", "x".repeat(1_000)), PATIENT).code())
        .isEqualTo(Code.L7STS);
  }

  private static TestServer.Behaviour endless(String head, String piece) {
    return (server, socket) -> {
      server.request(socket);
      OutputStream out = socket.getOutputStream();
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      while (true) {
        out.write(piece.getBytes(StandardCharsets.US_ASCII)); // until the prober resets
      }
    };
  }

  @Test
  void silenceAfterAcceptRunsIntoTheTimeout() throws Exception {
    ProbeResult result = probe(TestServer.hang(), HASTY);

    assertThat(result.code()).isEqualTo(Code.L7TOUT);
    assertThat(result.tookMicros()).isGreaterThanOrEqualTo(299_000);
  }

  @Test
  void slowOctetsBeyondTheTimeoutRunIntoIt() throws Exception {
    ProbeResult result = probe(slow("HTTP/1.1 200 OK\r\nX-Slow: yes\r\n\r\n"), HASTY);

    assertThat(result.code()).isEqualTo(Code.L7TOUT);
  }

  @Test
  void aBodyThatNeverEndsInTimeRunsIntoTheTimeout() throws Exception {
    ProbeResult result = probe(stuck("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nx"), HASTY);

    assertThat(result.code()).isEqualTo(Code.L7TOUT);
  }

  @Test
  void aBadStatusStandsEvenWhenItsBodyNeverEnds() throws Exception {
    ProbeResult result = probe(stuck("HTTP/1.1 500 Bad\r\nContent-Length: 5\r\n\r\nx"), HASTY);

    assertThat(result.code()).isEqualTo(Code.L7STS);
    assertThat(result.detail()).isEqualTo("status 500");
  }

  private static TestServer.Behaviour stuck(String begin) {
    return (server, socket) -> {
      server.request(socket);
      socket.getOutputStream().write(begin.getBytes(StandardCharsets.US_ASCII));
      TestServer.hang().serve(server, socket);
    };
  }

  /** An octet every 20 ms. */
  private static TestServer.Behaviour slow(String answer) {
    return (server, socket) -> {
      server.request(socket);
      for (byte octet : answer.getBytes(StandardCharsets.US_ASCII)) {
        socket.getOutputStream().write(octet);
        pause();
      }
    };
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void aResetBeforeTheAnswerIsABadResponse() throws Exception {
    ProbeResult result =
        probe(
            (server, socket) -> {
              server.request(socket);
              socket.setSoLinger(true, 0);
            },
            PATIENT);

    assertThat(result.code()).isEqualTo(Code.L7RSP);
    assertThat(result.detail()).isNotEmpty();
  }

  @Test
  void afterTheAnswerTheConnectionIsReset() throws Exception {
    CompletableFuture<String> end = new CompletableFuture<>();
    TestServer.Behaviour listening =
        (server, socket) -> {
          TestServer.status("200 OK").serve(server, socket);
          try {
            end.complete("octet or end: " + socket.getInputStream().read());
          } catch (IOException e) {
            end.complete(e.getMessage());
          }
        };
    try (TestServer server = TestServer.plain(listening)) {
      assertThat(Watcher.probe(target(server.port(), http(PATIENT))).code()).isEqualTo(Code.L7OK);

      assertThat(end.get(20, TimeUnit.SECONDS)).isEqualTo("Connection reset");
    }
  }
}
