package dev.azimuth.health;

import static dev.azimuth.health.Samples.http;
import static dev.azimuth.health.Samples.target;
import static dev.azimuth.health.Samples.timing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Failures of the system that cannot be brought about at will, made by the socket. */
class ProbeTest {
  private static final EventLoopGroup GROUP =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  private record End(Code code, String detail) {}

  @AfterAll
  static void stop() {
    var _ = GROUP.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private static End run(ChannelFactory<? extends Channel> sockets) throws Exception {
    return run(sockets, true);
  }

  private static End run(ChannelFactory<? extends Channel> sockets, boolean source)
      throws Exception {
    Target target = target(9, http(timing(60_000, 50, 20_000, 1, 1)));
    CompletableFuture<End> end = new CompletableFuture<>();
    Means means =
        new Means(
            GROUP.next(),
            sockets,
            sockets,
            () -> {
              throw new AssertionError("no TLS here");
            },
            new KeptConnections(0, () -> 0),
            new Certificates(() -> 0),
            "test",
            () -> 0,
            () -> 0,
            new Random(1),
            _ -> source,
            Local.none());
    Probe probe =
        Probe.of(target, means, said -> end.complete(new End(said.code(), said.detail())));
    GROUP.next().execute(probe::start);
    return end.get(20, TimeUnit.SECONDS);
  }

  private static ChannelFactory<NioSocketChannel> failing(IOException failure) {
    return () ->
        new NioSocketChannel() {
          @Override
          protected boolean doConnect(SocketAddress remote, SocketAddress local)
              throws IOException {
            throw failure;
          }
        };
  }

  @Test
  void aSocketThatCannotBeOpenedIsInconclusive() throws Exception {
    End end =
        run(
            () -> {
              throw new ChannelException(new IOException("Too many open files"));
            });

    assertThat(end).isEqualTo(new End(Code.INCONCLUSIVE, "Too many open files"));
  }

  @Test
  void aLackOfLocalPortsIsInconclusive() throws Exception {
    assertThat(run(failing(new BindException("Cannot assign requested address"))))
        .isEqualTo(new End(Code.INCONCLUSIVE, "Cannot assign requested address"));
  }

  @Test
  void aMachineWithoutAnAddressOfTheFamilyCannotReachTheTarget() throws Exception {
    assertThat(run(failing(new BindException("Cannot assign requested address")), false))
        .isEqualTo(new End(Code.L4CON, "no local address of this family"));
  }

  @Test
  void loopbackHasASourceAndALinkLocalAddressWithoutALinkHasNone() {
    assertThat(Sources.has(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9))).isTrue();
    assertThat(Sources.has(new InetSocketAddress(InetAddress.ofLiteral("fe80::1"), 9))).isFalse();
  }

  @Test
  void aRefusalAndALackOfARouteAreTheTargetsFailures() throws Exception {
    assertThat(run(failing(new ConnectException("Connection refused"))))
        .isEqualTo(new End(Code.L4CON, "Connection refused"));
    assertThat(run(failing(new NoRouteToHostException("No route to host"))))
        .isEqualTo(new End(Code.L4CON, "No route to host"));
  }
}
