package dev.azimuth.resolver;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Answers DNS over TCP (RFC 7766) on one address. */
final class TcpServer {
  private static final int BACKLOG = 1024;

  /** Most queries are far shorter; what a client that sends half of one makes us hold. */
  private static final int READ = 2048;

  /** How long a connection may still be idle once its listener is being closed. */
  private static final long DRAIN_NANOS = 100_000_000;

  /** {@code IPPROTO_IPV6} and {@code IPV6_V6ONLY} of Linux. */
  private static final ChannelOption<Integer> V6_ONLY =
      new IntegerUnixChannelOption("IPV6_V6ONLY", 41, 26);

  private final TcpLoops loops;
  private final Map<TcpLoop, Tally> tallies = new HashMap<>();
  private final List<Channel> accepting = new ArrayList<>();
  private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private volatile boolean draining;

  private TcpServer(TcpLoops loops) {
    this.loops = loops;
    for (TcpLoop loop : loops.all()) {
      tallies.put(loop, new Tally());
    }
  }

  /**
   * Binds and listens, but accepts nobody before {@link #start}.
   *
   * @param address resolved, with a port above 0; a wildcard address is of its own family only
   * @throws BindException when the address cannot be had
   */
  static TcpServer open(TcpLoops loops, InetSocketAddress address) throws IOException {
    var server = new TcpServer(loops);
    try {
      for (InetSocketAddress each : sockets(loops, address)) {
        server.bind(each);
      }
    } catch (IOException e) {
      server.closeAccepting();
      throw e;
    }
    return server;
  }

  void start() {
    for (Channel channel : accepting) {
      channel.config().setAutoRead(true);
    }
  }

  /** Accepts no more; the connections that are there go as soon as they have nothing to ask. */
  void drain() {
    draining = true;
    closeAccepting();
  }

  /** Closes what {@link #drain} has left after so many milliseconds. */
  void close(long millis) {
    clients.newCloseFuture().awaitUninterruptibly(millis);
    clients.close().awaitUninterruptibly(millis);
  }

  void tallies(Consumer<Tally> visitor) {
    tallies.values().forEach(visitor);
  }

  boolean admit(ClientAddress address) {
    return loops.admit(address);
  }

  void leave(ClientAddress address) {
    loops.leave(address);
  }

  long idleNanos() {
    return draining ? DRAIN_NANOS : loops.limits().idle().toNanos();
  }

  /** The idle timeout as clients are told it (RFC 7828): in units of 100 ms, 0 to go at once. */
  int idleTold() {
    return draining ? 0 : (int) Math.min(0xFFFF, loops.limits().idle().toMillis() / 100);
  }

  long stallNanos() {
    return draining ? DRAIN_NANOS : loops.limits().stall().toNanos();
  }

  private void closeAccepting() {
    for (Channel channel : accepting) {
      channel.close().awaitUninterruptibly();
    }
  }

  private void bind(InetSocketAddress address) throws IOException {
    int unread = loops.limits().unread();
    var bootstrap =
        new ServerBootstrap()
            .group(loops.group())
            .channelFactory(factory(loops.epoll(), address.getAddress()))
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ))
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(unread / 2, unread))
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accepted(channel);
                  }
                });
    if (loops.epoll() && address.getAddress() instanceof Inet6Address) {
      bootstrap.option(V6_ONLY, 1);
    }
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      var failure = new BindException("TCP " + address + ": " + bound.cause().getMessage());
      failure.initCause(bound.cause());
      throw failure;
    }
    accepting.add(bound.channel());
  }

  private void accepted(Channel channel) {
    TcpLoop loop = loops.of(channel.eventLoop());
    clients.add(channel);
    channel.pipeline().addLast(new TcpConnection(channel, this, loop, tally(loop)));
  }

  private Tally tally(TcpLoop loop) {
    Tally tally = tallies.get(loop);
    if (tally == null) {
      throw new IllegalArgumentException("not a loop of this server");
    }
    return tally;
  }

  /** A server socket of the address's own family. */
  private static ChannelFactory<? extends ServerChannel> factory(boolean epoll, InetAddress of) {
    var family =
        of instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
    return epoll
        ? () -> new EpollServerSocketChannel(family)
        : () -> new NioServerSocketChannel(SelectorProvider.provider(), family);
  }

  /**
   * The addresses to bind for one that is asked for. The JDK cannot keep IPv4 out of {@code ::}, so
   * there NIO binds each IPv6 address that the machine has, as its UDP sockets do.
   */
  private static List<InetSocketAddress> sockets(TcpLoops loops, InetSocketAddress address)
      throws IOException {
    InetAddress asked = address.getAddress();
    if (loops.epoll() || !asked.isAnyLocalAddress() || asked instanceof Inet4Address) {
      return List.of(address);
    }
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(Inet6Address.class::isInstance)
        .map(each -> new InetSocketAddress(each, address.getPort()))
        .toList();
  }
}
