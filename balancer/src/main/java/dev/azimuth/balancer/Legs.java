package dev.azimuth.balancer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Makes the sides of connections: bare sockets, or channels where sockets are the JDK's. */
final class Legs {
  /**
   * What one side of a channel may make the kernel hold: once it has said that nothing more will
   * come, Netty reads everything of it, whether the other side takes it or not.
   */
  private static final int RECEIVE_BUFFER = 256 * 1024;

  private static final WriteBufferWaterMark MARKS = new WriteBufferWaterMark(64 * 1024, 128 * 1024);
  private static final WriteBufferWaterMark TIGHT_MARKS =
      new WriteBufferWaterMark(16 * 1024, 32 * 1024);

  private Legs() {}

  /** Hears how an attempt to connect went. */
  interface Outcome {
    /**
     * @param failure null when it is connected
     * @param ours whether it failed for want of something of this machine
     */
    void done(Leg leg, @Nullable Throwable failure, boolean ours);
  }

  /** The side of a client whose connection the JDK has accepted. */
  static ChannelLeg accepted(Connection connection, SocketChannel channel) {
    var leg = new ChannelLeg(connection, channel);
    configure(channel, connection.settings(), connection.loop());
    channel.config().setAutoRead(false);
    channel.pipeline().addLast(leg.handler());
    connection.loop().register(channel);
    return leg;
  }

  /** The side of a client whose connection we have accepted. */
  static SocketLeg accepted(Connection connection, Socket socket) throws IOException {
    var leg = new SocketLeg(connection, socket, connection.loop());
    leg.register();
    return leg;
  }

  /**
   * The side of a backend.
   *
   * @param from null for any local address
   * @param outcome called once, perhaps before this returns, unless the leg is closed first
   * @return null when no descriptor was left: then {@code outcome} is not called
   */
  static @Nullable Leg onward(
      Connection connection,
      InetSocketAddress to,
      @Nullable InetSocketAddress from,
      Outcome outcome) {
    try {
      return connection.loop().transport == Transport.EPOLL
          ? socket(connection, to, from, outcome)
          : channel(connection, to, from, outcome);
    } catch (ChannelException | IOException e) {
      return null;
    }
  }

  private static SocketLeg socket(
      Connection connection,
      InetSocketAddress to,
      @Nullable InetSocketAddress from,
      Outcome outcome)
      throws IOException {
    Socket socket = LinuxSocket.newSocketStream(Transport.family(to.getAddress()));
    try {
      socket.setTcpNoDelay(true);
      Endurance.set(socket, connection.settings().times());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    var leg = new SocketLeg(connection, socket, connection.loop());
    leg.connect(to, from, (failure, ours) -> outcome.done(leg, failure, ours));
    return leg;
  }

  private static ChannelLeg channel(
      Connection connection,
      InetSocketAddress to,
      @Nullable InetSocketAddress from,
      Outcome outcome) {
    SocketChannel channel = Transport.unconnected(to.getAddress());
    var leg = new ChannelLeg(connection, channel);
    configure(channel, connection.settings(), connection.loop());
    channel.config().setOption(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER);
    channel.pipeline().addLast(leg.handler());
    connection.loop().register(channel);
    ChannelFuture connecting = from == null ? channel.connect(to) : channel.connect(to, from);
    var _ = connecting.addListener(done -> outcome.done(leg, done.cause(), ours(done.cause())));
    return leg;
  }

  /**
   * Whether it failed for want of an address or port of this machine: more than that the JDK does
   * not tell apart from what a network says. Netty makes an exception of its own of the JDK's.
   */
  private static boolean ours(@Nullable Throwable failure) {
    return failure != null && failure.getCause() instanceof BindException;
  }

  private static void configure(SocketChannel channel, Settings settings, Loop loop) {
    ChannelConfig config = channel.config();
    config.setAllocator(loop.budget.allocator());
    config.setRecvByteBufAllocator(loop.reads);
    mark(channel, loop);
    config.setConnectTimeoutMillis(0); // deadlines are ours
    config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    if (!settings.times().keepAlive().isZero()) {
      config.setOption(ChannelOption.SO_KEEPALIVE, true);
    }
  }

  /** Says how much may wait to be written before nothing more is read for it. */
  static void mark(Channel channel, Loop loop) {
    channel.config().setWriteBufferWaterMark(loop.tight() ? TIGHT_MARKS : MARKS);
  }
}
