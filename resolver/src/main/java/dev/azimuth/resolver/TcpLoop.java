package dev.azimuth.resolver;

import dev.azimuth.net.DatagramPort;
import dev.azimuth.steering.Turns;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What the connections of one event loop share: the responder with its buffers, and the order in
 * which they were last active. Used by the loop's thread, but for what says otherwise.
 */
final class TcpLoop {
  /** How often idle and stalled connections are looked for while there are any, in milliseconds. */
  private static final int SWEEP_MILLIS = 100;

  /** How often a loop shows that it is at work, in milliseconds: all that an idle one does. */
  private static final int BEAT_MILLIS = 1_000;

  /** How many octets of replies are gathered at most, and one more reply, before they are sent. */
  static final int AT_ONCE = 16 * 1024;

  /** How many octets a bare socket reads at once. */
  private static final int READ = 8 * 1024;

  private final IoEventLoop loop;
  private final int most;
  private final Consumer<Throwable> faults;

  final Gallery gallery;

  /** The steady clock. */
  final LongSupplier clock;

  final Responder responder;
  final Client client = new Client();
  final QueryTap tap;
  final ProxyHeader proxy = new ProxyHeader();
  final byte[] in = new byte[DatagramPort.PAYLOAD];
  final byte[] out = new byte[ResponseWriter.STREAM];

  final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;

  /** What bare sockets read into, one after the other. */
  final ByteBuf received = Unpooled.directBuffer(READ, READ);

  /** Replies of the connection that is being served. */
  final ByteBuf replies = Unpooled.directBuffer(AT_ONCE + Short.BYTES + ResponseWriter.STREAM);

  /** The connection that was active least recently comes first. */
  private final LinkedHashSet<TcpConnection> connections = new LinkedHashSet<>();

  /** With those that another loop has accepted for this one, and those being closed. */
  private final AtomicInteger taken = new AtomicInteger();

  /** Where nobody could be accepted the last time. */
  private final List<BareDoor> paused = new ArrayList<>();

  /** Whether the next sweep is arranged. */
  private boolean sweeping;

  private long sweepFaults;
  private volatile long beat = System.nanoTime();

  /**
   * @param most connections; one more closes the one that was active least recently
   */
  TcpLoop(IoEventLoop loop, Gallery gallery, Turns turns, int most, ServerOptions options) {
    this.loop = loop;
    this.gallery = gallery;
    this.most = most;
    this.clock = options.clock();
    this.faults = options.faults();
    this.responder = new Responder(turns);
    this.tap = gallery.queryLog().tap();
    client.stream = true;
  }

  EventLoop eventLoop() {
    return loop;
  }

  /** For any thread. */
  void execute(Runnable task) {
    loop.execute(task);
  }

  /** For any thread. */
  Future<?> submit(Runnable task) {
    return loop.submit(task);
  }

  /** Has the loop look after a bare socket, of which nothing is told yet. */
  IoRegistration register(IoHandle handle) throws IOException {
    Future<IoRegistration> registered = loop.register(handle);
    IoRegistration its = registered.getNow();
    if (its == null) {
      throw new IOException("the loop takes no socket", registered.cause());
    }
    return its;
  }

  /** Has a door look at the next sweep whether it can accept again. */
  void lookLater(BareDoor door) {
    paused.add(door);
    sweepSoon();
  }

  /** How many connections are here, or about to be; for any thread. */
  int connections() {
    return taken.get();
  }

  /** Whether one more closes another; for any thread. */
  boolean isFull() {
    return connections() >= most;
  }

  /** One more is about to come; for any thread. */
  void take() {
    taken.incrementAndGet();
  }

  /** One that was {@linkplain #take taken} is gone. */
  void gone() {
    taken.decrementAndGet();
  }

  /** Whether an address is that of a front end now. */
  boolean isFrontEnd(ClientAddress address) {
    address.fill(client);
    return gallery.current().admission().isFrontEnd(client);
  }

  void start() {
    var _ =
        loop.scheduleAtFixedRate(
            () -> beat = System.nanoTime(), BEAT_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void sweepSoon() {
    if (!sweeping) {
      sweeping = true;
      var _ = loop.schedule(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  void add(TcpConnection connection) {
    if (connections.size() >= most) {
      TcpConnection oldest = connections.getFirst();
      connections.remove(oldest);
      oldest.close(TrafficVisitor.Connection.EVICTED);
    }
    connections.add(connection);
    sweepSoon();
  }

  /** Moves a connection to the end of those that may have to go. */
  void active(TcpConnection connection) {
    if (connections.remove(connection)) {
      connections.add(connection);
    }
  }

  void remove(TcpConnection connection) {
    connections.remove(connection);
  }

  /** Tells of a fault in our own code: the first, second, fourth, eighth and so on. */
  void fault(long count, Throwable fault) {
    if (Long.bitCount(count) == 1) {
      try {
        faults.accept(fault);
      } catch (RuntimeException | Error e) {
        // There is nobody left to tell.
      }
    }
  }

  /** Whether the loop was seen at work at most {@code nanos} ago. */
  boolean healthy(long nanos) {
    return System.nanoTime() - beat <= nanos;
  }

  /** Closes all connections of a server. */
  void close(TcpServer server) {
    for (TcpConnection connection : new ArrayList<>(connections)) {
      if (connection.server() == server) {
        connection.close();
      }
    }
  }

  /** Gives its memory back; for whoever has seen that the thread has ended. */
  void release() {
    received.release();
    replies.release();
  }

  private void sweep() {
    long now = System.nanoTime();
    sweeping = false;
    try {
      List<BareDoor> looking = List.copyOf(paused);
      paused.clear();
      looking.forEach(BareDoor::look);
      // Closing takes a connection out of the set.
      for (TcpConnection connection : new ArrayList<>(connections)) {
        TrafficVisitor.Connection why = connection.overdue(now);
        if (why != null) {
          connection.close(why);
        }
      }
    } catch (RuntimeException | Error e) {
      fault(++sweepFaults, e); // thrown on, it would be the last sweep
    }
    if (!connections.isEmpty() || !paused.isEmpty()) {
      sweepSoon();
    }
  }
}
