package dev.azimuth.health;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.nio.channels.spi.SelectorProvider;
import org.jspecify.annotations.Nullable;

/** The two ways to have sockets. */
enum Transport {
  EPOLL,
  NIO;

  private static final int LONGEST_DATAGRAM = 65_535;

  /** The better of those that this machine has. */
  static Transport best() {
    return Epoll.isAvailable() ? EPOLL : NIO;
  }

  IoHandlerFactory handler() {
    return switch (this) {
      case EPOLL -> EpollIoHandler.newFactory();
      case NIO -> NioIoHandler.newFactory();
    };
  }

  /**
   * A connection to a target, not yet begun.
   *
   * @throws io.netty.channel.ChannelException when no descriptor is left
   */
  Wire open(Target target, Talk talk, Means means, Wire.User user) {
    Secure secure = target.check().secure();
    SocketProtocolFamily family = family(target.address());
    long now = means.clock().getAsLong();
    if (this == EPOLL && secure == null && !talk.framed()) {
      return new SocketWire(
          user, now, LinuxSocket.newSocketStream(family), means.loop(), means.buffer());
    }
    SslHandler tls =
        secure == null ? null : means.tls().get().handler(secure, target.port(), talk.protocol());
    Channel channel =
        switch (this) {
          case EPOLL -> new EpollSocketChannel(family);
          case NIO -> new NioSocketChannel(SelectorProvider.provider(), family);
        };
    return new ChannelWire(user, now, channel, means.loop(), tls);
  }

  /**
   * A channel for datagrams of any length, not yet registered.
   *
   * @throws io.netty.channel.ChannelException when no descriptor is left
   */
  Channel datagrams(InetAddress to) {
    SocketProtocolFamily family = family(to);
    Channel channel =
        switch (this) {
          case EPOLL -> new EpollDatagramChannel(family);
          case NIO -> new NioDatagramChannel(family);
        };
    int room = LONGEST_DATAGRAM;
    if (this == EPOLL) {
      // Room for two makes Netty ask for datagrams, not for octets: only so it sees empty ones.
      channel.config().setOption(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, LONGEST_DATAGRAM);
      room = 2 * LONGEST_DATAGRAM;
    }
    channel
        .config()
        .setOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(room));
    return channel;
  }

  /** Whether datagrams cannot be sent for want of an address or port of this machine. */
  static boolean lacksAddress(Channel channel, Throwable failure) {
    Throwable first = Details.first(failure);
    if (channel instanceof UnixChannel) {
      return !(first instanceof NoRouteToHostException) && !hasPort(channel.localAddress());
    }
    return first instanceof BindException;
  }

  /** Whether the system has given a socket a local port: only then others had a say. */
  private static boolean hasPort(@Nullable SocketAddress local) {
    return local instanceof InetSocketAddress address && address.getPort() != 0;
  }

  private static SocketProtocolFamily family(InetAddress address) {
    return address instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
  }
}
