package dev.azimuth.app.node;

import dev.azimuth.app.host.Printable;
import dev.azimuth.health.Forced;
import dev.azimuth.health.State;
import dev.azimuth.resolver.DnsServer;
import dev.azimuth.steering.Explanation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
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
  private final ReentrantLock changing = new ReentrantLock();
  private boolean suspended; // guarded by changing

  Operations(
      NodeRuntime runtime,
      String version,
      LongSupplier clock,
      Pictures pictures,
      Keeper keeper,
      Publisher publisher,
      Reloading reloading) {
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
    List<String> missing = new ArrayList<>();
    DnsServer open = runtime.server();
    if (pictures.published() == null) {
      missing.add("the first results of the checks");
    }
    if (open == null) {
      missing.add("open sockets");
    } else if (!open.healthy()) {
      missing.add("a worker that answers: one is stuck");
    }
    if (runtime.stopping()) {
      missing.add("the node is stopping");
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
            runtime.hints(),
            reloading.rejected(),
            reloading.zones(),
            reloading.geo(),
            open == null ? List.of() : open.listeners()));
  }

  @Override
  public Explanation explain(
      String name, boolean v4, @Nullable String client, @Nullable String subnet) throws Refused {
    Published now = inForce();
    return Questions.explain(now.plan().source().zones(), now.bound(), name, v4, client, subnet);
  }

  @Override
  public String force(
      String backend, Forced forced, String reason, String author, @Nullable Duration lasts)
      throws Refused {
    String key = BackendName.resolve(backend, inForce().plan().backends());
    long now = clock.getAsLong();
    ForcedBy by = new ForcedBy(forced, reason, author, now, end(now, lasts));
    order(orders -> orders.with(key, by));
    LOG.info("{} forced {} by {}: {}", key, forced, Printable.of(author), Printable.of(reason));
    return kept(key + " is forced " + forced + lasting(lasts)) + withoutBackend();
  }

  @Override
  public String clear(String backend) throws Refused {
    Published now = inForce();
    // An order may outlive the backend it was given for.
    List<String> known = new ArrayList<>(now.plan().backends());
    now.orders().forced().keySet().stream().filter(k -> !known.contains(k)).forEach(known::add);
    String key = BackendName.resolve(backend, known);
    if (!now.orders().forced().containsKey(key)) {
      throw new Refused(key + " is not forced");
    }
    order(orders -> orders.without(key));
    LOG.info("{} is no longer forced", key);
    return kept(key + " follows its checks again");
  }

  @Override
  public String freeze(String reason, String author, @Nullable Duration lasts) throws Refused {
    Published now = inForce();
    Map<String, State> states = new HashMap<>();
    now.known().forEach((target, health) -> states.put(SavedState.key(target), health.state()));
    long since = clock.getAsLong();
    order(orders -> orders.frozen(new Freeze(states, reason, author, since, end(since, lasts))));
    LOG.warn("frozen by {}: {}", Printable.of(author), Printable.of(reason));
    return kept("the table is frozen" + lasting(lasts) + "; probes go on");
  }

  @Override
  public String unfreeze() throws Refused {
    if (inForce().orders().freeze() == null) {
      throw new Refused("the table is not frozen");
    }
    order(orders -> orders.frozen(null));
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

  private void order(Function<Orders, Orders> change) throws Refused {
    CompletableFuture<Void> done = new CompletableFuture<>();
    carryOut(new Event.Ordered(change, done), done);
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

  /** Warns of names that have no usable backend now, whatever the reason. */
  private String withoutBackend() throws Refused {
    List<String> names =
        inForce().bound().ruleStandings().stream()
            .filter(rule -> rule.pool().isEmpty())
            .map(rule -> rule.name().name())
            .distinct()
            .toList();
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
    return lasts == null ? " until it is cleared" : " for " + lasts.toSeconds() + " s";
  }
}
