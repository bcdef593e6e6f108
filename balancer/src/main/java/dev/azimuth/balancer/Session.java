package dev.azimuth.balancer;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The datagrams of one client to one local address, and those that come back: a socket that is
 * connected to a backend. Belongs to the loop of its listener. Holds no memory for datagrams.
 */
final class Session extends Wheel.Entry implements Forwarded, Watch.Reader {
  /** Then others that are ready have their turn. */
  private static final int MOST_ROUNDS = 4;

  final Tuple client;

  /** In its cell of {@link Sessions}, whose these three are. */
  @Nullable Session next;

  @Nullable Session earlier;
  @Nullable Session later;

  private final UdpListener listener;
  private final Balancer balancer;
  private final Settings settings;
  private final Caller caller;
  private final Backend backend;
  private final Datagrams.Bound front;
  private final Datagrams.Socket socket;
  private @Nullable Watch watch;
  private final long began;
  private long lastDatagram;
  private long firstOctetNanos;
  private long fromClient;
  private long fromBackend;
  private boolean answered;
  private boolean over;

  private final Farewell farewell = new Farewell(Long.MAX_VALUE);

  /**
   * @param caller let in, and counted as one of its source until the session ends
   * @param backend where it has taken a place
   * @param front where the client's datagrams come
   * @param socket connected to the backend; closed with the session
   */
  Session(
      UdpListener listener,
      Balancer balancer,
      Tuple client,
      Caller caller,
      Backend backend,
      Datagrams.Bound front,
      Datagrams.Socket socket,
      long now) {
    this.listener = listener;
    this.balancer = balancer;
    this.settings = balancer.settings();
    this.client = new Tuple(client);
    this.caller = caller;
    this.backend = backend;
    this.front = front;
    this.socket = socket;
    began = now;
    lastDatagram = now;
  }

  /** Listens to the backend; false, and it has ended, when the system can watch no more sockets. */
  boolean begin() {
    try {
      watch = Watch.of(listener.loop(), socket, this);
      return true;
    } catch (RuntimeException e) {
      end(End.LOCAL);
      return false;
    }
  }

  @Override
  public Backend backend() {
    return backend;
  }

  @Override
  public boolean isOf(Inlet of) {
    return of == listener;
  }

  @Override
  public boolean isOf(Balancer of) {
    return of == balancer;
  }

  /** Datagrams of the client have come, those between two indices. */
  void forward(int first, int end, long octets, long now) {
    int count = end - first;
    lastDatagram = now;
    fromClient += octets;
    listener.sessions().touch(this);
    try {
      int sent = listener.datagrams().pass(first, end, socket);
      if (sent < count) {
        listener.counts().unsentToBackends.add(count - Math.max(0, sent));
      }
      if (sent == Datagrams.UNREACHABLE) {
        unreachable();
      } else {
        backend.toBackend.add(octets);
      }
    } catch (IOException e) {
      end(End.LOCAL);
    }
  }

  @Override
  public void readable() {
    try {
      for (int round = 0; round < MOST_ROUNDS && !over; round++) {
        int count = listener.datagrams().receive(socket);
        if (count == Datagrams.UNREACHABLE) {
          unreachable();
        } else if (count > 0) {
          answer(count);
        } else {
          return;
        }
      }
    } catch (IOException e) {
      end(End.LOCAL);
    }
  }

  private void answer(int count) throws IOException {
    long now = System.nanoTime();
    Datagrams datagrams = listener.datagrams();
    Counts counts = listener.counts();
    long octets = 0;
    for (int i = 0; i < count; i++) {
      octets += datagrams.length(i);
    }
    if (!answered) {
      answered = true;
      firstOctetNanos = now - began;
      backend.answered(firstOctetNanos / 1000, now / 1_000_000);
      backend.succeeded();
    }
    lastDatagram = now;
    fromBackend += octets;
    listener.sessions().touch(this);
    backend.fromBackend.add(octets);
    int sent = Math.max(0, datagrams.pass(0, count, front, client));
    counts.datagramsToClients.add(sent);
    counts.toClients.add(octets);
    if (sent < count) {
      counts.unsentToClients.add(count - sent);
    }
  }

  /** Nobody is at the backend's port, says the network. */
  private void unreachable() {
    balancer.failed(backend, Failure.REFUSED);
    end(answered ? End.BACKEND_RESET : End.NOT_REACHED);
  }

  @Override
  public void stopped() {
    end(End.STOPPED);
  }

  @Override
  public void endBy(Farewell.Of of, long nanos, End why) {
    farewell.set(of, nanos, why);
    listener.loop().wheel.add(this);
  }

  @Override
  public void end(End how) {
    if (over) {
      return;
    }
    over = true;
    if (watch != null) {
      watch.end();
    }
    listener.loop().closeLater(socket::close);
    backend.leave();
    balancer.left(backend);
    caller.left();
    balancer.ended(this, how);
    listener.ended(this, how);
  }

  @Override
  long deadline() {
    return Math.min(lastDatagram + settings.times().idle().toNanos(), farewell.first());
  }

  @Override
  void expired(long now) {
    end(farewell.first() <= now ? farewell.why() : End.IDLE);
  }

  @Override
  public void tighten() {}

  @Override
  public ConnectionRecord record(End how) {
    return new ConnectionRecord(
        settings.name(),
        caller.client(),
        listener.at(),
        backend.key,
        how,
        /* retries= */ 0,
        /* connectMicros= */ 0,
        firstOctetNanos / 1000,
        (System.nanoTime() - began) / 1000,
        fromClient,
        fromBackend);
  }
}
