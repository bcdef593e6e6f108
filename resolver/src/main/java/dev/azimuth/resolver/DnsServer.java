package dev.azimuth.resolver;

import com.sun.management.ThreadMXBean;
import dev.azimuth.steering.Turns;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The listeners of one process, over UDP and TCP, answering from the picture in a {@link Gallery}.
 * Safe for use by several threads; opening and closing block for at most two seconds.
 */
public final class DnsServer implements AutoCloseable {
  /** A worker waits at most 200 ms for datagrams; one not seen for so long is stuck. */
  private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final Duration LONGEST_DRAIN = Duration.ofSeconds(1);

  private final ServerOptions options;
  private final Gallery gallery;
  private final TcpLoops loops;
  private final SecureRandom random = new SecureRandom();

  /** Of every worker there is or was: a new worker goes on where one that has ended stopped. */
  private final List<Turns> turns = new CopyOnWriteArrayList<>();

  private final Deque<Turns> free = new ArrayDeque<>();
  private volatile List<Listening> open = List.of();
  private volatile boolean started;
  private volatile boolean closed;

  private DnsServer(ServerOptions options, Gallery gallery) throws IOException {
    this.options = options;
    this.gallery = gallery;
    this.loops = TcpLoops.open(options, gallery, this::takeTurns);
  }

  /**
   * Binds UDP and TCP on the same ports. Nobody is answered before {@link #start}; what comes until
   * then waits in the kernel.
   *
   * @param listen resolved and distinct; port 0 picks one free for both
   * @throws BindException when an address cannot be had; then nothing stays open
   * @throws IOException when a transport that is required cannot be had
   */
  public static DnsServer open(
      List<InetSocketAddress> listen, ServerOptions options, Gallery gallery) throws IOException {
    var server = new DnsServer(options, gallery);
    try {
      server.reconfigure(listen);
    } catch (IOException | RuntimeException e) {
      server.close(Duration.ZERO);
      throw e;
    }
    return server;
  }

  /** Begins to answer. */
  public synchronized void start() {
    if (!started && !closed) {
      started = true;
      open.forEach(Listening::start);
    }
  }

  /** What is being listened on, in the order it was asked for. */
  public List<Listener> listeners() {
    return open.stream().map(Listening::listener).toList();
  }

  /**
   * Changes what is listened on: addresses that stay are not touched, new ones are opened before
   * the others are closed.
   *
   * @param listen as for {@link #open}
   * @throws IOException when a new address cannot be had; then everything stays as it was
   */
  public synchronized void reconfigure(List<InetSocketAddress> listen) throws IOException {
    if (closed) {
      throw new IOException("the server is closed");
    }
    if (Set.copyOf(listen).size() != listen.size()) {
      throw new IllegalArgumentException("an address is listened on twice: " + listen);
    }
    var next = new ArrayList<Listening>();
    var opened = new ArrayList<Listening>();
    try {
      for (InetSocketAddress address : listen) {
        Listening there = find(address);
        if (there == null) {
          there = Listening.open(address, options, loops, gallery, this::takeTurns);
          opened.add(there);
        }
        next.add(there);
      }
    } catch (IOException | RuntimeException e) {
      close(opened, Duration.ZERO);
      throw e;
    }
    if (started) {
      opened.forEach(Listening::start);
    }
    var dropped = new ArrayList<>(open);
    dropped.removeAll(next);
    open = List.copyOf(next);
    close(dropped, LONGEST_DRAIN);
  }

  /** Visits the counters of every listener. */
  public void traffic(TrafficVisitor visitor) {
    open.forEach(listening -> listening.traffic(visitor));
  }

  /** The turns of every worker, for the counts of answers; workers that have ended included. */
  public List<Turns> turns() {
    return List.copyOf(turns);
  }

  /** How many octets all UDP workers have allocated on the heap since they were started. */
  public long allocatedBytes() {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long bytes = 0;
    for (Listening listening : open) {
      for (Thread thread : listening.threads()) {
        bytes += Math.max(0, threads.getThreadAllocatedBytes(thread.threadId()));
      }
    }
    return bytes;
  }

  /** Whether every worker and every event loop was at work within the last two seconds. */
  public boolean healthy() {
    return started
        && !closed
        && loops.healthy(STUCK_NANOS)
        && open.stream().allMatch(listening -> listening.healthy(STUCK_NANOS));
  }

  /**
   * Takes no more clients, answers what has come, and closes.
   *
   * @param drain how long open TCP connections may take, at most one second of it
   */
  public synchronized void close(Duration drain) {
    if (!closed) {
      closed = true;
      List<Listening> last = open;
      open = List.of();
      close(last, drain.compareTo(LONGEST_DRAIN) < 0 ? drain : LONGEST_DRAIN);
      loops.close();
    }
  }

  /** Closes at once. */
  @Override
  public void close() {
    close(Duration.ZERO);
  }

  private void close(List<Listening> dropped, Duration drain) {
    long end = System.nanoTime() + drain.toNanos();
    dropped.forEach(listening -> listening.drain(drain.toNanos()));
    for (Listening listening : dropped) {
      listening.close(Math.max(0, (end - System.nanoTime()) / 1_000_000), free::push);
    }
  }

  private @Nullable Listening find(InetSocketAddress configured) {
    for (Listening listening : open) {
      if (listening.listener().configured().equals(configured)) {
        return listening;
      }
    }
    return null;
  }

  private Turns takeTurns() {
    Turns taken = free.poll();
    if (taken == null) {
      taken = new Turns(random.nextLong());
      turns.add(taken);
    }
    return taken;
  }
}
