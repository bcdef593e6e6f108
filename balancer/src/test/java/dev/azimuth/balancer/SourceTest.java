package dev.azimuth.balancer;

import static dev.azimuth.balancer.Departing.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.azimuth.steering.Reason;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
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

  /** So an address has its ports towards each backend, not for all together (ip(7)). */
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void onlyConnectingChoosesThePort(String backend) throws Exception {
    InetAddress to = InetAddress.ofLiteral(backend);
    assumeThat(NetworkInterface.getByInetAddress(to)).as("%s on loopback", backend).isNotNull();
    assumeThat(OwnSocket.shown()).isTrue();
    InetAddress own = to instanceof Inet6Address ? to : SOURCE;
    draft.source = List.of(own);
    try (Lab lab = new Lab();
        ServerSocket server = new ServerSocket(0, 1, to)) {
      InetSocketAddress at = lab.forward(draft.settings());
      lab.balancers.put(List.of(new Setup(draft.settings(), List.of(only(server)), NONE)));
      try (Socket client = lab.client(at);
          Socket connected = server.accept()) {
        assertThat(connected.getInetAddress()).isEqualTo(own);
        assertThat(OwnSocket.of(connected.getPort(), server.getLocalPort()).choosesPortLater())
            .isTrue();
        connected.getOutputStream().write(7);
        assertThat(client.getInputStream().read()).isEqualTo(7);
      }
      lab.assertAtRest();
    }
  }

  private static Supply only(ServerSocket server) {
    InetSocketAddress to = (InetSocketAddress) server.getLocalSocketAddress();
    return new Supply(
        Reason.RULE, false, List.of(new Supply.Candidate("eu/only", List.of(to), 1)), null);
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
