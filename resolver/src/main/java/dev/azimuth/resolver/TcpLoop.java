package dev.azimuth.resolver;

import dev.azimuth.net.DatagramPort;
import dev.azimuth.steering.Turns;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What the connections of one event loop share: the responder with its buffers, and the order in
 * which they were last active. Everything but {@link #beat} is used by the loop's thread only.
 */
final class TcpLoop {
  /** How often idle and stalled connections are looked for, in milliseconds. */
  private static final int SWEEP_MILLIS = 100;

  private final EventLoop loop;
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

  /** The connection that was active least recently comes first. */
  private final LinkedHashSet<TcpConnection> connections = new LinkedHashSet<>();

  private long sweepFaults;
  private volatile long beat = System.nanoTime();

  /**
   * @param most connections; one more closes the one that was active least recently
   */
  TcpLoop(EventLoop loop, Gallery gallery, Turns turns, int most, ServerOptions options) {
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

  /** Whether an address is that of a front end now. */
  boolean isFrontEnd(ClientAddress address) {
    address.fill(client);
    return gallery.current().admission().isFrontEnd(client);
  }

  void start() {
    var _ =
        loop.scheduleAtFixedRate(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  void add(TcpConnection connection) {
    if (connections.size() >= most) {
      TcpConnection oldest = connections.getFirst();
      connections.remove(oldest);
      oldest.close(TrafficVisitor.Connection.EVICTED);
    }
    connections.add(connection);
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

  private void sweep() {
    long now = System.nanoTime();
    beat = now;
    try {
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
  }
}
