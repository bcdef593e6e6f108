package dev.azimuth.health;

import static dev.azimuth.health.Samples.http;
import static dev.azimuth.health.Samples.target;
import static dev.azimuth.health.Samples.tcp;
import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ProbeResult.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProberTest {
  private static final Timing ONCE = timing(60_000, 50, 20_000, 1, 1);
  private static final Timing OFTEN = timing(100, 50, 5_000, 2, 3);

  @Test
  void anAcceptedConnectionIsGoodForATcpCheck() throws Exception {
    try (TestServer server = TestServer.plain(TestServer.hang())) {
      ProbeResult result = Watcher.probe(target(server.port(), tcp(ONCE)));

      assertThat(result.code()).isEqualTo(Code.L4OK);
      assertThat(result.tookMicros()).isPositive();
    }
  }

  @Test
  void aPortWithoutServerRefuses() throws Exception {
    int port;
    try (TestServer server = TestServer.plain(TestServer.hang())) {
      port = server.port();
    }

    assertThat(Watcher.probe(target(port, tcp(ONCE))).code()).isEqualTo(Code.L4CON);
    ProbeResult result = Watcher.probe(target(port, http(ONCE)));
    assertThat(result.code()).isEqualTo(Code.L4CON);
    assertThat(result.detail()).contains("refused");
  }

  @Test
  void aFullBacklogRunsIntoTheTimeout() throws Exception {
    List<SocketChannel> queued = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 8; i++) {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.connect(full.getLocalSocketAddress());
        queued.add(channel);
      }
      Timing hasty = timing(60_000, 50, 300, 1, 1);

      assertThat(Watcher.probe(target(full.getLocalPort(), tcp(hasty))).code())
          .isEqualTo(Code.L4TOUT);
    } finally {
      for (SocketChannel channel : queued) {
        channel.close();
      }
    }
  }

  @Test
  void probesGoOnAtTheirPace() throws Exception {
    try (TestServer server = TestServer.plain(TestServer.status("200 OK"));
        Watcher watcher = new Watcher()) {
      Target target = target(server.port(), http(OFTEN));
      watcher.watch(target);

      ProbeResult before = watcher.next(target);
      for (int i = 0; i < 5; i++) {
        ProbeResult result = watcher.next(target);
        assertThat(result.started() - before.started()).isGreaterThanOrEqualTo(90);
        before = result;
      }
    }
  }

  @Test
  void neverTwoProbesOfATargetAtATime() throws Exception {
    Timing slowAnswers = timing(100, 50, 300, 1, 100);
    try (TestServer server = TestServer.plain(TestServer.hang());
        Watcher watcher = new Watcher()) {
      Target target = target(server.port(), http(slowAnswers));
      watcher.watch(target);
      ProbeResult first = watcher.nextVerdict(target);
      ProbeResult second = watcher.next(target);

      assertThat(first.code()).isEqualTo(Code.L7TOUT);
      assertThat(second.started()).isGreaterThanOrEqualTo(first.started() + 299);
    }
  }

  @Test
  void thousandsOfTargetsAreProbedAtOnceWithinTheBound() throws Exception {
    int targets = 2_000;
    int bound = 100;
    CountDownLatch all = new CountDownLatch(targets);
    try (TestServer server = TestServer.plain(TestServer.status("200 OK"));
        Watcher watcher = new Watcher(bound, null)) {
      Target[] many = new Target[targets];
      for (int i = 0; i < targets; i++) {
        InetAddress address = InetAddress.getByName("127.0." + (1 + i / 200) + "." + (1 + i % 200));
        many[i] = new Target(address, server.port(), tcp(ONCE));
      }
      // The server listens on one address only: the others refuse, which is a result like any.
      many[0] = target(server.port(), http(ONCE));
      watcher.then =
          (_, result) -> {
            if (result.code() != Code.INCONCLUSIVE) {
              all.countDown();
            }
          };
      watcher.watch(many);

      assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(watcher.nextVerdict(many[0]).code()).isEqualTo(Code.L7OK);
      assertThat(watcher.prober.finished(Code.L4CON)).isEqualTo(targets - 1);
      assertThat(watcher.prober.started())
          .isEqualTo(targets + watcher.prober.finished(Code.INCONCLUSIVE));
    }
  }

  @Test
  void theBoundHoldsBackWhatIsTooMuch() throws Exception {
    int bound = 10;
    CountDownLatch full = new CountDownLatch(bound);
    CountDownLatch release = new CountDownLatch(1);
    try (TestServer server =
            TestServer.plain(
                (self, socket) -> {
                  self.request(socket);
                  full.countDown();
                  await(release);
                  socket
                      .getOutputStream()
                      .write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                });
        Watcher watcher = new Watcher(bound, null)) {
      Target[] many = new Target[50];
      for (int i = 0; i < many.length; i++) {
        many[i] = target(server.port(), http(timing(60_000 + i, 50, 20_000, 1, 1)));
      }
      watcher.watch(many);
      await(full);
      assertThat(watcher.prober.inFlight()).isEqualTo(bound);
      release.countDown();

      for (Target target : many) {
        assertThat(watcher.nextVerdict(target).code()).isEqualTo(Code.L7OK);
      }
      assertThat(server.most.get()).isLessThanOrEqualTo(bound + 5); // it sees ends a little later
    }
  }

  @Test
  void oneAddressIsProbedOnlySoOftenAtOnce() throws Exception {
    CountDownLatch full = new CountDownLatch(2);
    CountDownLatch release = new CountDownLatch(1);
    try (TestServer server =
            TestServer.plain(
                (self, socket) -> {
                  self.request(socket);
                  full.countDown();
                  await(release);
                  TestServer.status("200 OK").serve(self, socket);
                });
        Watcher watcher = new Watcher(4_000, 2, null)) {
      Target[] many = new Target[20];
      for (int i = 0; i < many.length; i++) {
        many[i] = target(server.port(), tcpThatAnswers(timing(60_000 + i, 50, 20_000, 1, 1)));
      }
      watcher.watch(many);
      await(full);
      assertThat(watcher.prober.inFlight()).isEqualTo(2);
      assertThat(watcher.prober.started()).isEqualTo(2);
      release.countDown();

      for (Target target : many) {
        assertThat(watcher.nextVerdict(target).code()).isEqualTo(Code.L7OK);
      }
    }
  }

  private static Check tcpThatAnswers(Timing timing) {
    return new Check.Tcp(
        new Octets("GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
        new Content.Contains(new Octets("200 OK")),
        null,
        OptionalInt.empty(),
        timing);
  }

  @Test
  void aTargetThatIsGoneIsAbortedAndNeverReported() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch cut = new CountDownLatch(1);
    try (TestServer hanging =
            TestServer.plain(
                (self, socket) -> {
                  self.request(socket);
                  asked.countDown();
                  try {
                    TestServer.hang().serve(self, socket);
                  } finally {
                    cut.countDown();
                  }
                });
        TestServer good = TestServer.plain(TestServer.status("200 OK"));
        Watcher watcher = new Watcher()) {
      Target gone = target(hanging.port(), http(OFTEN));
      Target stays = target(good.port(), http(OFTEN));
      watcher.watch(gone, stays);
      await(asked);
      watcher.watch(stays);
      await(cut);
      for (int i = 0; i < 3; i++) {
        assertThat(watcher.next(stays).code()).isEqualTo(Code.L7OK);
      }

      assertThat(watcher.of(gone)).isEmpty();
      assertThat(watcher.prober.inFlight()).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void aStallMakesARunningProbeInconclusiveAndTheNextOneCounts() throws Exception {
    Timing hasty = timing(60_000, 200, 400, 1, 1);
    CountDownLatch asked = new CountDownLatch(1);
    try (TestServer hanging =
            TestServer.plain(
                (self, socket) -> {
                  self.request(socket);
                  asked.countDown();
                  TestServer.hang().serve(self, socket);
                });
        Watcher watcher = new Watcher()) {
      Target target = target(hanging.port(), http(hasty));
      watcher.watch(target);
      await(asked);
      watcher.skipped.addAndGet(3_000); // as a process sees it that was stopped for 3 s

      assertThat(watcher.next(target).code()).isEqualTo(Code.INCONCLUSIVE);
      assertThat(watcher.nextVerdict(target).code()).isEqualTo(Code.L7TOUT);
      assertThat(watcher.prober.finished(Code.INCONCLUSIVE)).isPositive();
    }
  }

  @Test
  void aConnectionThatThePeerClosedDuringAStallIsInconclusive() throws Exception {
    ProbeResult result = duringAStall(socket -> {}); // the server closes it when this returns

    assertThat(result.code()).isEqualTo(Code.INCONCLUSIVE);
    assertThat(result.detail()).isEqualTo("the prober ran late: L7RSP");
  }

  @Test
  void aGoodAnswerDuringAStallCounts() throws Exception {
    ProbeResult result =
        duringAStall(
            socket ->
                socket
                    .getOutputStream()
                    .write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));

    assertThat(result.code()).isEqualTo(Code.L7OK);
  }

  private interface Act {
    void on(Socket socket) throws IOException;
  }

  /** Holds the prober's thread while a server, which has read the request, acts and closes. */
  private static ProbeResult duringAStall(Act act) throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch stalled = new CountDownLatch(1);
    CountDownLatch acted = new CountDownLatch(1);
    try (TestServer victim =
            TestServer.plain(
                (self, socket) -> {
                  self.request(socket);
                  asked.countDown();
                  await(stalled);
                  try (socket) {
                    act.on(socket);
                  }
                  acted.countDown();
                });
        TestServer blocker = TestServer.plain(TestServer.status("200 OK"));
        Watcher watcher = new Watcher()) {
      Target target = target(victim.port(), http(ONCE));
      Target trigger = target(blocker.port(), http(OFTEN));
      watcher.then =
          (of, _) -> {
            if (of.equals(trigger) && asked.getCount() == 0 && acted.getCount() == 1) {
              stalled.countDown();
              awaitQuietly(acted);
              watcher.skipped.addAndGet(3_000);
            }
          };
      watcher.watch(target, trigger);
      return watcher.next(target);
    }
  }

  @Test
  void aThreadThatIsStuckOrGoneIsNotHealthy() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    try (TestServer server = TestServer.plain(TestServer.status("200 OK"))) {
      Watcher watcher = new Watcher();
      try (watcher) {
        Target target = target(server.port(), http(OFTEN));
        assertThat(watcher.prober.healthy()).as("nothing to do").isTrue();
        watcher.skipped.addAndGet(60_000);
        assertThat(watcher.prober.healthy()).as("for long").isTrue();
        watcher.then =
            (_, _) -> {
              held.countDown();
              awaitQuietly(release);
            };
        watcher.watch(target);
        await(held);
        assertThat(watcher.prober.healthy()).isTrue();
        watcher.skipped.addAndGet(11_000);
        assertThat(watcher.prober.healthy()).isFalse();
        release.countDown();
        watcher.next(target);
        watcher.next(target);
        assertThat(watcher.prober.healthy()).isTrue();
      }
      assertThat(watcher.prober.healthy()).isFalse();
    }
  }

  @Test
  void closingEndsTheThreadAndAllProbes() throws Exception {
    try (TestServer hanging = TestServer.plain(TestServer.hang())) {
      Watcher watcher = new Watcher();
      Target target = target(hanging.port(), http(ONCE));
      watcher.watch(target);
      watcher.close();
      watcher.watch(target);

      assertThat(watcher.prober.inFlight()).isZero();
      assertThat(watcher.of(target)).isEmpty();
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new IOException("waited too long");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      await(latch);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anAddressThatCannotBeReachedIsAFailedConnection() throws Exception {
    Target target = new Target(InetAddress.getByName("255.255.255.255"), 80, tcp(ONCE));

    assertThat(Watcher.probe(target).code()).isEqualTo(Code.L4CON);
  }
}
