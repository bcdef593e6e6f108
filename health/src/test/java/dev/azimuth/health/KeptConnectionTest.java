package dev.azimuth.health;

import static dev.azimuth.health.Samples.http;
import static dev.azimuth.health.Samples.kept;
import static dev.azimuth.health.Samples.target;
import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
      assertThat(watcher.prober.finished(Code.L7RSP)).isZero();
    }
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

  /** As behind a firewall that has forgotten the flow: nothing comes back on the old connection. */
  @Test
  void silenceOnAKeptConnectionIsNoFailureAndTheNextProbeUsesANewOne() throws Exception {
    try (TestServer server =
            TestServer.plain(
                (self, socket) -> {
                  answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 1).serve(self, socket);
                  TestServer.hang().serve(self, socket);
                });
        Watcher watcher = new Watcher()) {
      Target target = target(server.port(), kept(http(timing(100, 50, 500, 1, 1))));
      watcher.watch(target);
      good(watcher, target, 1);

      ProbeResult silent = watcher.next(target);
      assertThat(silent.code()).isEqualTo(Code.INCONCLUSIVE);
      assertThat(silent.detail()).isEqualTo("no answer on a kept connection");
      good(watcher, target, 1);
      assertThat(connections.get()).isEqualTo(2);
      assertThat(watcher.prober.finished(Code.L7TOUT)).isZero();
    }
  }

  @Test
  void aServerThatHangsOnANewConnectionTooFails() throws Exception {
    AtomicInteger served = new AtomicInteger();
    try (TestServer server =
            TestServer.plain(
                (self, socket) -> {
                  if (served.incrementAndGet() == 1) {
                    answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 1)
                        .serve(self, socket);
                  }
                  TestServer.hang().serve(self, socket);
                });
        Watcher watcher = new Watcher()) {
      Target target = target(server.port(), kept(http(timing(100, 50, 500, 1, 1))));
      watcher.watch(target);
      good(watcher, target, 1);

      assertThat(watcher.nextVerdict(target).code()).isEqualTo(Code.L7TOUT);
    }
  }

  @Test
  void interimAnswersWithoutEndAreCutOffOnAKeptConnectionToo() throws Exception {
    String interim = "HTTP/1.1 100 Continue\r\n\r\n".repeat(100);
    try (TestServer server =
            TestServer.plain(
                (self, socket) -> {
                  answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 1).serve(self, socket);
                  self.request(socket);
                  while (true) {
                    write(socket, interim);
                  }
                });
        Watcher watcher = new Watcher()) {
      Target target = target(server.port(), kept(http(timing(100, 50, 20_000, 1, 1))));
      watcher.watch(target);
      good(watcher, target, 1);

      ProbeResult flooded = watcher.nextVerdict(target);
      assertThat(flooded.code()).isEqualTo(Code.L7RSP);
      assertThat(flooded.detail()).contains("no status in " + Talk.LONGEST);
      assertThat(connections).hasValue(1);
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

  @Test
  void theEndOfACertificateIsSeenOnAKeptConnectionToo(@TempDir Path folder) throws Exception {
    Authority.Issued issued = new Authority(folder).issue("www.example.com", "-validity", "10");
    Duration left = Duration.between(Instant.now(), issued.certificate().getNotAfter().toInstant());
    Secure secure =
        new Secure(
            false,
            "www.example.com",
            null,
            new Secure.Expiry(left.plusDays(1), left.minus(Duration.ofSeconds(40))));
    Check.Http check =
        http(
            secure,
            Check.Request.get("/", "www.example.com"),
            Check.Expected.status(Samples.GOOD),
            false,
            timing(60_000, 50, 5_000, 1, 1));
    AtomicLong now = new AtomicLong(System.currentTimeMillis());
    IoEventLoopGroup group = group();
    try (TestServer server =
        TestServer.tls(
            issued.context(), answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 1_000))) {
      Means means = means(group.next(), now::get);
      Target target = target(server.port(), kept(check));
      assertThat(run(means, target))
          .isEqualTo(Finding.of(Code.L7OK, "status 200, certificate ends in 9 d"));
      assertThat(means.kept().size()).isEqualTo(1);

      now.addAndGet(60_000);
      assertThat(run(means, target)).isEqualTo(Finding.of(Code.L6RSP, "certificate ends in 9 d"));
      assertThat(connections).as("no other was made").hasValue(1);
      assertThat(means.kept().size()).isZero();
    } finally {
      var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @Test
  void aConnectionIsMadeAnewAfterAWhileOrWhenItWaitedTooLong() throws Exception {
    AtomicLong now = new AtomicLong(System.currentTimeMillis());
    IoEventLoopGroup group = group();
    try (TestServer server =
        TestServer.plain(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 1_000))) {
      Means means = means(group.next(), now::get);
      Target target = target(server.port(), kept(http(timing(60_000, 50, 5_000, 1, 1))));
      for (int probe = 1; probe <= 22; probe++) {
        assertThat(run(means, target).code()).isEqualTo(Code.L7OK);
        assertThat(connections).as("probe %d", probe).hasValue(probe <= 11 ? 1 : 2);
        now.addAndGet(60_000);
      }
      now.addAndGet(60_001);
      assertThat(run(means, target).code()).isEqualTo(Code.L7OK);
      assertThat(connections).hasValue(3);
    } finally {
      var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private int ports;

  /** A connection that only knows whether it is open. */
  private static final class Idle extends Wire {
    private boolean open = true;

    Idle(long opened) {
      super(null, opened);
    }

    boolean isOpen() {
      return open;
    }

    @Override
    void connect(InetSocketAddress to) {
      throw new AssertionError("it is connected");
    }

    @Override
    void say(byte[] octets) {
      throw new AssertionError("nobody speaks");
    }

    @Override
    boolean alive() {
      return open;
    }

    @Override
    SSLSession session() {
      return null;
    }

    @Override
    String protocol() {
      return null;
    }

    @Override
    void close() {
      open = false;
    }
  }

  /** A connection to each of so many more targets. */
  private List<Idle> fill(KeptConnections kept, int connections, AtomicLong now) {
    List<Idle> wires = new ArrayList<>();
    int first = 1 + (ports += 1_000);
    for (int port = first; port < first + connections; port++) {
      Idle wire = new Idle(now.get());
      wires.add(wire);
      kept.keep(target(port, http(OFTEN)), wire);
    }
    return wires;
  }

  @Test
  void fewerAreKeptForAWhileOnceDescriptorsHaveRunOut() {
    AtomicLong now = new AtomicLong();
    KeptConnections kept = new KeptConnections(200, now::get);
    List<Idle> wires = fill(kept, 160, now);
    kept.makeRoom();
    assertThat(kept.size()).isEqualTo(140);
    assertThat(wires).filteredOn(Idle::isOpen).hasSize(140);

    now.addAndGet(59_999);
    assertThat(fill(kept, 10, now)).noneMatch(Idle::isOpen);
    now.addAndGet(1);
    fill(kept, 200, now);
    assertThat(kept.size()).as("an eighth more").isEqualTo(157);
    for (int minute = 0; minute < 10; minute++) {
      now.addAndGet(60_000);
      fill(kept, 200, now);
    }
    assertThat(kept.size()).as("all of them in the end").isEqualTo(200);
  }

  @Test
  void oneShortageIsMetOnceAndNeverTakesAll() {
    AtomicLong now = new AtomicLong();
    KeptConnections kept = new KeptConnections(200, now::get);
    fill(kept, 160, now);
    for (int probe = 0; probe < 1_000; probe++) {
      kept.makeRoom();
    }
    assertThat(kept.size()).isEqualTo(140);
    for (int second = 0; second < 50; second++) {
      now.addAndGet(1_000);
      kept.makeRoom();
    }
    assertThat(kept.size()).isLessThan(64);
    fill(kept, 200, now);
    assertThat(kept.size()).isEqualTo(64);
  }

  private static IoEventLoopGroup group() {
    return new MultiThreadIoEventLoopGroup(1, Transport.best().handler());
  }

  private static Means means(IoEventLoop loop, LongSupplier clock) {
    return Samples.means(
        loop, Transport.best()::open, new KeptConnections(10, clock), clock, _ -> true);
  }

  private static Finding run(Means means, Target target) throws Exception {
    CompletableFuture<Finding> end = new CompletableFuture<>();
    Probe probe = Probe.of(target, means, end::complete);
    means.loop().execute(probe::start);
    return end.get(20, TimeUnit.SECONDS);
  }
}
