package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where connections and sessions come from, as backends see it. */
class SourceTest {
  private static final InetAddress SOURCE = InetAddress.ofLiteral("127.0.0.9");

  private final Draft draft = new Draft();

  private static Lab lab(boolean nio) {
    return nio ? new Lab(null, 2) : new Lab();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void backendsSeeTheSourceOfTheirFamily(boolean nio) throws Exception {
    draft.source = List.of(InetAddress.ofLiteral("::1"), SOURCE);
    try (Lab lab = lab(nio)) {
      CompletableFuture<InetAddress> seen = new CompletableFuture<>();
      int port =
          lab.server(
              socket -> {
                seen.complete(socket.getInetAddress());
                socket.close();
              });
      try (Socket _ = lab.client(lab.forward(draft.settings(), port))) {
        assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo(SOURCE);
      }
      lab.assertAtRest();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sessionsComeFromThereToo(boolean nio) throws Exception {
    draft.source = List.of(SOURCE);
    draft.listen = List.of(new Listen(Listen.Protocol.UDP, new InetSocketAddress(Lab.LOOPBACK, 0)));
    try (Lab lab = lab(nio);
        DatagramSocket backend = new DatagramSocket(new InetSocketAddress(Lab.LOOPBACK, 0));
        DatagramSocket client = new DatagramSocket(new InetSocketAddress(Lab.LOOPBACK, 0))) {
      InetSocketAddress at = lab.forward(draft.settings(), backend.getLocalPort());
      client.send(new DatagramPacket(new byte[1], 1, at));
      backend.setSoTimeout(10_000);
      DatagramPacket came = new DatagramPacket(new byte[1], 1);
      backend.receive(came);
      assertThat(came.getAddress()).isEqualTo(SOURCE);
      assertThat(lab.openNow()).isOne();
    }
  }
}
