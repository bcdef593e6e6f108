package dev.azimuth.health;

import static dev.azimuth.health.Samples.http;
import static dev.azimuth.health.Samples.kept;
import static dev.azimuth.health.Samples.target;
import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ProbeResult.Code;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeptConnectionTest {
  private static final Timing OFTEN = timing(100, 50, 5_000, 1, 1);

  private final AtomicInteger connections = new AtomicInteger();

  /** Answers each request on the connection. */
  private TestServer.Behaviour answering(String answer, int requests) {
    return (server, socket) -> {
      connections.incrementAndGet();
      for (int i = 0; i < requests; i++) {
        server.request(socket);
        write(socket, answer);
      }
    };
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void good(Watcher watcher, Target target, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      ProbeResult result = watcher.nextVerdict(target);
      assertThat(result.code()).as(result.detail()).isEqualTo(Code.L7OK);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
      })
  void oneConnectionServesManyProbes(String answer) throws Exception {
    try (TestServer server = TestServer.plain(answering(answer, 1_000));
        Watcher watcher = new Watcher()) {
      Target target = target(server.port(), kept(http(OFTEN)));
      watcher.watch(target);

      good(watcher, target, 6);
      assertThat(connections).hasValue(1);
      assertThat(server.requests.take()).doesNotContain("connection: close");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
      })
  void aServerThatWillCloseGetsANewConnectionEachTime(String answer) throws Exception {
    try (TestServer server = TestServer.plain(answering(answer, 1));
        Watcher watcher = new Watcher()) {
      Target target = target(server.port(), kept(http(OFTEN)));
      watcher.watch(target);

      good(watcher, target, 4);
      assertThat(connections.get()).isGreaterThanOrEqualTo(4);
    }
  }

  @Test
  void whatIsSaidUnaskedEndsTheConnection() throws Exception {
    String two = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".repeat(2);
    try (TestServer server = TestServer.plain(answering(two, 1_000));
        Watcher watcher = new Watcher()) {
      Target target = target(server.port(), kept(http(OFTEN)));
      watcher.watch(target);

      good(watcher, target, 4);
      assertThat(connections.get()).isGreaterThanOrEqualTo(4);
    }
  }

  /** The server reads each second request of a connection and resets, as if it had timed out. */
  @Test
  void aKeptConnectionThatProvesBrokenIsRetriedOnANewOne() throws Exception {
    try (TestServer server =
            TestServer.plain(
                (self, socket) -> {
                  answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 1).serve(self, socket);
                  self.request(socket);
                  socket.setSoLinger(true, 0);
                });
        Watcher watcher = new Watcher()) {
      Target target = target(server.port(), kept(http(OFTEN)));
      watcher.watch(target);

      good(watcher, target, 6);
      assertThat(connections.get()).isGreaterThanOrEqualTo(6);
      for (Code code : Code.values()) {
        assertThat(watcher.prober.finished(code))
            .isEqualTo(code == Code.L7OK ? finished(watcher) : 0);
      }
    }
  }

  private static long finished(Watcher watcher) {
    return watcher.prober.finished(Code.L7OK);
  }

  @Test
  void aNewConnectionThatFailsTooIsAFailure() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (TestServer server =
            TestServer.plain(
                (self, socket) -> {
                  connections.incrementAndGet();
                  self.request(socket);
                  if (asked.incrementAndGet() == 1) {
                    write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                    self.request(socket);
                  }
                  socket.setSoLinger(true, 0);
                });
        Watcher watcher = new Watcher()) {
      Target target = target(server.port(), kept(http(OFTEN)));
      watcher.watch(target);

      good(watcher, target, 1);
      assertThat(watcher.nextVerdict(target).code()).isEqualTo(Code.L7RSP);
      assertThat(connections.get()).isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void aTargetThatIsGoneLeavesNoConnection() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (TestServer server =
            TestServer.plain(
                (self, socket) -> {
                  try {
                    answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 1_000)
                        .serve(self, socket);
                  } finally {
                    ended.countDown();
                  }
                });
        Watcher watcher = new Watcher()) {
      Target target = target(server.port(), kept(http(timing(60_000, 50, 5_000, 1, 1))));
      watcher.watch(target);
      good(watcher, target, 1);
      assertThat(ended.getCount()).isEqualTo(1);
      watcher.watch();

      assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }
}
