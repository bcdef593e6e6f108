package dev.azimuth.balancer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Accepts connections on one address, on each loop those that this loop then serves. */
final class Listener implements Inlet {
  /** How many connections wait in the kernel until we accept them, where we say so. */
  static final int BACKLOG = 4096;

  private final Listen listen;
  private final Sockets.@Nullable Port port;
  private final List<Door> doors = new ArrayList<>();
  private final Counts counts = new Counts();
  private InetSocketAddress at;
  private volatile @Nullable Balancer balancer;
  private volatile boolean open;

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
        listener.doors.add(new Door.Bare(listener, loop, port.duplicate()));
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
    Channel channel = Transport.unbound(listen.at().getAddress());
    listener.doors.add(new Door.Jdk(listener, loops.getFirst(), channel, loops));
    channel.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
    channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
    loops.getFirst().events.register(channel).awaitUninterruptibly();
    ChannelFuture bound = channel.bind(listen.at()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      listener.close();
      throw new IOException("cannot listen on " + listen.at(), bound.cause());
    }
    if (channel.localAddress() instanceof InetSocketAddress local) {
      listener.at = local;
    }
    return listener;
  }

  @Override
  public Listen listen() {
    return listen;
  }

  @Override
  public @Nullable Balancer balancer() {
    return balancer;
  }

  @Override
  public void serve(Balancer next) {
    balancer = next;
    for (Door door : doors) {
      if (door instanceof Door.Bare bare) {
        bare.configure(next.settings().times());
      }
    }
  }

  @Override
  public InetSocketAddress at() {
    return at;
  }

  @Override
  public Counts counts() {
    return counts;
  }

  @Override
  public void start() {
    if (!open) {
      open = true;
      doors.forEach(Door::open);
    }
  }

  @Override
  public void close() {
    doors.forEach(Door::letLastIn);
    pass();
  }

  @Override
  public void pass() {
    open = false;
    doors.forEach(Door::leave);
    if (port != null) {
      port.close();
    }
  }

  @Override
  public boolean reopen() {
    return false;
  }

  /**
   * A connection of this listener has ended.
   *
   * @param loop which had it, and calls
   */
  void ended(End how, Loop loop) {
    counts.open.decrement();
    counts.ended(how);
    for (Door door : doors) {
      if (door.loop() == loop || doors.size() == 1) {
        door.left(); // all doors have one queue
      }
    }
  }

  void acceptFailed() {
    Balancer its = balancer;
    if (its != null) {
      its.acceptFailed();
    }
  }

  /** A door was closed for a while. */
  void paused() {
    Balancer its = balancer;
    if (its != null) {
      its.acceptPaused();
    }
  }

  /** Nothing is left to connect with: who comes meanwhile waits in the kernel. For any loop. */
  void pause() {
    if (open) {
      doors.forEach(Door::pause);
    }
  }

  /** Whether one more can be let in. */
  boolean room(Loop loop) {
    Balancer its = balancer;
    return its != null
        && counts.open.sum() < its.settings().limits().connections()
        && loop.budget.level() != Budget.Level.FULL;
  }

  /** One more has come in; it is {@code accepted} next. */
  void comes() {
    counts.accepted.increment();
    counts.open.increment();
  }

  /** A connection came by a socket of ours. */
  void accepted(Socket socket, InetSocketAddress source, Loop loop) throws IOException {
    Balancer its = admitted(loop);
    if (its == null) {
      socket.setSoLinger(0);
      socket.close();
      return;
    }
    var connection = new Connection(this, its, loop, source);
    try {
      connection.begin(Legs.accepted(connection, socket));
    } catch (IOException e) {
      socket.close();
      connection.end(End.LOCAL);
    }
  }

  /** A connection came by a socket of the JDK. */
  void accepted(SocketChannel channel, Loop loop) {
    InetSocketAddress source = channel.remoteAddress();
    if (source == null) {
      ended(End.CLIENT_LEFT, loop);
      channel.unsafe().closeForcibly();
      return;
    }
    Balancer its = admitted(loop);
    if (its == null) {
      channel.config().setSoLinger(0);
      channel.unsafe().closeForcibly(); // no loop has it yet
      return;
    }
    var connection = new Connection(this, its, loop, source);
    connection.begin(Legs.accepted(connection, channel));
  }

  /** Whose it is that has come; null, and that is counted, when it is to see RST. */
  private @Nullable Balancer admitted(Loop loop) {
    Balancer its = admits();
    if (its == null) {
      ended(End.DRAINED, loop);
    }
    return its;
  }
}
