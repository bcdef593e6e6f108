package dev.azimuth.resolver;

import dev.azimuth.net.BindFailure;
import dev.azimuth.net.Descriptor;
import dev.azimuth.net.Protocol;
import dev.azimuth.net.StreamPort;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
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
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Answers DNS over TCP (RFC 7766) on one address. */
final class TcpServer {
  private static final int BACKLOG = 1024;

  /** What one client may make the kernel hold, in octets. */
  static final int RECEIVE_BUFFER = 32 * 1024;

  /** Most queries are far shorter; what a channel reads at once. */
  private static final int READ = 2048;

  /** How long a loop may take for what it is asked to do at once. */
  private static final long PATIENCE_MILLIS = 1_000;

  /** How long a connection may still be idle once its listener is being closed. */
  private static final long DRAIN_NANOS = 100_000_000;

  private final TcpLoops loops;
  private final Map<TcpLoop, Tally> tallies = new HashMap<>();
  private final ConnectionCounts connections = new ConnectionCounts();
  private final InetSocketAddress localAddress;
  private final List<Door> doors = new ArrayList<>();
  private final AtomicInteger clients = new AtomicInteger();
  private @Nullable StreamPort port;
  private volatile boolean draining;

  /** Whether another process goes on here: clients that stay are asked to connect anew. */
  private volatile boolean leaving;

  private TcpServer(TcpLoops loops, InetSocketAddress localAddress) {
    this.loops = loops;
    this.localAddress = localAddress;
    for (TcpLoop loop : loops.all()) {
      tallies.put(loop, new Tally());
    }
  }

  /**
   * Binds and listens, but accepts nobody before {@link #start}.
   *
   * @param address resolved, with a port above 0; a wildcard address is of its own family only
   * @param shared as for {@link StreamPort#open}
   * @throws BindFailure when the address cannot be had
   */
  static TcpServer open(TcpLoops loops, InetSocketAddress address, boolean shared)
      throws IOException {
    var server = new TcpServer(loops, address);
    try {
      if (loops.epoll()) {
        server.listen(StreamPort.open(address, shared, RECEIVE_BUFFER));
      } else {
        for (InetSocketAddress each : sockets(address)) {
          server.bind(each);
        }
      }
    } catch (IOException e) {
      server.shut();
      throw e;
    }
    return server;
  }

  /**
   * Goes on with a socket that listens already; accepts nobody before {@link #start}.
   *
   * @param handed closed with the server, or when this fails
   * @throws IOException when it is no such socket, or TCP is not native here
   */
  static TcpServer adopt(TcpLoops loops, Descriptor handed) throws IOException {
    if (!loops.epoll()) {
      handed.close();
      throw new IOException("the JDK cannot take over a socket");
    }
    StreamPort port = StreamPort.adopt(handed);
    var server = new TcpServer(loops, port.localAddress());
    try {
      server.listen(port);
    } catch (IOException e) {
      server.shut();
      throw e;
    }
    return server;
  }

  void start() {
    doors.forEach(Door::open);
  }

  /** What it listens on. */
  InetSocketAddress localAddress() {
    return localAddress;
  }

  /**
   * A second descriptor of the socket that listens.
   *
   * @throws IOException when it is one of the JDK
   */
  Descriptor duplicate() throws IOException {
    if (port == null) {
      throw new IOException("a socket of the JDK cannot be handed to another process");
    }
    return port.duplicate();
  }

  /** Accepts no more; the connections that are there go on. */
  void leave() {
    leaving = true;
    shut();
  }

  /** Waits for clients to end their connections, at most so many milliseconds. */
  void awaitClients(long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    synchronized (clients) {
      for (long left = millis; clients.get() > 0 && left > 0; ) {
        try {
          clients.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
        left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      }
    }
  }

  /** Accepts no more; the connections that are there go as soon as they have nothing to ask. */
  void drain() {
    draining = true;
    shut();
  }

  /** Closes what {@link #drain} has left after so many milliseconds. */
  void close(long millis) {
    awaitClients(millis);
    onEachLoop(loop -> loop.close(this));
  }

  /** Waits until each loop has done this, and what it was asked to do before. */
  private void onEachLoop(Consumer<TcpLoop> what) {
    var under = new ArrayList<Future<?>>();
    for (TcpLoop loop : loops.all()) {
      under.add(loop.submit(() -> what.accept(loop)));
    }
    under.forEach(each -> each.awaitUninterruptibly(PATIENCE_MILLIS));
  }

  void traffic(Listener listener, TrafficVisitor visitor) {
    var stream = new Tally();
    tallies.values().forEach(stream::add);
    stream.visit(listener, TrafficVisitor.Channel.TCP, visitor);
    connections.visit(listener, visitor);
    visitor.open(listener, clients.get());
  }

  void count(TrafficVisitor.Connection what) {
    connections.count(what);
  }

  Tally tally(TcpLoop loop) {
    return Objects.requireNonNull(tallies.get(loop));
  }

  /**
   * Serves a client, on whatever loop.
   *
   * @param descriptor of the connection, closed with it; still the caller's when this throws
   * @param here the loop that has accepted it, and calls
   */
  void accepted(int descriptor, InetSocketAddress from, TcpLoop here) {
    TcpLoop loop = loops.forNewcomer(here);
    come(loop);
    try {
      var socket = new BareSocket(descriptor, this, loop);
      if (loop == here) {
        socket.begin(from);
      } else {
        loop.execute(() -> socket.begin(from));
      }
    } catch (RuntimeException | Error e) {
      gone(loop); // no memory, or the other loop has ended
      throw e;
    }
  }

  private void come(TcpLoop loop) {
    loop.take();
    clients.incrementAndGet();
  }

  /** A connection is closed. */
  void gone(TcpLoop loop) {
    loop.gone();
    // Nobody waits before one of these is set; with few clients each would be the last one.
    if (clients.decrementAndGet() == 0 && (draining || leaving)) {
      synchronized (clients) {
        clients.notifyAll();
      }
    }
  }

  /** How many octets of replies may wait for a slow reader. */
  int unread() {
    return loops.limits().unread();
  }

  boolean admit(ClientAddress address) {
    return loops.admit(address);
  }

  void leave(ClientAddress address) {
    loops.leave(address);
  }

  long firstNanos() {
    return draining ? DRAIN_NANOS : loops.limits().firstQuery().toNanos();
  }

  long idleNanos() {
    return draining ? DRAIN_NANOS : loops.limits().idle().toNanos();
  }

  /** The idle timeout as clients are told it (RFC 7828): in units of 100 ms, 0 to go at once. */
  int idleTold() {
    return draining || leaving ? 0 : (int) Math.min(0xFFFF, loops.limits().idle().toMillis() / 100);
  }

  long stallNanos() {
    return draining ? DRAIN_NANOS : loops.limits().stall().toNanos();
  }

  private void shut() {
    doors.forEach(Door::shut);
    if (port != null) {
      port.close();
    } else {
      onEachLoop(_ -> {}); // the JDK's door counts nobody: who is under way to a loop arrives there
    }
  }

  /** Lets each loop accept from a socket of ours, by a descriptor of its own. */
  private void listen(StreamPort listening) throws IOException {
    port = listening;
    for (TcpLoop loop : loops.all()) {
      doors.add(new BareDoor(this, loop, listening.duplicate().release()));
    }
  }

  private void bind(InetSocketAddress address) throws IOException {
    ChannelFuture opened = bootstrap(address).bind(address);
    if (!opened.awaitUninterruptibly().isSuccess()) {
      throw new BindFailure(Protocol.TCP, address, opened.cause());
    }
    doors.add(new Door.Jdk(opened.channel()));
  }

  private ServerBootstrap bootstrap(InetSocketAddress address) {
    var family =
        address.getAddress() instanceof Inet4Address
            ? SocketProtocolFamily.INET
            : SocketProtocolFamily.INET6;
    int unread = loops.limits().unread();
    return new ServerBootstrap()
        .group(loops.group())
        .channelFactory(() -> new NioServerSocketChannel(SelectorProvider.provider(), family))
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .option(ChannelOption.SO_REUSEADDR, true)
        .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER)
        .option(ChannelOption.AUTO_READ, false)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
        .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ))
        .childOption(
            ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(unread / 2, unread))
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                TcpLoop loop = loops.of(channel.eventLoop());
                come(loop);
                channel.pipeline().addLast(new ChannelSocket(channel, TcpServer.this, loop));
              }
            });
  }

  /**
   * The addresses to bind for one that is asked for. The JDK cannot keep IPv4 out of {@code ::}, so
   * there NIO binds each IPv6 address that the machine has, as its UDP sockets do.
   */
  private static List<InetSocketAddress> sockets(InetSocketAddress address) throws IOException {
    InetAddress asked = address.getAddress();
    if (!asked.isAnyLocalAddress() || asked instanceof Inet4Address) {
      return List.of(address);
    }
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(Inet6Address.class::isInstance)
        .map(each -> new InetSocketAddress(each, address.getPort()))
        .toList();
  }
}
