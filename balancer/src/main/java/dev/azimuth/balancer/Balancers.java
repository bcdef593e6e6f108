package dev.azimuth.balancer;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All balancers of a process. Made once; settings, backends and listeners change while connections
 * go on. Methods that change something are for any thread, one at a time; a lock sees to that.
 */
public final class Balancers implements AutoCloseable {
  private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final MultiThreadIoEventLoopGroup group;
  private final List<Loop> loops = new ArrayList<>();
  private final @Nullable Sockets sockets;
  private final Observer observer;
  private volatile Map<String, Balancer> balancers = Map.of();
  private boolean started; // guarded by this
  private boolean closed; // guarded by this

  /** Closes listeners that are left behind once their connections have ended. */
  private final List<Listener> leaving = new ArrayList<>(); // guarded by this

  private Balancers(
      MultiThreadIoEventLoopGroup group,
      Transport transport,
      @Nullable Sockets sockets,
      Observer observer,
      SplittableRandom random) {
    this.group = group;
    this.sockets = sockets;
    this.observer = observer;
    var budget = new Budget(new PooledByteBufAllocator(true));
    for (EventExecutor executor : group) {
      var loop = new Loop((EventLoop) executor, transport, random.split(), budget, observer::fault);
      loops.add(loop);
      loop.start();
    }
  }

  /** Whether sockets of others can be adopted here. */
  public static boolean adopts() {
    return Epoll.isAvailable();
  }

  /**
   * Starts the loops; there is no balancer yet.
   *
   * @param threads how many loops, at least 1
   * @param sockets where listening sockets come from; null has the JDK open them and connect
   * @throws IllegalStateException when there are sockets but Netty cannot adopt them here: see
   *     {@link #adopts}
   * @param random seeds all that is drawn
   */
  public static Balancers open(
      int threads, @Nullable Sockets sockets, Observer observer, SplittableRandom random) {
    if (sockets != null && !adopts()) {
      throw new IllegalStateException("no socket can be adopted here", Epoll.unavailabilityCause());
    }
    Transport transport = sockets == null ? Transport.NIO : Transport.EPOLL;
    var names = new DefaultThreadFactory("azimuth-balancer", true);
    var group = new MultiThreadIoEventLoopGroup(threads, names, transport.handler());
    return new Balancers(group, transport, sockets, observer, random);
  }

  /**
   * Takes up what is configured: opens what is new, then leaves what is gone. Connections of a
   * listener that is gone have the time that draining gives. A balancer that is new has no backend
   * before {@link #supply}.
   *
   * @param all of distinct names and addresses
   * @throws IOException when an address cannot be had: then nothing has changed
   */
  public synchronized void adopt(List<Settings> all) throws IOException {
    if (closed) {
      throw new IOException("the balancers are closed");
    }
    Map<String, Balancer> next = new LinkedHashMap<>();
    Map<Balancer, List<Listener>> listening = new LinkedHashMap<>();
    List<Listener> opened = new ArrayList<>();
    try {
      for (Settings settings : all) {
        Balancer there = balancers.get(settings.name());
        Balancer balancer =
            there != null ? there : new Balancer(settings, List.copyOf(loops), observer);
        List<Listener> its = new ArrayList<>();
        for (Listen listen : settings.listen()) {
          Listener open = find(balancer, listen);
          if (open == null) {
            open =
                sockets == null
                    ? Listener.open(listen, balancer, loops)
                    : Listener.open(listen, balancer, sockets.open(listen), loops);
            opened.add(open);
          }
          its.add(open);
        }
        next.put(settings.name(), balancer);
        listening.put(balancer, its);
      }
    } catch (IOException | RuntimeException e) {
      opened.forEach(Listener::close);
      throw e;
    }
    List<Listener> before =
        balancers.values().stream().flatMap(each -> each.listeners().stream()).toList();
    all.forEach(
        settings -> {
          Balancer balancer = next.get(settings.name());
          if (balancer != null) {
            balancer.adopt(settings, listening.getOrDefault(balancer, List.of()));
          }
        });
    balancers = Map.copyOf(next);
    if (started) {
      opened.forEach(Listener::start);
    }
    List<Listener> kept = listening.values().stream().flatMap(List::stream).toList();
    before.stream().filter(listener -> !kept.contains(listener)).forEach(this::leave);
  }

  private static @Nullable Listener find(Balancer balancer, Listen listen) {
    for (Listener listener : balancer.listeners()) {
      if (listener.listen().equals(listen)) {
        return listener;
      }
    }
    return null;
  }

  private void leave(Listener listener) {
    listener.close();
    leaving.removeIf(each -> each.counts().open.sum() == 0);
    leaving.add(listener);
    Balancer balancer = listener.balancer();
    balancer.depart(
        connection -> connection.isOf(listener),
        balancer.settings().times().drain().toNanos(),
        End.DRAINED);
  }

  /** Accepts connections from now on. */
  public synchronized void start() {
    started = true;
    balancers.values().forEach(each -> each.listeners().forEach(Listener::start));
  }

  /**
   * What a balancer forwards to from now on.
   *
   * @param supplies its own first, then one for each of its matches
   */
  public synchronized void supply(String balancer, List<Supply> supplies, Departing departing) {
    Balancer known = balancers.get(balancer);
    if (known != null) {
      known.supply(supplies, departing);
    }
  }

  /** Lets nobody new into a balancer, or does so again. */
  public synchronized void drain(String balancer, boolean drained) {
    Balancer known = balancers.get(balancer);
    if (known != null) {
      known.drain(drained);
    }
  }

  /** Every balancer as it stands. */
  public List<BalancerReport> reports() {
    return balancers.values().stream().map(Balancer::report).toList();
  }

  /** Connections that are open now, those of listeners that are gone included. */
  public synchronized long open() {
    long open = 0;
    for (Balancer balancer : balancers.values()) {
      for (Listener listener : balancer.listeners()) {
        open += listener.counts().open.sum();
      }
    }
    for (Listener listener : leaving) {
      open += listener.counts().open.sum();
    }
    return open;
  }

  /** Whether every loop was at work within the last two seconds. */
  public boolean healthy() {
    return loops.stream().allMatch(loop -> loop.healthy(STUCK_NANOS));
  }

  /**
   * Accepts no more, and lets connections end by themselves for a time; the sockets stay open for
   * whoever else has them.
   */
  public synchronized void retire() {
    for (Balancer balancer : balancers.values()) {
      balancer.listeners().forEach(Listener::stop);
      balancer.drain(true);
    }
  }

  /**
   * Waits until no connection is open.
   *
   * @return false when some are after that time
   */
  public boolean awaitEnd(Duration longest) throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    while (open() > 0) {
      if (System.nanoTime() - end >= 0) {
        return false;
      }
      Thread.sleep(20);
    }
    return true;
  }

  /** Ends everything now. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    balancers.values().forEach(each -> each.listeners().forEach(Listener::close));
    for (Loop loop : loops) {
      loop.events
          .submit(() -> loop.connections().forEach(connection -> connection.end(End.STOPPED)))
          .awaitUninterruptibly(1_000);
    }
    var _ = group.shutdownGracefully(0, 300, TimeUnit.MILLISECONDS).awaitUninterruptibly(500);
  }
}
