package dev.azimuth.balancer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Accepts connections on one address, on each loop those that this loop then serves. */
final class Listener {
  /**
   * What one side may make the kernel hold: once it has said that nothing more will come,
   * everything of it is read, whether the other side takes it or not.
   */
  static final int RECEIVE_BUFFER = 256 * 1024;

  private static final WriteBufferWaterMark MARKS = new WriteBufferWaterMark(64 * 1024, 128 * 1024);
  private static final WriteBufferWaterMark TIGHT_MARKS =
      new WriteBufferWaterMark(16 * 1024, 32 * 1024);

  /** How many connections wait in the kernel until we accept them, where we say so. */
  private static final int BACKLOG = 4096;

  private final Listen listen;
  private final Sockets.@Nullable Port port;
  private final List<Channel> accepting = new ArrayList<>();
  private final Counts counts = new Counts();
  private volatile @Nullable Balancer balancer;
  private volatile boolean open;

  private InetSocketAddress at;

  private Listener(Listen listen, Sockets.@Nullable Port port) {
    at = port == null ? listen.at() : port.localAddress();
    this.listen = listen;
    this.port = port;
  }

  /**
   * Has every loop accept from a socket, but nobody before {@link #start}.
   *
   * @param port closed with the listener, or when this fails
   */
  static Listener open(Listen listen, Sockets.Port port, List<Loop> loops) throws IOException {
    var listener = new Listener(listen, port);
    try {
      for (Loop loop : loops) {
        listener.accept(Transport.adopted(port.duplicate()), loop, List.of(loop));
      }
      return listener;
    } catch (IOException e) {
      listener.close();
      throw e;
    }
  }

  /**
   * Has the JDK open the socket: one loop accepts, all serve.
   *
   * @throws IOException when the address cannot be had
   */
  static Listener open(Listen listen, List<Loop> loops) throws IOException {
    var listener = new Listener(listen, null);
    try {
      Channel channel = Transport.unbound(listen.at().getAddress());
      channel.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
      channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
      channel.config().setOption(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER);
      listener.accept(channel, loops.getFirst(), loops);
      ChannelFuture bound = channel.bind(listen.at()).awaitUninterruptibly();
      if (!bound.isSuccess()) {
        throw new IOException("cannot listen on " + listen.at(), bound.cause());
      }
      if (channel.localAddress() instanceof InetSocketAddress local) {
        listener.at = local;
      }
      return listener;
    } catch (IOException e) {
      listener.close();
      throw e;
    }
  }

  private void accept(Channel channel, Loop loop, List<Loop> serving) throws IOException {
    accepting.add(channel);
    channel.config().setAutoRead(false);
    channel.pipeline().addLast(new Acceptor(channel, loop, serving));
    if (!loop.events.register(channel).awaitUninterruptibly().isSuccess()) {
      throw new IOException("cannot listen on " + listen.at());
    }
  }

  Listen listen() {
    return listen;
  }

  /** Whose it is; null before it is anybody's. */
  @Nullable Balancer balancer() {
    return balancer;
  }

  /** New connections are this balancer's from now on. */
  void serve(Balancer next) {
    balancer = next;
  }

  /** As it is bound. */
  InetSocketAddress at() {
    return at;
  }

  Counts counts() {
    return counts;
  }

  /** Accepts from now on. */
  void start() {
    if (open) {
      return;
    }
    open = true;
    accepting.forEach(channel -> channel.config().setAutoRead(true));
  }

  /** Accepts nobody from now on, and closes the socket. */
  void close() {
    open = false;
    for (Channel channel : accepting) {
      channel.close().awaitUninterruptibly();
    }
    if (port != null) {
      port.close();
    }
  }

  /** What both channels of a connection have in common. */
  void configure(SocketChannel channel, Settings settings, Loop loop) {
    ChannelConfig config = channel.config();
    config.setAllocator(loop.budget.allocator());
    config.setRecvByteBufAllocator(loop.reads);
    mark(channel, loop);
    config.setConnectTimeoutMillis(0); // deadlines are ours
    config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    if (channel.parent() == null) {
      config.setOption(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER); // accepted ones inherit it
    }
    Settings.Times times = settings.times();
    if (!times.keepAlive().isZero()) {
      config.setOption(ChannelOption.SO_KEEPALIVE, true);
      if (loop.transport == Transport.EPOLL) {
        int seconds = Math.toIntExact(Math.max(1, times.keepAlive().toSeconds()));
        config.setOption(EpollChannelOption.TCP_KEEPIDLE, seconds);
        config.setOption(EpollChannelOption.TCP_KEEPINTVL, Math.max(1, seconds / 4));
      }
    }
    if (!times.user().isZero() && loop.transport == Transport.EPOLL) {
      config.setOption(
          EpollChannelOption.TCP_USER_TIMEOUT, Math.toIntExact(times.user().toMillis()));
    }
  }

  /** Says how much may wait to be written before nothing more is read for it. */
  static void mark(Channel channel, Loop loop) {
    channel.config().setWriteBufferWaterMark(loop.tight() ? TIGHT_MARKS : MARKS);
  }

  /** A connection of this listener has ended. */
  void ended(End how) {
    counts.open.decrement();
    counts.ended(how);
  }

  private boolean full(Balancer of) {
    return counts.open.sum() >= of.settings().limits().connections();
  }

  /** Accepts on one loop. */
  private final class Acceptor extends ChannelInboundHandlerAdapter {
    private final Channel channel;
    private final Loop loop;
    private final List<Loop> serving;
    private final Runnable look = this::look;
    private boolean paused;
    private int turn;

    /**
     * @param serving the loops that serve what is accepted, in turn
     */
    Acceptor(Channel channel, Loop loop, List<Loop> serving) {
      this.channel = channel;
      this.loop = loop;
      this.serving = serving;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      Balancer its = balancer;
      if (its == null || !(message instanceof SocketChannel accepted)) {
        ReferenceCountUtil.release(message);
        return;
      }
      accepted(accepted, its);
      if (full(its) || loop.budget.level() == Budget.Level.FULL) {
        pause();
      }
    }

    private void accepted(SocketChannel client, Balancer its) {
      counts.accepted.increment();
      InetSocketAddress source = client.remoteAddress();
      if (source == null) {
        client.unsafe().closeForcibly(); // it left before it was accepted
        return;
      }
      if (its.drained()) {
        refuse(client, End.DRAINED);
        return;
      }
      counts.open.increment();
      Loop next = serving.get(turn);
      turn = turn + 1 == serving.size() ? 0 : turn + 1;
      if (next == loop) {
        serve(client, source, its, next);
      } else {
        next.events.execute(() -> serve(client, source, its, next));
      }
    }

    /** Has it see RST. */
    private void refuse(SocketChannel client, End why) {
      counts.ended(why);
      client.config().setSoLinger(0);
      client.unsafe().closeForcibly(); // no loop has it yet
    }

    private void serve(SocketChannel client, InetSocketAddress source, Balancer its, Loop on) {
      Entrance entrance = its.entrance();
      InetSocketAddress local = client.localAddress();
      Caller caller = new Caller(source, local == null ? at : local);
      var connection = new Connection(Listener.this, its, entrance, on, client, caller);
      configure(client, entrance.settings(), on);
      client.config().setAutoRead(false);
      client.pipeline().addLast(connection.clientLeg());
      on.register(client);
      connection.begin();
      Opening.begin(connection, caller, entrance, client);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // No descriptor or memory was left to accept with: whoever waits, waits in the kernel.
      Balancer its = balancer;
      if (its != null) {
        its.acceptFailed();
      }
      pause();
    }

    private void pause() {
      if (!paused) {
        paused = true;
        channel.config().setAutoRead(false);
        loop.eachTick(look);
      }
    }

    private void look() {
      Balancer its = balancer;
      if (!open || its == null || (!full(its) && loop.budget.level() != Budget.Level.FULL)) {
        paused = false;
        loop.notEachTick(look);
        if (open) {
          channel.config().setAutoRead(true);
        }
      }
    }
  }
}
