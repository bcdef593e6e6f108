package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What connections tell of the health of a backend. */
class FailingTest {
  private final Lab lab = new Lab();

  @AfterEach
  void close() throws IOException {
    lab.close();
  }

  private Settings threeInARow() {
    Draft draft = new Draft();
    draft.passive = new Settings.Passive(3, draft.passive.eject(), draft.passive.longest(), 0.5);
    return draft.settings();
  }

  /** Whether the client of one connection gets an octet for the one that it sends. */
  private boolean answered(InetSocketAddress to) throws IOException {
    try (Socket client = lab.client(to)) {
      client.getOutputStream().write(1);
      return client.getInputStream().read() == 1;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aRowOfResetsBeforeTheFirstOctetIsToldThoughConnectionsAreHad() throws Exception {
    AtomicInteger served = new AtomicInteger();
    int port =
        lab.server(
            socket -> {
              int read = socket.getInputStream().read();
              if (served.incrementAndGet() == 3) {
                socket.getOutputStream().write(read);
              } else {
                socket.setSoLinger(true, 0);
                socket.close();
              }
            });
    InetSocketAddress to = lab.forward(threeInARow(), port);
    assertThat(answered(to)).isFalse();
    assertThat(answered(to)).isFalse();
    assertThat(answered(to)).isTrue();
    assertThat(answered(to)).isFalse();
    assertThat(answered(to)).isFalse();
    assertThat(lab.failing).isEmpty();
    assertThat(answered(to)).isFalse();
    await().untilAsserted(() -> assertThat(lab.failing).containsExactly("web eu/" + port));
    assertThat(lab.report().backends().getFirst().failures()).containsEntry(Failure.RESET, 5L);
  }

  @Test
  void aRowOfRefusalsIsTold() throws Exception {
    int port;
    try (ServerSocket nobody = new ServerSocket(0, 1, Lab.LOOPBACK)) {
      port = nobody.getLocalPort();
    }
    InetSocketAddress to = lab.forward(threeInARow(), port);
    for (int i = 0; i < 3; i++) {
      assertThat(lab.failing).isEmpty();
      assertThat(answered(to)).isFalse();
    }
    await().untilAsserted(() -> assertThat(lab.failing).containsExactly("web eu/" + port));
    assertThat(lab.report().backends().getFirst().failures()).containsEntry(Failure.REFUSED, 3L);
    assertThat(lab.count(End.NOT_REACHED)).isEqualTo(3);
  }
}
