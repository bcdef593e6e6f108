package dev.azimuth.health;

import static dev.azimuth.health.Samples.http;
import static dev.azimuth.health.Samples.target;
import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelException;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures of the system, most of which cannot be brought about at will and so are made up. */
class ProbeTest {
  /** Of {@code setsockopt}: the local ports that a socket may be given. */
  private static final int IPPROTO_IP = 0;

  private static final int IP_LOCAL_PORT_RANGE = 51;

  private static final IoEventLoopGroup GROUP =
      new MultiThreadIoEventLoopGroup(1, Transport.best().handler());

  private record End(Code code, String detail) {}

  /** A connection that never comes to be. */
  private static final class Failing extends Wire {
    private final IOException failure;
    private final boolean ours;

    Failing(User user, IOException failure, boolean ours) {
      super(user, 0);
      this.failure = failure;
      this.ours = ours;
    }

    @Override
    void connect(InetSocketAddress to) {
      GROUP.next().execute(() -> user().failed(this, failure, ours));
    }

    @Override
    void say(byte[] octets) {
      throw new AssertionError("it is not connected");
    }

    @Override
    boolean alive() {
      return false;
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
    void close() {}
  }

  @AfterAll
  static void stop() {
    var _ = GROUP.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private static End run(Means.Wires wires) throws Exception {
    return run(wires, true, 9);
  }

  private static End run(Means.Wires wires, boolean source, int port) throws Exception {
    Target target = target(port, http(timing(60_000, 50, 20_000, 1, 1)));
    CompletableFuture<End> end = new CompletableFuture<>();
    Means all =
        Samples.means(GROUP.next(), wires, new KeptConnections(0, () -> 0), () -> 0, _ -> source);
    Probe probe = Probe.of(target, all, said -> end.complete(new End(said.code(), said.detail())));
    GROUP.next().execute(probe::start);
    return end.get(20, TimeUnit.SECONDS);
  }

  private static Means.Wires failing(IOException failure, boolean ours) {
    return (_, _, _, user) -> new Failing(user, failure, ours);
  }

  @Test
  void aSocketThatCannotBeOpenedIsInconclusive() throws Exception {
    End end =
        run(
            (_, _, _, _) -> {
              throw new ChannelException(new IOException("Too many open files"));
            });

    assertThat(end).isEqualTo(new End(Code.INCONCLUSIVE, "Too many open files"));
  }

  /** The only local port that the socket may have is taken. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLackOfLocalPortsIsInconclusive(boolean channel) throws Exception {
    assumeTrue(Transport.best() == Transport.EPOLL);
    LinuxSocket any = LinuxSocket.newSocketStream(SocketProtocolFamily.INET);
    assumeThatCode(() -> narrow(any, 0)).as("a kernel from 6.3 on").doesNotThrowAnyException();
    any.close();
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Socket taken = new Socket(server.getInetAddress(), server.getLocalPort())) {
      int only = taken.getLocalPort() << 16 | taken.getLocalPort();
      End end =
          run(
              (_, _, means, user) -> {
                LinuxSocket socket = LinuxSocket.newSocketStream(SocketProtocolFamily.INET);
                narrow(socket, only);
                return channel
                    ? new ChannelWire(user, 0, unconnected(socket), means.loop(), null)
                    : new SocketWire(user, 0, socket, means.loop(), means.buffer());
              },
              true,
              server.getLocalPort());

      assertThat(end).isEqualTo(new End(Code.INCONCLUSIVE, "Cannot assign requested address"));
    }
  }

  /** As where there is no memory: the socket has its port, and another connects from there. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatFailsBeforeAnythingIsSentIsInconclusiveThoughThereIsAPort(boolean channel)
      throws Exception {
    assumeTrue(Transport.best() == Transport.EPOLL);
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Socket taken = new Socket()) {
      taken.setReuseAddress(true);
      taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      taken.connect(server.getLocalSocketAddress());
      End end =
          run(
              (_, _, means, user) -> {
                LinuxSocket socket = bound((InetSocketAddress) taken.getLocalSocketAddress());
                return channel
                    ? new ChannelWire(user, 0, unconnected(socket), means.loop(), null)
                    : new SocketWire(user, 0, socket, means.loop(), means.buffer());
              },
              true,
              server.getLocalPort());

      assertThat(end).isEqualTo(new End(Code.INCONCLUSIVE, "Cannot assign requested address"));
    }
  }

  private static LinuxSocket bound(InetSocketAddress to) {
    LinuxSocket socket = LinuxSocket.newSocketStream(SocketProtocolFamily.INET);
    try {
      socket.setReuseAddress(true);
      socket.bind(to);
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param ports the lowest and, in the upper half, the highest that it may have; 0 for any
   */
  private static void narrow(LinuxSocket socket, int ports) {
    try {
      socket.setIntOpt(IPPROTO_IP, IP_LOCAL_PORT_RANGE, ports);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static EpollSocketChannel unconnected(LinuxSocket socket) {
    return new EpollSocketChannel(socket.intValue());
  }

  /** As while a program is being started, which has a copy of a socket that was closed. */
  @Test
  void whatEpollTellsOfAnotherSocketMakesNoConnection() throws Exception {
    assumeTrue(Transport.best() == Transport.EPOLL);
    List<String> told = new ArrayList<>();
    Wire.User user =
        (Wire.User)
            Proxy.newProxyInstance(
                Wire.User.class.getClassLoader(),
                new Class<?>[] {Wire.User.class},
                (_, method, _) -> {
                  told.add(method.getName());
                  return null;
                });
    EpollIoEvent writable = () -> EpollIoOps.EPOLLOUT;
    EpollIoEvent hungUp = () -> EpollIoOps.EPOLLOUT.with(EpollIoOps.valueOf(0x10));
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      LinuxSocket socket = LinuxSocket.newSocketStream(SocketProtocolFamily.INET);
      SocketWire wire = new SocketWire(user, 0, socket, GROUP.next(), Unpooled.directBuffer(16));
      wire.handle(null, writable);
      wire.handle(null, hungUp);
      assertThat(told).isEmpty();

      socket.connect(server.getLocalSocketAddress());
      server.accept().close();
      wire.handle(null, writable);
      assertThat(told).containsExactly("connected");
      wire.close();
    }
  }

  @Test
  void aMachineWithoutAnAddressOfTheFamilyCannotReachTheTarget() throws Exception {
    IOException why = new ConnectException("Cannot assign requested address");

    assertThat(run(failing(why, true), false, 9))
        .isEqualTo(new End(Code.L4CON, "no local address of this family"));
    assertThat(run(failing(why, true), true, 9))
        .isEqualTo(new End(Code.INCONCLUSIVE, "Cannot assign requested address"));
  }

  @Test
  void loopbackHasASourceAndALinkLocalAddressWithoutALinkHasNone() {
    assertThat(Sources.has(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9))).isTrue();
    assertThat(Sources.has(new InetSocketAddress(InetAddress.ofLiteral("fe80::1"), 9))).isFalse();
  }

  @Test
  void aRefusalAndALackOfARouteAreTheTargetsFailures() throws Exception {
    assertThat(run(failing(new ConnectException("Connection refused"), false)))
        .isEqualTo(new End(Code.L4CON, "Connection refused"));
    assertThat(run(failing(new NoRouteToHostException(), false)))
        .isEqualTo(new End(Code.L4CON, "No route to host"));
    int free;
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      free = server.getLocalPort();
    }
    for (Transport transport : Transport.values()) {
      if (transport == Transport.best()) {
        assertThat(run(transport::open, true, free))
            .isEqualTo(new End(Code.L4CON, "Connection refused"));
      }
    }
  }
}
