package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.azimuth.health.Secure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How one side ends, where one or both are inside of TLS, and what the other sees of it. */
class TlsEndsTest {
  private static final byte[] LARGE = new byte[8 * 1024 * 1024];

  @TempDir static Path folder;
  private static Pki pki;
  private static Secure.Identity edge;
  private static Secure.Identity origin;

  private final Draft draft = new Draft();

  @BeforeAll
  static void issue() throws Exception {
    pki = new Pki(folder);
    edge = pki.issue("edge", Pki.Key.PKCS_8_EC, "www.example");
    origin = pki.issue("origin", Pki.Key.PKCS_8_EC, "origin.internal");
    new Random(1).nextBytes(LARGE);
  }

  private static Lab lab(boolean nio) {
    return nio ? new Lab(null, 2) : new Lab();
  }

  /** Clients speak TLS, and so do backends if they are to. */
  private void secure(boolean onward) throws Exception {
    draft.tls =
        new Settings.Termination(List.of(edge), false, Set.of("TLSv1.2", "TLSv1.3"), List.of());
    if (onward) {
      draft.onward = new Settings.Onward("origin.internal", pki.authority(), true);
    }
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void ended(Lab lab, End how) {
    lab.assertAtRest();
    assertThat(lab.count(how)).isOne();
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void whoHasEndedItsSideGetsAllOfALargeReply(boolean nio, boolean withTheSocketToo)
      throws Exception {
    secure(false);
    try (Lab lab = lab(nio)) {
      int port =
          lab.server(
              socket -> {
                assertThat(socket.getInputStream().readAllBytes()).isEqualTo(octets("question"));
                socket.getOutputStream().write(LARGE);
                socket.close();
              });
      Socket plain = lab.client(lab.forward(draft.settings(), port), 16 * 1024);
      SSLSocket client = pki.client(plain, "www.example", "TLSv1.3");
      client.getOutputStream().write(octets("question"));
      client.shutdownOutput();
      if (withTheSocketToo) {
        plain.shutdownOutput();
      }
      await().until(() -> lab.balancers.held() > 0); // it waits for the client
      assertThat(Arrays.equals(client.getInputStream().readAllBytes(), LARGE)).isTrue();
      client.close();
      plain.close();
      ended(lab, End.DONE);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackendThatHasEndedItsSideGetsAllOfALargeUpload(boolean nio) throws Exception {
    secure(true);
    try (Lab lab = lab(nio)) {
      CompletableFuture<byte[]> uploaded = new CompletableFuture<>();
      int port =
          lab.server(
              socket -> {
                SSLSocket server = pki.server(socket, origin, "TLSv1.3");
                server.getOutputStream().write(octets("enough said"));
                server.shutdownOutput();
                uploaded.complete(server.getInputStream().readAllBytes());
                socket.close();
              });
      Socket plain = lab.client(lab.forward(draft.settings(), port));
      SSLSocket client = pki.client(plain, "www.example", "TLSv1.3");
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(octets("enough said"));
      client.getOutputStream().write(LARGE);
      client.shutdownOutput();
      assertThat(Arrays.equals(uploaded.join(), LARGE)).isTrue();
      ended(lab, End.DONE);
    }
  }

  /** RFC 5246 section 7.2.1: the end of one direction is that of both. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ofTls12TheEndOfTheClientReachesTheBackendAndWhatThatStillSaysIsBrokenOff(boolean nio)
      throws Exception {
    secure(false);
    try (Lab lab = lab(nio)) {
      CompletableFuture<byte[]> heard = new CompletableFuture<>();
      CompletableFuture<Boolean> broken = new CompletableFuture<>();
      int port =
          lab.server(
              socket -> {
                heard.complete(socket.getInputStream().readAllBytes());
                broken.complete(breaks(socket.getOutputStream()));
              });
      Socket plain = lab.client(lab.forward(draft.settings(), port));
      SSLSocket client = pki.client(plain, "www.example", "TLSv1.2");
      client.getOutputStream().write(octets("question"));
      client.shutdownOutput();
      assertThat(heard.join()).isEqualTo(octets("question"));
      assertThat(broken.join()).isTrue();
      ended(lab, End.CLIENT_RESET);
    }
  }

  private static boolean breaks(OutputStream out) {
    try {
      for (int i = 0; i < 100; i++) {
        out.write(LARGE);
      }
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "false, TLSv1.2, false", "false, TLSv1.3, false", "false, TLSv1.2, true",
    "false, TLSv1.3, true", "true, TLSv1.2, false", "true, TLSv1.3, true",
  })
  void aClientThatIsCutOffBreaksOffTowardsTheBackend(boolean nio, String version, boolean onward)
      throws Exception {
    secure(onward);
    try (Lab lab = lab(nio)) {
      CompletableFuture<Throwable> seen = new CompletableFuture<>();
      int port =
          lab.server(
              socket -> {
                Socket server = onward ? pki.server(socket, origin, version) : socket;
                try {
                  byte[] _ = server.getInputStream().readAllBytes();
                  seen.complete(new AssertionError("an ordinary end"));
                } catch (IOException e) {
                  seen.complete(e);
                }
              });
      Socket plain = lab.client(lab.forward(draft.settings(), port));
      SSLSocket client = pki.client(plain, "www.example", version);
      client.getOutputStream().write(1);
      await().until(() -> lab.report().listeners().getFirst().fromClients() == 1);
      plain.shutdownOutput();
      assertThat(seen.join()).isInstanceOf(IOException.class);
      ended(lab, End.CLIENT_RESET);
    }
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void aBackendThatIsCutOffBreaksOffTowardsTheClient(boolean nio, boolean terminated)
      throws Exception {
    secure(true);
    if (!terminated) {
      draft.tls = null;
    }
    try (Lab lab = lab(nio)) {
      int port =
          lab.server(
              socket -> {
                SSLSocket server = pki.server(socket, origin, "TLSv1.3");
                server.getOutputStream().write(octets("half of a"));
                socket.shutdownOutput();
              });
      Socket plain = lab.client(lab.forward(draft.settings(), port));
      Socket client = terminated ? pki.client(plain, "www.example", "TLSv1.3") : plain;
      assertThat(client.getInputStream().readNBytes(9)).isEqualTo(octets("half of a"));
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
      ended(lab, End.BACKEND_RESET);
    }
  }

  /**
   * nginx closes its socket without waiting for our word: what comes there then is answered by RST.
   * The JDK's sockets do not tell of that before something more is sent.
   */
  @Test
  void aBackendThatResetsWhenItHasSaidItsEndHasEnded() throws Exception {
    secure(true);
    try (Lab lab = lab(false)) {
      int port =
          lab.server(
              socket -> {
                SSLSocket server = pki.server(socket, origin, "TLSv1.3");
                assertThat(server.getInputStream().read()).isOne();
                server.getOutputStream().write(octets("a whole reply"));
                server.shutdownOutput();
                assertThat(server.getInputStream().read()).isEqualTo(2);
                socket.setSoLinger(true, 0);
                socket.close();
              });
      Socket plain = lab.client(lab.forward(draft.settings(), port));
      SSLSocket client = pki.client(plain, "www.example", "TLSv1.3");
      client.getOutputStream().write(1);
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(octets("a whole reply"));
      client.getOutputStream().write(2);
      ended(lab, End.DONE);
      assertThat(lab.report().backends().getFirst().failures()).containsEntry(Failure.RESET, 0L);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatABackendSaidBeforeABrokenRecordReachesTheClient(boolean nio) throws Exception {
    secure(true);
    try (Lab lab = lab(nio)) {
      AtomicBoolean last = new AtomicBoolean();
      int origins =
          lab.server(
              socket -> {
                SSLSocket server = pki.server(socket, origin, "TLSv1.3");
                int _ = server.getInputStream().read();
                last.set(true);
                server.getOutputStream().write(octets("all of it"));
                socket.getOutputStream().write(Hellos.hex("1703030020" + "00".repeat(32)));
                socket.shutdownOutput();
              });
      int port =
          lab.server(
              socket -> {
                Socket onward = lab.client(new InetSocketAddress(Lab.LOOPBACK, origins));
                Thread.ofVirtual().start(() -> relay(socket, onward, new AtomicBoolean()));
                relay(onward, socket, last);
              });
      Socket plain = lab.client(lab.forward(draft.settings(), port));
      SSLSocket client = pki.client(plain, "www.example", "TLSv1.3");
      client.getOutputStream().write(1);
      assertThat(client.getInputStream().readNBytes(9)).isEqualTo(octets("all of it"));
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
      ended(lab, End.BACKEND_RESET);
      assertThat(lab.report().backends().getFirst().failures()).containsEntry(Failure.RESET, 0L);
    }
  }

  /** Passes on what one socket says to another, from the last words on all of it at once. */
  private static void relay(Socket from, Socket to, AtomicBoolean last) {
    try {
      InputStream in = from.getInputStream();
      byte[] some = new byte[16 * 1024];
      for (int read; (read = in.read(some)) > 0; ) {
        var all = new ByteArrayOutputStream();
        all.write(some, 0, read);
        if (last.get()) {
          in.transferTo(all);
        }
        to.getOutputStream().write(all.toByteArray());
      }
    } catch (IOException e) {
      // One of them is gone.
    }
  }

  /** It may say something with the last of its handshake, before the client has said anything. */
  @ParameterizedTest
  @CsvSource({
    "false, TLSv1.2",
    "false, TLSv1.3",
    "true, TLSv1.2",
    "true, TLSv1.3",
  })
  void aBackendThatSpeaksFirstAndEndsIsHeard(boolean nio, String version) throws Exception {
    secure(true);
    try (Lab lab = lab(nio)) {
      int port =
          lab.server(
              socket -> {
                SSLSocket server = pki.server(socket, origin, version);
                server.getOutputStream().write(octets("421 busy"));
                server.close();
                socket.close();
              });
      InetSocketAddress to = lab.forward(draft.settings(), port);
      for (int i = 0; i < 10; i++) {
        try (Socket plain = lab.client(to);
            SSLSocket client = pki.client(plain, "www.example", version)) {
          assertThat(client.getInputStream().readAllBytes()).isEqualTo(octets("421 busy"));
        }
      }
      lab.assertAtRest();
      assertThat(lab.report().listeners().getFirst().ends()).containsEntry(End.DONE, 10L);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoIsEndedByTheBalancerIsToldSo(boolean nio) throws Exception {
    secure(false);
    draft.idle(Duration.ofMillis(300));
    try (Lab lab = lab(nio)) {
      int port =
          lab.server(socket -> socket.getInputStream().transferTo(OutputStream.nullOutputStream()));
      Socket plain = lab.client(lab.forward(draft.settings(), port));
      SSLSocket client = pki.client(plain, "www.example", "TLSv1.3");
      client.getOutputStream().write(1);
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      ended(lab, End.IDLE);
    }
  }
}
