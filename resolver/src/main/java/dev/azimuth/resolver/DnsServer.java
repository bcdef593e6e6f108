package dev.azimuth.resolver;

import com.sun.management.ThreadMXBean;
import dev.azimuth.net.BindFailure;
import dev.azimuth.net.Descriptor;
import dev.azimuth.steering.Turns;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Inet4Address;
import java.net.InetAddress;
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
   * @throws BindFailure when an address cannot be had; then nothing stays open
   * @throws IOException when a transport that is required cannot be had
   */
  public static DnsServer open(
      List<InetSocketAddress> listen, ServerOptions options, Gallery gallery) throws IOException {
    return open(listen, options, gallery, List.of());
  }

  /**
   * As {@link #open(List, ServerOptions, Gallery)}, going on with the sockets of another process
   * where they are of an address that is asked for. The others are closed here.
   *
   * @param handed what {@link #handOver} of the other process gave
   */
  public static DnsServer open(
      List<InetSocketAddress> listen,
      ServerOptions options,
      Gallery gallery,
      List<HandedListener> handed)
      throws IOException {
    try {
      var server = new DnsServer(options, gallery);
      try {
        server.reconfigure(listen, handed);
        return server;
      } catch (IOException | RuntimeException e) {
        server.close(Duration.ZERO);
        throw e;
      }
    } finally {
      handed.forEach(HandedListener::close);
    }
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
   * @throws BindFailure when a new address cannot be had; then everything stays as it was
   */
  public synchronized void reconfigure(List<InetSocketAddress> listen) throws IOException {
    reconfigure(listen, List.of());
  }

  private synchronized void reconfigure(List<InetSocketAddress> listen, List<HandedListener> handed)
      throws IOException {
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
          there = open(address, listen, handed);
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
    dropped.forEach(Listening::giveWay);
    close(dropped, LONGEST_DRAIN);
  }

  /**
   * Gives second descriptors of every socket, for another process to go on with. Nothing changes
   * here before {@link #retire}: until then both may answer.
   *
   * @return owned by the caller, who closes them
   * @throws IOException when the sockets are the JDK's and cannot be handed over, or when the
   *     server is closed
   */
  public synchronized List<HandedListener> handOver() throws IOException {
    if (closed) {
      throw new IOException("the server is closed");
    }
    var handed = new ArrayList<HandedListener>();
    try {
      for (Listening listening : open) {
        handed.add(listening.handOver());
      }
      return handed;
    } catch (IOException e) {
      handed.forEach(HandedListener::close);
      throw e;
    }
  }

  /**
   * Leaves everything to the process that the sockets were handed to: answers what was read, reads
   * and accepts nothing more, and lets TCP clients end their connections, within the limits that
   * they have anyway. Returns when none is left; then the server is closed.
   *
   * @param longest after which a TCP connection ends once it has nothing to ask
   */
  public void retire(Duration longest) {
    List<Listening> last;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      last = open;
    }
    long end = System.nanoTime() + longest.toNanos();
    last.forEach(Listening::leave);
    for (Listening listening : last) {
      listening.awaitClients(Math.max(1, (end - System.nanoTime()) / 1_000_000));
    }
    close(last, LONGEST_DRAIN);
    loops.close();
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

  private Listening open(
      InetSocketAddress address, List<InetSocketAddress> listen, List<HandedListener> handed)
      throws IOException {
    for (HandedListener each : handed) {
      if (each.configured().equals(address)) {
        return Listening.adopt(address, each, options, loops, gallery, this::takeTurns);
      }
    }
    boolean shared = share(address, listen, handed);
    return Listening.open(address, shared, options, loops, gallery, this::takeTurns);
  }

  /**
   * Where an address takes the place of all addresses, or the other way round, both have sockets of
   * one port for a moment. Those that are about to be closed let the new ones have it.
   *
   * @return whether there are any
   */
  private boolean share(
      InetSocketAddress address, List<InetSocketAddress> listen, List<HandedListener> handed) {
    boolean shared = false;
    for (HandedListener each : handed) {
      if (!listen.contains(each.configured()) && overlap(each.configured(), address)) {
        shared |= share(each);
      }
    }
    for (Listening each : open) {
      Listener its = each.listener();
      if (!listen.contains(its.configured()) && overlap(its.effective(), address)) {
        try (HandedListener second = each.handOver()) {
          shared |= share(second);
        } catch (IOException e) {
          // They are the JDK's: the new address cannot be had, which says why.
        }
      }
    }
    return shared;
  }

  private static boolean share(HandedListener sockets) {
    try {
      for (Descriptor datagrams : sockets.datagrams()) {
        datagrams.share();
      }
      sockets.stream().share();
      return true;
    } catch (IOException e) {
      return false; // likewise
    }
  }

  /** Whether one of two is all addresses, so that they cannot have the same port. */
  private static boolean overlap(InetSocketAddress one, InetSocketAddress other) {
    InetAddress first = one.getAddress();
    InetAddress second = other.getAddress();
    return one.getPort() == other.getPort()
        && first instanceof Inet4Address == second instanceof Inet4Address
        && (first.isAnyLocalAddress() || second.isAnyLocalAddress());
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
