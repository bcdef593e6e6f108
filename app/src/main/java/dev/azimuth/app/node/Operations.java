package dev.azimuth.app.node;

import dev.azimuth.app.host.Printable;
import dev.azimuth.app.orders.Freeze;
import dev.azimuth.app.orders.Order;
import dev.azimuth.app.orders.Preview;
import dev.azimuth.app.orders.Roster;
import dev.azimuth.app.orders.Selector;
import dev.azimuth.health.State;
import dev.azimuth.resolver.DnsServer;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Explanation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What operators ask of a running node: every change goes through the publisher. */
final class Operations implements Node {
  private static final Logger LOG = LoggerFactory.getLogger("azimuth");

  private final NodeRuntime runtime;
  private final String version;
  private final LongSupplier clock;
  private final Pictures pictures;
  private final Keeper keeper;
  private final Publisher publisher;
  private final Reloading reloading;
  private final Instant started = Instant.now();
  private final RecentCounts recent = new RecentCounts();
  private final ReentrantLock changing = new ReentrantLock();
  private boolean suspended; // guarded by changing

  /** What became of the orders of the process before; null when they are in force, or given up. */
  private volatile @Nullable String ordersLost;

  /**
   * @param ordersLost why the orders that were kept are not in force; null when they are
   */
  Operations(
      NodeRuntime runtime,
      String version,
      LongSupplier clock,
      Pictures pictures,
      Keeper keeper,
      Publisher publisher,
      Reloading reloading,
      @Nullable String ordersLost) {
    this.ordersLost = ordersLost;
    this.runtime = runtime;
    this.version = version;
    this.clock = clock;
    this.pictures = pictures;
    this.keeper = keeper;
    this.publisher = publisher;
    this.reloading = reloading;
  }

  @Override
  public List<String> missing() {
    if (runtime.stopping()) {
      return List.of("the node is stopping"); // its threads end, and none of them is stuck
    }
    List<String> missing = new ArrayList<>();
    DnsServer open = runtime.server();
    if (pictures.published() == null) {
      missing.add("the first results of the checks");
    } else if (!publisher.healthy()) {
      missing.add("the thread that changes what is answered: it is stuck or gone");
    }
    if (!runtime.prober().healthy()) {
      missing.add("the thread that probes: it is stuck or gone");
    }
    if (open == null) {
      missing.add("open sockets");
    } else if (!open.healthy()) {
      missing.add("a worker that answers: one is stuck");
    }
    if (!runtime.balancing().healthy()) {
      missing.add("a thread of the balancers that forwards: one is stuck");
    }
    return missing;
  }

  @Override
  public Status status() throws Refused {
    DnsServer open = runtime.server();
    return StatusView.of(
        inForce(),
        new StatusView.Surroundings(
            version,
            started,
            reloading.loaded(),
            reloading.file().toString(),
            keeper.notKept(),
            troubles(),
            hints(),
            reloading.rejected(),
            reloading.zones(),
            reloading.geo(),
            open == null ? List.of() : open.listeners(),
            BalancerView.of(
                inForce(),
                runtime.balancing().reports(),
                runtime.balancing()::ejections,
                recent,
                clock.getAsLong())));
  }

  private List<String> troubles() {
    List<String> troubles = new ArrayList<>();
    if (ordersLost != null) {
      troubles.add(ordersLost + "; azimuth clear --all, or any new order, ends this line");
    }
    String serials = reloading.serialsNotKept();
    if (serials != null) {
      troubles.add("the serials of the zones would not survive a restart: " + serials);
    }
    String token = runtime.tokenTrouble();
    if (token != null) {
      troubles.add(token);
    }
    String log = runtime.queryLog().trouble();
    if (log != null) {
      troubles.add("the query log is not written: " + log);
    }
    return troubles;
  }

  private List<String> hints() {
    List<String> hints = new ArrayList<>(runtime.hints());
    hints.addAll(reloading.pending());
    return hints;
  }

  @Override
  public BackendDetail backend(String said) throws Refused {
    return BackendView.of(inForce(), said, clock.getAsLong());
  }

  @Override
  public @Nullable Standing standing(String balancer) throws Refused {
    Published now = inForce();
    Plan.Tier tier = now.plan().balancers().get(balancer);
    return tier == null
        ? null
        : runtime.stopping() ? Standing.DRAINED : Standing.of(now, balancer, tier);
  }

  @Override
  public Explanation explain(
      String name, boolean v4, @Nullable String client, @Nullable String subnet) throws Refused {
    Published now = inForce();
    return Questions.explain(now.plan().source(), now.bound(), name, v4, client, subnet);
  }

  @Override
  public String order(Wish wish) throws Refused {
    Order order = Wishes.order(wish, inForce().plan().roster(), clock.getAsLong());
    List<String> downBefore = withoutBackend();
    order((orders, ground) -> Wishes.granted(order, orders, ground, wish.force()));
    LOG.info(
        "{} {} ordered by {}: {}",
        order.says().words(),
        order.selector(),
        Printable.of(order.author()),
        Printable.of(order.reason()));
    String said = Wishes.said(order, inForce().plan().roster());
    return kept(said) + (order.planned(order.since()) ? "" : lost(downBefore));
  }

  @Override
  public Preview preview(Wish wish) throws Refused {
    Published now = inForce();
    Order order = Wishes.order(wish, now.plan().roster(), clock.getAsLong());
    Wishes.withinBounds(now.orders().with(order));
    return Preview.of(
        now.plan().ground(now.bound().table()),
        now.plan().steering(),
        now.plan()::told,
        now.bound().memory(),
        new Binder(Questions::octets),
        now.orders(),
        order);
  }

  @Override
  public List<Status.OverrideStatus> overrides() throws Refused {
    return StatusView.overrides(inForce());
  }

  @Override
  public String clear(String selector) throws Refused {
    Roster roster = inForce().plan().roster();
    AtomicReference<String> done = new AtomicReference<>("");
    order(
        (orders, ground) -> {
          Selector cleared = Wishes.cleared(selector, orders, roster);
          done.set(cleared.text());
          return orders.without(cleared);
        });
    LOG.info("the orders for {} are cleared", done.get());
    return kept("the orders for " + done.get() + " are cleared");
  }

  @Override
  public String clearAll() throws Refused {
    AtomicInteger count = new AtomicInteger();
    order(
        (orders, ground) -> {
          count.set(orders.list().size());
          return orders.cleared();
        });
    LOG.info("all {} orders are cleared", count);
    return kept(count + (count.get() == 1 ? " order is cleared" : " orders are cleared"));
  }

  @Override
  public String freeze(String reason, String author, @Nullable Duration lasts) throws Refused {
    Published now = inForce();
    Map<String, State> states = new HashMap<>();
    now.known()
        .keySet()
        .forEach(target -> states.put(TargetKey.of(target), now.counts(target).state()));
    long since = clock.getAsLong();
    Freeze freeze = new Freeze(states, reason, author, since, end(since, lasts));
    order((orders, ground) -> orders.frozen(freeze));
    LOG.warn("frozen by {}: {}", Printable.of(author), Printable.of(reason));
    return kept("the table is frozen" + lasting(lasts) + "; probes go on");
  }

  @Override
  public String unfreeze() throws Refused {
    if (inForce().orders().freeze() == null) {
      throw new Refused("the table is not frozen");
    }
    order((orders, ground) -> orders.frozen(null));
    LOG.info("no longer frozen");
    return kept("the checks decide again");
  }

  @Override
  public String failback(String pool) throws Refused {
    if (!reloading.config().pools().containsKey(pool)) {
      throw new Refused("no pool is called \"" + pool + "\"");
    }
    boolean held =
        inForce().bound().poolStandings().stream()
            .anyMatch(p -> p.pool().name().equals(pool) && p.heldUntil() != 0);
    if (!held) {
      throw new Refused("pool " + pool + " is not on hold");
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    carryOut(new Event.Failback(pool, done), done);
    LOG.info("pool {} may serve again", pool);
    return "pool " + pool + " may serve again";
  }

  @Override
  public List<String> reload(boolean acceptRemovals) throws Refused {
    return reloading.reload(acceptRemovals);
  }

  private void order(Event.Change change) throws Refused {
    CompletableFuture<Void> done = new CompletableFuture<>();
    carryOut(new Event.Ordered(change, done), done);
    ordersLost = null;
  }

  /** One change at a time, none while another process reads what was ordered. */
  private void carryOut(Event change, CompletableFuture<Void> done) throws Refused {
    changing.lock();
    try {
      if (suspended) {
        throw new Refused(TakeOver.UNDER_WAY);
      }
      publisher.tell(change);
      Waiting.until(done);
    } finally {
      changing.unlock();
    }
  }

  /** Takes no change until {@link #resume}; those under way are carried out before it returns. */
  void suspend() {
    suspended(true);
  }

  void resume() {
    suspended(false);
  }

  private void suspended(boolean now) {
    changing.lock();
    try {
      suspended = now;
    } finally {
      changing.unlock();
    }
  }

  private Published inForce() throws Refused {
    Published now = pictures.published();
    if (now == null) {
      throw new Refused("the node is starting: try again in a moment");
    }
    return now;
  }

  /** Waits until the orders are on disk, and says so when they are not. */
  private String kept(String done) throws Refused {
    try {
      String notKept = keeper.awaitOrders();
      return notKept == null ? done : done + ", but would not survive a restart: " + notKept;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refused("interrupted");
    }
  }

  /** The names that have no usable backend now by some rule, whatever the reason. */
  private List<String> withoutBackend() throws Refused {
    return inForce().bound().ruleStandings().stream()
        .filter(rule -> rule.pool().isEmpty())
        .map(rule -> rule.name().name())
        .distinct()
        .toList();
  }

  /** Warns of names that an order leaves without a usable backend. */
  private String lost(List<String> before) throws Refused {
    List<String> names = new ArrayList<>(withoutBackend());
    names.removeAll(Set.copyOf(before));
    return names.isEmpty()
        ? ""
        : "; no usable backend is left for "
            + String.join(", ", names.subList(0, Math.min(5, names.size())))
            + (names.size() > 5 ? " and " + (names.size() - 5) + " more" : "")
            + ": all_down answers";
  }

  private static long end(long now, @Nullable Duration lasts) {
    return lasts == null ? Long.MAX_VALUE : now + lasts.toMillis();
  }

  private static String lasting(@Nullable Duration lasts) {
    return lasts == null ? " until azimuth unfreeze" : " for " + lasts.toSeconds() + " s";
  }
}
