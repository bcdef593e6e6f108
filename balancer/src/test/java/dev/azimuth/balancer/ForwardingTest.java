package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardingTest {
  private static final int MIB = 1024 * 1024;

  private static Lab lab(boolean nio) {
    return nio ? new Lab(null, 2) : new Lab();
  }

  private static void echo(Socket socket) throws IOException {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatAClientSendsComesBackFromTheBackendUnaltered(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      InetSocketAddress at = lab.forward(Lab.settings(), lab.server(ForwardingTest::echo));
      byte[] sent = new byte[8 * MIB];
      new Random(1).nextBytes(sent);
      try (Socket client = lab.client(at)) {
        CompletableFuture<Long> received = CompletableFuture.supplyAsync(() -> checksum(client));
        client.getOutputStream().write(sent);
        client.shutdownOutput();

        assertThat(received.join()).isEqualTo(checksum(sent));
      }
      lab.assertAtRest();
      assertThat(lab.count(End.DONE)).isEqualTo(1);
      assertThat(lab.ended.getFirst().fromClient()).isEqualTo(sent.length);
      assertThat(lab.ended.getFirst().fromBackend()).isEqualTo(sent.length);
    }
  }

  private static long checksum(Socket from) {
    try (InputStream in = from.getInputStream()) {
      CRC32 crc = new CRC32();
      byte[] octets = new byte[65536];
      for (int read; (read = in.read(octets)) > 0; ) {
        crc.update(octets, 0, read);
      }
      return crc.getValue();
    } catch (IOException e) {
      return -1;
    }
  }

  private static long checksum(byte[] octets) {
    CRC32 crc = new CRC32();
    crc.update(octets);
    return crc.getValue();
  }

  @Test
  void theEndOfOneSideIsPassedOnWhileTheOtherGoesOn() throws Exception {
    try (Lab lab = new Lab()) {
      CompletableFuture<String> heard = new CompletableFuture<>();
      int port =
          lab.server(
              socket -> {
                byte[] all = socket.getInputStream().readAllBytes();
                heard.complete(new String(all, StandardCharsets.US_ASCII));
                OutputStream out = socket.getOutputStream();
                out.write("late answer".getBytes(StandardCharsets.US_ASCII));
                socket.close();
              });
      InetSocketAddress at = lab.forward(Lab.settings(), port);
      try (Socket client = lab.client(at)) {
        client.getOutputStream().write("question".getBytes(StandardCharsets.US_ASCII));
        client.shutdownOutput();

        assertThat(heard.get()).isEqualTo("question");
        assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("late answer");
      }
      await().untilAsserted(() -> assertThat(lab.count(End.DONE)).isEqualTo(1));
    }
  }

  @Test
  void aResetOfTheBackendIsAResetForTheClient() throws Exception {
    try (Lab lab = new Lab()) {
      int port =
          lab.server(
              socket -> {
                int _ = socket.getInputStream().read();
                socket.setSoLinger(true, 0);
                socket.close();
              });
      try (Socket client = lab.client(lab.forward(Lab.settings(), port))) {
        client.getOutputStream().write(1);

        assertThat(catchReset(client)).isTrue();
      }
      await().untilAsserted(() -> assertThat(lab.count(End.BACKEND_RESET)).isEqualTo(1));
      assertThat(lab.report().backends().getFirst().failures()).containsEntry(Failure.RESET, 1L);
    }
  }

  @Test
  void aResetOfTheClientIsAResetForTheBackend() throws Exception {
    try (Lab lab = new Lab()) {
      CompletableFuture<Boolean> reset = new CompletableFuture<>();
      CountDownLatch there = new CountDownLatch(1);
      int port =
          lab.server(
              socket -> {
                int _ = socket.getInputStream().read();
                there.countDown();
                reset.complete(catchReset(socket));
              });
      Socket client = lab.client(lab.forward(Lab.settings(), port));
      client.getOutputStream().write(1);
      there.await();
      client.setSoLinger(true, 0);
      client.close();

      assertThat(reset.get()).isTrue();
      await().untilAsserted(() -> assertThat(lab.count(End.CLIENT_RESET)).isEqualTo(1));
    }
  }

  private static boolean isReset(Lab lab, InetSocketAddress at) throws IOException {
    try (Socket late = lab.client(at)) {
      return catchReset(late);
    } catch (ConnectException e) {
      return false; // nobody listens
    } catch (SocketException e) {
      return true; // so quickly that connecting saw it
    }
  }

  /** Whether the next thing that comes is a reset: no octet, and no end. */
  private static boolean catchReset(Socket socket) throws IOException {
    try {
      int _ = socket.getInputStream().read();
      return false;
    } catch (SocketException e) {
      return true;
    }
  }

  @Test
  void aBackendThatRefusesIsPassedOverBeforeTheFirstOctet() throws Exception {
    try (Lab lab = new Lab()) {
      int dead;
      try (ServerSocket closed = new ServerSocket(0, 1, Lab.LOOPBACK)) {
        dead = closed.getLocalPort();
      }
      InetSocketAddress at = lab.forward(Lab.settings(), dead, lab.server(ForwardingTest::echo));
      for (int i = 0; i < 20; i++) {
        try (Socket client = lab.client(at)) {
          client.getOutputStream().write(i);
          assertThat(client.getInputStream().read()).isEqualTo(i);
        }
      }
      assertThat(lab.report().listeners().getFirst().retries()).isPositive();
      assertThat(lab.count(End.NOT_REACHED)).isZero();
    }
  }

  @Test
  void whatABackendSaysBeforeItClosesArrivesThoughTheClientSaysNothing() throws Exception {
    try (Lab lab = new Lab()) {
      int port =
          lab.server(
              socket -> {
                socket.getOutputStream().write("421 busy".getBytes(StandardCharsets.US_ASCII));
                socket.close();
              });
      InetSocketAddress at = lab.forward(Lab.settings(), port);
      for (int i = 0; i < 200; i++) {
        try (Socket client = lab.client(at)) {
          assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("421 busy");
        }
      }
      await().untilAsserted(() -> assertThat(lab.count(End.DONE)).isEqualTo(200));
    }
  }

  @Test
  void whatABackendSaysBeforeItBreaksOffAnUploadArrives() throws Exception {
    try (Lab lab = new Lab()) {
      int port =
          lab.server(
              socket -> {
                int _ = socket.getInputStream().read();
                socket.getOutputStream().write("413 too much".getBytes(StandardCharsets.US_ASCII));
                socket.close(); // with octets unread, so that RST follows
              });
      InetSocketAddress at = lab.forward(Lab.settings(), port);
      try (Socket client = lab.client(at)) {
        Thread upload =
            Thread.ofVirtual()
                .start(
                    () -> {
                      try {
                        client.getOutputStream().write(new byte[8 * MIB]);
                      } catch (IOException e) {
                        // It is not wanted.
                      }
                    });
        byte[] said = new byte[12];
        assertThat(client.getInputStream().readNBytes(said, 0, 12)).isEqualTo(12);
        assertThat(said).asString().isEqualTo("413 too much");
        upload.join();
      }
      await().untilAsserted(() -> assertThat(lab.openNow()).isZero());
      assertThat(lab.faults).isEmpty();
    }
  }

  private static Settings.Times times(Settings.Times t, Duration idle, Duration drain) {
    return new Settings.Times(
        t.connect(),
        t.queue(),
        t.first(),
        idle,
        t.halfClosed(),
        t.age(),
        drain,
        t.keepAlive(),
        t.user());
  }

  @Test
  void aDrainThatIsTakenBackEndsNothing() throws Exception {
    try (Lab lab = new Lab()) {
      Settings settings = Lab.with(t -> times(t, t.idle(), Duration.ofMillis(300)));
      InetSocketAddress at = lab.forward(settings, lab.server(ForwardingTest::echo));
      try (Socket client = lab.client(at)) {
        client.getOutputStream().write(1);
        assertThat(client.getInputStream().read()).isEqualTo(1);
        lab.balancers.drain("web", true);
        lab.balancers.drain("web", false);
        await().during(Duration.ofMillis(700)).until(() -> lab.openNow() == 1);
        client.getOutputStream().write(2);
        assertThat(client.getInputStream().read()).isEqualTo(2);
      }
    }
  }

  @Test
  void withNothingToForwardToAClientIsClosedAtOnceAndCounted() throws Exception {
    try (Lab lab = new Lab()) {
      InetSocketAddress at = lab.forward(Lab.settings());
      try (Socket client = lab.client(at)) {
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }
      await().untilAsserted(() -> assertThat(lab.count(End.NO_BACKEND)).isEqualTo(1));
    }
  }

  @Test
  void aConnectionWithoutAnOctetForTheIdleTimeEnds() throws Exception {
    try (Lab lab = new Lab()) {
      Settings settings = Lab.with(t -> times(t, Duration.ofMillis(300), t.drain()));
      try (Socket client = lab.client(lab.forward(settings, lab.server(ForwardingTest::echo)))) {
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }
      await().untilAsserted(() -> assertThat(lab.count(End.IDLE)).isEqualTo(1));
      assertThat(lab.ended.getFirst().micros()).isGreaterThanOrEqualTo(300_000);
    }
  }

  @Test
  void aReaderThatDoesNotReadStopsTheWriterAndLosesNothing() throws Exception {
    try (Lab lab = new Lab()) {
      byte[] sent = new byte[32 * MIB];
      new Random(2).nextBytes(sent);
      CompletableFuture<Boolean> written = new CompletableFuture<>();
      int port =
          lab.server(
              socket -> {
                socket.getOutputStream().write(sent);
                written.complete(true);
                socket.close();
              });
      try (Socket client = lab.client(lab.forward(Lab.settings(), port))) {
        await().until(() -> lab.report().listeners().getFirst().toClients() > 0);
        await().during(Duration.ofMillis(300)).until(() -> !written.isDone());
        assertThat(lab.report().listeners().getFirst().toClients()).isLessThan(16 * MIB);

        assertThat(checksum(client)).isEqualTo(checksum(sent));
      }
    }
  }

  @Test
  void whoFindsNoPlaceAtABackendWaitsForOne() throws Exception {
    try (Lab lab = new Lab()) {
      Settings settings =
          Lab.with(new Settings.Limits(100, 1, 1, Settings.Limits.NONE, OptionalInt.empty(), 1));
      InetSocketAddress at = lab.forward(settings, lab.server(ForwardingTest::echo));
      Socket first = lab.client(at);
      first.getOutputStream().write(1);
      assertThat(first.getInputStream().read()).isEqualTo(1);
      try (Socket second = lab.client(at)) {
        await().until(() -> lab.report().waiting() == 1);
        assertThat(isReset(lab, at)).isTrue();
        second.getOutputStream().write(2);
        first.close();

        assertThat(second.getInputStream().read()).isEqualTo(2);
      }
      lab.assertAtRest();
      assertThat(lab.count(End.QUEUE_FULL)).isEqualTo(1);
      assertThat(lab.report().listeners().getFirst().queued()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoComesWhenAllIsTakenWaitsToBeAccepted(boolean nio) throws Exception {
    try (Lab lab = lab(nio)) {
      Settings settings =
          Lab.with(
              new Settings.Limits(
                  1, Settings.Limits.NONE, 0, Settings.Limits.NONE, OptionalInt.empty(), 1));
      InetSocketAddress at = lab.forward(settings, lab.server(ForwardingTest::echo));
      for (int i = 0; i < 3; i++) {
        Socket first = lab.client(at);
        first.getOutputStream().write(1);
        assertThat(first.getInputStream().read()).isEqualTo(1);
        try (Socket second = lab.client(at)) {
          second.getOutputStream().write(2);
          assertThat(lab.openNow()).isEqualTo(1);
          first.close();
          assertThat(second.getInputStream().read()).isEqualTo(2);
        }
        await().until(() -> lab.openNow() == 0);
      }
      assertThat(lab.faults).isEmpty();
    }
  }

  @Test
  void aDrainedBalancerLetsNobodyNewInAndEndsWhatDoesNotEndByItself() throws Exception {
    try (Lab lab = new Lab()) {
      int port = lab.server(ForwardingTest::echo);
      InetSocketAddress at = lab.forward(Lab.settings(), port);
      try (Socket old = lab.client(at)) {
        old.getOutputStream().write(1);
        assertThat(old.getInputStream().read()).isEqualTo(1);
        lab.balancers.drain("web", true);
        assertThat(isReset(lab, at)).isTrue();
        old.getOutputStream().write(2);
        assertThat(old.getInputStream().read()).isEqualTo(2);

        lab.balancers.drain("web", false);
        lab.supply(Lab.with(t -> times(t, t.idle(), Duration.ZERO)), port);
        lab.balancers.drain("web", true);
        assertThat(old.getInputStream().read()).isEqualTo(-1);
      }
      lab.assertAtRest();
      assertThat(lab.count(End.DRAINED)).isEqualTo(2);
    }
  }
}
