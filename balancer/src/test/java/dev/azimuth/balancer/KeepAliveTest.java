package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the system is told to do with silent sockets, as the system has it. */
class KeepAliveTest {
  private final Draft draft = new Draft();

  @BeforeEach
  void look() {
    assumeThat(OwnSocket.shown()).isTrue();
  }

  private static void echo(Socket socket) throws IOException {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    }
  }

  /** The balancer's two sides of a new connection. */
  private static List<OwnSocket> sides(Lab lab, InetSocketAddress at, int port) throws IOException {
    Socket client = lab.client(at);
    client.getOutputStream().write(1);
    assertThat(client.getInputStream().read()).isOne();
    return List.of(OwnSocket.of(at.getPort(), client.getLocalPort()), OwnSocket.of(0, port));
  }

  @Test
  void bothSidesBearSilenceForAsLongAsIsConfigured() throws Exception {
    draft.endure(Duration.ofSeconds(77), Duration.ofMillis(9_100));
    try (Lab lab = new Lab()) {
      int first = lab.server(KeepAliveTest::echo);
      InetSocketAddress at = lab.forward(draft.settings(), first);
      for (OwnSocket side : sides(lab, at, first)) {
        assertThat(side.keepsAlive()).isTrue();
        assertThat(side.option(OwnSocket.TCP_KEEPIDLE)).isEqualTo(77);
        assertThat(side.option(OwnSocket.TCP_KEEPINTVL)).isEqualTo(19);
        assertThat(side.option(OwnSocket.TCP_USER_TIMEOUT)).isEqualTo(9_100);
      }
      draft.endure(Duration.ZERO, Duration.ZERO);
      int second = lab.server(KeepAliveTest::echo);
      lab.supply(draft.settings(), second);
      for (OwnSocket side : sides(lab, at, second)) {
        assertThat(side.keepsAlive()).as("after a reload").isFalse();
        assertThat(side.option(OwnSocket.TCP_USER_TIMEOUT)).isZero();
      }
    }
  }

  @Test
  void theJdksSocketsAskToo() throws Exception {
    draft.endure(Duration.ofSeconds(77), Duration.ZERO);
    try (Lab lab = new Lab(null, 2)) {
      int first = lab.server(KeepAliveTest::echo);
      InetSocketAddress at = lab.forward(draft.settings(), first);
      assertThat(sides(lab, at, first)).allMatch(KeepAliveTest::keepsAlive);
      draft.endure(Duration.ZERO, Duration.ZERO);
      int second = lab.server(KeepAliveTest::echo);
      lab.supply(draft.settings(), second);
      assertThat(sides(lab, at, second)).noneMatch(KeepAliveTest::keepsAlive);
    }
  }

  private static boolean keepsAlive(OwnSocket socket) {
    try {
      return socket.keepsAlive();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
