package dev.azimuth.balancer;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.channels.spi.SelectorProvider;

/** The two ways to have sockets. */
enum Transport {
  EPOLL,
  NIO;

  IoHandlerFactory handler() {
    return switch (this) {
      case EPOLL -> EpollIoHandler.newFactory();
      case NIO -> NioIoHandler.newFactory();
    };
  }

  /**
   * A socket of the JDK that is to be connected.
   *
   * @throws io.netty.channel.ChannelException when no descriptor is left
   */
  static SocketChannel unconnected(InetAddress to) {
    return new NioSocketChannel(SelectorProvider.provider(), family(to));
  }

  /** One of the JDK that is to be bound. */
  static ServerChannel unbound(InetAddress at) {
    return new NioServerSocketChannel(SelectorProvider.provider(), family(at));
  }

  /** The family of an address. */
  static SocketProtocolFamily family(InetAddress address) {
    return address instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
  }
}
