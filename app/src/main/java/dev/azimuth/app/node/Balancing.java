package dev.azimuth.app.node;

import dev.azimuth.app.config.BalancerConfig;
import dev.azimuth.app.config.Config;
import dev.azimuth.app.host.Printable;
import dev.azimuth.balancer.BalancerReport;
import dev.azimuth.balancer.Balancers;
import dev.azimuth.balancer.ConnectionRecord;
import dev.azimuth.balancer.Observer;
import dev.azimuth.balancer.Settings;
import dev.azimuth.balancer.Setup;
import dev.azimuth.net.DatagramPorts;
import dev.azimuth.steering.Addresses;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The balancers of the node, and what it tells them. Made with the node; nothing runs before there
 * is a balancer. Safe for use by several threads.
 */
final class Balancing implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("azimuth");
  private static final Logger CONNECTIONS = LoggerFactory.getLogger("azimuth.connections");

  /** How often it is looked whether connections have ended. */
  private static final Duration LOOK = Duration.ofMillis(20);

  private final CountDownLatch hurried = new CountDownLatch(1);
  private final int loops;
  private final Failing failing;
  private final @Nullable BalancerPorts ports;
  private @Nullable Balancers balancers; // guarded by this
  private List<Setup> latest = List.of(); // guarded by this

  /** Whether certificates may have been read anew since. Guarded by this. */
  private boolean prepared;

  private boolean started; // guarded by this
  private boolean leaving; // guarded by this

  /** How often each has ejected a backend. Guarded by this. */
  private final Map<String, Long> ejections = new HashMap<>();

  /** Hears that connections of a balancer to a backend fail. */
  @FunctionalInterface
  interface Failing {
    void fail(String balancer, String backend);
  }

  /**
   * @param loops how many threads
   * @param failing told of backends that connections fail with; must not wait
   * @param handed sockets of the process before
   */
  Balancing(int loops, Failing failing, List<BalancerPorts.Handed> handed) {
    this.loops = loops;
    this.failing = failing;
    boolean adopted = DatagramPorts.nativeAvailable() && Balancers.adopts();
    ports = adopted ? new BalancerPorts(handed) : null;
  }

  /**
   * Makes certificates ready, which may take its time, and opens what a configuration listens on
   * and is not open yet. Meanwhile the publisher goes on.
   *
   * @throws IOException when an address cannot be had: nothing has changed then
   */
  void prepare(Config config) throws IOException {
    List<Settings> all =
        config.balancers().values().stream().map(BalancerConfig::settings).toList();
    Balancers there = all.isEmpty() ? current() : opened();
    if (there != null) {
      there.prepare(all);
      prepared();
    }
  }

  private synchronized Balancers opened() {
    Balancers there = balancers;
    if (there == null) {
      there = Balancers.open(loops, ports, new Told(), new SplittableRandom());
      balancers = there;
      if (started) {
        there.start();
      }
    }
    return there;
  }

  private synchronized void prepared() {
    prepared = true;
  }

  /** What was prepared is not wanted after all. */
  synchronized void discard() {
    if (balancers != null) {
      balancers.discard();
      prepared = false;
    }
  }

  /** This is in force now. */
  synchronized void published(Published published) {
    if (balancers != null && !leaving) {
      List<Setup> now = ForwardSetups.of(published);
      if (prepared || !now.equals(latest)) {
        balancers.put(now);
        latest = now;
        prepared = false;
      }
      for (Setup setup : now) {
        String name = setup.settings().name();
        balancers.drain(name, published.orders().drained(name, published.at()));
      }
    }
  }

  /** Accepts from now on. */
  synchronized void start() {
    started = true;
    if (ports != null) {
      ports.forgetHanded();
    }
    if (balancers != null) {
      balancers.start();
    }
  }

  /** Whether every loop is at work. */
  synchronized boolean healthy() {
    return balancers == null || balancers.healthy();
  }

  /** A balancer leaves a backend out. */
  synchronized void ejected(String balancer) {
    ejections.merge(balancer, 1L, Long::sum);
  }

  /** How often a balancer has done so. */
  synchronized long ejections(String balancer) {
    return ejections.getOrDefault(balancer, 0L);
  }

  /** Every balancer as it stands. */
  synchronized List<BalancerReport> reports() {
    return balancers == null ? List.of() : balancers.reports();
  }

  /** Second descriptors of all sockets, for another process to go on with. */
  List<BalancerPorts.Handed> handOver() throws IOException {
    return ports == null ? List.of() : ports.handOver();
  }

  /**
   * Lets nobody new in; connections have the time to end that draining gives.
   *
   * @param successor whether another process goes on with the sockets
   */
  synchronized void leave(boolean successor) {
    leaving = true;
    if (balancers != null) {
      balancers.retire(successor);
    }
  }

  /**
   * Goes on letting clients in for a while, but for no longer than connections have to end.
   *
   * @param lead for how long answers may still lead clients here
   */
  void serveOn(Duration lead) {
    Duration drain = drain(every -> true);
    Duration its = lead.compareTo(drain) < 0 ? lead : drain;
    if (!its.isZero()) {
      LOG.info(
          "answers may lead clients to balancers for {} s more; another signal ends it at once",
          its.toSeconds());
      pause(its);
    }
  }

  /** Waits for connections to end after {@link #leave}. */
  void awaitEnd() {
    Balancers left = current();
    if (left == null || left.open() == 0) {
      return;
    }
    Set<String> busy =
        left.reports().stream()
            .filter(each -> each.listeners().stream().anyMatch(listener -> listener.open() > 0))
            .map(BalancerReport::name)
            .collect(Collectors.toSet());
    // Those of a listener that is gone belong to none of these.
    Duration drain = drain(busy.isEmpty() ? every -> true : busy::contains);
    LOG.info("{} connections of balancers have {} s to end", left.open(), drain.toSeconds());
    // The last third is that over which those are spread that have to be closed.
    Duration longest = drain.plus(drain.dividedBy(3)).plusSeconds(1);
    long end = System.nanoTime() + longest.toNanos();
    while (left.open() > 0 && !pause(LOOK)) {
      if (System.nanoTime() - end >= 0) {
        break;
      }
    }
    if (left.open() > 0) {
      LOG.warn("{} connections of balancers did not end", left.open());
    }
  }

  /** Waits for no client any more. */
  void hurry() {
    hurried.countDown();
  }

  /** Waits; true when nothing is to be waited for any more. */
  private boolean pause(Duration longest) {
    try {
      return hurried.await(longest.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private synchronized @Nullable Balancers current() {
    return balancers;
  }

  /** The longest time that one of some balancers gives connections to end. */
  private synchronized Duration drain(Predicate<String> which) {
    return latest.stream()
        .filter(setup -> which.test(setup.settings().name()))
        .map(setup -> setup.settings().times().drain())
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  @Override
  public synchronized void close() {
    if (balancers != null) {
      balancers.close();
    }
  }

  /** Hears the loops. */
  private final class Told implements Observer {
    @Override
    public void ended(ConnectionRecord connection) {
      CONNECTIONS.info(
          "{} {} at {} to {} {} after {} ms: {} octets in, {} out, connect {} µs, first octet {} µs,"
              + " {} retries{}",
          connection.balancer(),
          Addresses.text(connection.client()),
          Addresses.text(connection.listener()),
          connection.backend() == null ? "-" : connection.backend(),
          connection.end(),
          connection.micros() / 1000,
          connection.fromClient(),
          connection.fromBackend(),
          connection.connectMicros(),
          connection.firstOctetMicros(),
          connection.retries(),
          connection.cause() == null
              ? ""
              : ", %s failed: %s".formatted(connection.failed(), Printable.of(connection.cause())));
    }

    @Override
    public void failing(String balancer, String backend) {
      failing.fail(balancer, backend);
    }

    @Override
    public void fault(Throwable fault) {
      LOG.error("a fault in a balancer, its other connections go on", fault);
    }
  }
}
