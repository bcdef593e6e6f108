package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.azimuth.health.Secure;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A backend says something and closes its socket, and a loop that was busy meanwhile hears first
 * that the client has ended its side: that end can no longer be passed on, and what was said must
 * not be lost over it. The JDK's sockets do not tell of that before something more is sent.
 */
class LastWordsTest {
  private static final byte[] WORDS = "a whole reply".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path folder;

  private final Draft draft = new Draft();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch speak = new CountDownLatch(1);
  private final CountDownLatch said = new CountDownLatch(1);
  private final CountDownLatch idle = new CountDownLatch(1);

  /** Keeps the loop busy from now on until {@code idle}. */
  private void keepBusy(Lab lab, InetSocketAddress at) throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    AtomicBoolean first = new AtomicBoolean(true);
    lab.atEnd =
        () -> {
          if (first.getAndSet(false)) {
            busy.countDown();
            await().until(() -> idle.getCount() == 0);
          }
        };
    try (Socket other = lab.client(at)) {
      await().until(() -> lab.openNow() == 2);
      Lab.reset(other);
    }
    busy.await();
  }

  @Test
  void whatABackendSaidBeforeItBrokeOffReachesAClientThatHasEndedItsSide() throws Exception {
    try (Lab lab = new Lab()) {
      int port =
          lab.server(
              socket -> {
                if (socket.getInputStream().read() == 1) {
                  asked.countDown();
                  speak.await();
                  socket.getOutputStream().write(WORDS);
                  socket.close(); // with an octet unread, so that RST follows
                  said.countDown();
                }
              });
      InetSocketAddress at = lab.forward(draft.settings(), port);
      Socket client = lab.client(at);
      client.getOutputStream().write(new byte[] {1, 2});
      asked.await();
      keepBusy(lab, at);
      client.shutdownOutput();
      speak.countDown();
      said.await();
      idle.countDown();
      assertThat(client.getInputStream().readNBytes(WORDS.length)).isEqualTo(WORDS);
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
      lab.assertAtRest();
      assertThat(lab.count(End.BACKEND_RESET)).isOne();
      assertThat(lab.report().backends().getFirst().failures()).containsEntry(Failure.RESET, 0L);
    }
  }

  /** As nginx does with {@code Connection: close}. */
  @Test
  void aBackendThatHasSaidItsEndHasEndedThoughTheClientsEndCannotBePassedOn() throws Exception {
    Pki pki = new Pki(folder);
    Secure.Identity origin = pki.issue("origin", Pki.Key.PKCS_8_EC, "origin.internal");
    draft.onward = new Settings.Onward("origin.internal", pki.authority(), true);
    try (Lab lab = new Lab()) {
      int port =
          lab.server(
              socket -> {
                SSLSocket server = pki.server(socket, origin, "TLSv1.3");
                server.startHandshake();
                if (server.getInputStream().read() == 1) {
                  asked.countDown();
                  speak.await();
                  OutputStream out = server.getOutputStream();
                  out.write(WORDS);
                  server.shutdownOutput();
                  socket.close();
                  said.countDown();
                }
              });
      InetSocketAddress at = lab.forward(draft.settings(), port);
      Socket client = lab.client(at);
      client.getOutputStream().write(1);
      asked.await();
      keepBusy(lab, at);
      client.shutdownOutput();
      speak.countDown();
      said.await();
      idle.countDown();
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(WORDS);
      lab.assertAtRest();
      assertThat(lab.count(End.DONE)).isOne();
      assertThat(lab.report().backends().getFirst().failures()).containsEntry(Failure.RESET, 0L);
    }
  }
}
