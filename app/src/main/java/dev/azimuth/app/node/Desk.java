package dev.azimuth.app.node;

import dev.azimuth.app.orders.Freeze;
import dev.azimuth.app.orders.Ground;
import dev.azimuth.app.orders.Orders;
import dev.azimuth.health.Doubt;
import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Timing;
import dev.azimuth.health.Trail;
import dev.azimuth.steering.Basis;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Bound;
import dev.azimuth.steering.Forwarding;
import dev.azimuth.steering.Memory;
import dev.azimuth.steering.Slots;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Everything the publisher owns: the plan, what is known of every target, the orders of operators.
 * Events change it; {@link #settle} binds and publishes once for all that came. Belongs to one
 * thread; takes the time as a parameter.
 */
final class Desk {
  /** How long new targets may take to their first verdict before they count as up. */
  static final long VERDICT_MILLIS = 5_000;

  private final Outside outside;
  private final Binder binder;
  private final Slots backendSlots;

  /** Written by this thread alone; read by those who show it. */
  private final Map<Target, TargetHealth> health = new ConcurrentHashMap<>();

  private final Map<Target, TargetHealth> shown = Collections.unmodifiableMap(health);
  private final Map<Target, Trail> trails = new ConcurrentHashMap<>();
  private final Map<Target, Trail> trailsShown = Collections.unmodifiableMap(trails);
  private final Map<String, Resolved> addresses = new HashMap<>();

  /** Host names that nobody need wait for: they have no address. */
  private final Set<String> addressless = new HashSet<>();

  private Map<String, SavedState> restored;
  private Orders orders;
  private Memory memory;
  private @Nullable Plan plan;
  private @Nullable Pending pending;
  private @Nullable Bound bound;
  private final Tables tables = new Tables();
  private @Nullable Map<String, Resolved> addressesShown;
  private final List<Runnable> news = new ArrayList<>();

  /** Whether something is to be published that is to be kept soon. */
  private boolean changed;

  /** Whether weights or results in a row are to be published, which may be kept later. */
  private boolean moved;

  /** Whether the node ends. */
  private boolean leaving;

  private long generation;

  /** What answers stand on, as of the newest look. */
  private Doubt doubt = Doubt.None.FIRST;

  private final Ordered ordered = new Ordered();
  private final SelfDoubt self = new SelfDoubt();
  private final Ejecting ejecting = new Ejecting();

  /** A configuration that waits for the verdicts of its new targets. */
  private record Pending(Plan plan, long deadline, CompletableFuture<Void> done) {}

  Desk(Outside outside, Binder binder, Slots backendSlots, Saved saved) {
    addresses.putAll(saved.addresses());
    this.outside = outside;
    this.binder = binder;
    this.backendSlots = backendSlots;
    restored = saved.targets();
    memory = saved.memory();
    orders = saved.orders();
  }

  /** Takes one event in; nothing is published before {@link #settle}. */
  void apply(Event event, long now) {
    switch (event) {
      case Event.Probed(Target target, ProbeResult result) -> probed(target, result, plan, now);
      case Event.Anchored(int answering, int anchors) -> self.answered(answering, anchors, now);
      case Event.Addressed(String host, Resolved resolved) -> addressed(host, resolved, now);
      case Event.Addressless(String host) -> addressless.add(host);
      case Event.Adopt(Loading.Whole whole, CompletableFuture<Void> done) -> {
        try {
          adopt(whole, done, now);
        } catch (RuntimeException | Error fault) {
          done.completeExceptionally(fault);
          throw fault;
        }
      }
      case Event.Ordered(Event.Change change, CompletableFuture<Void> done) -> {
        try {
          if (!done.isDone()) { // else whoever asked has given up and said so
            order(change.of(orders, ground(now)));
          }
        } catch (Node.Refused refused) {
          done.completeExceptionally(refused);
        }
      }
      case Event.Failback(String pool, CompletableFuture<Void> done) -> {
        memory = done.isDone() ? memory : memory.released(pool);
        changed = true;
      }
      case Event.Failing(String balancer, String backend) -> {
        if (ejecting.failing(balancer, backend, plan, bound, now)) {
          changed = true;
          news.add(() -> outside.ejected(balancer, backend));
        }
      }
      case Event.Leave leave -> {
        leaving = true;
        changed = true;
      }
      case Event.Stop stop -> {}
    }
  }

  /**
   * Binds and publishes if anything changed, or if its time has come.
   *
   * @return when it must be called again though no event came, in milliseconds of the steady clock
   */
  long settle(long now) {
    try {
      return bind(now);
    } finally {
      news.forEach(Runnable::run);
      news.clear();
    }
  }

  private long bind(long now) {
    if (orders.nextEnd() <= now) {
      order(orders.at(now));
    }
    doubt(now);
    // A planned order begins.
    changed |= ordered.edge() <= now;
    if (pending != null && (pending.deadline <= now || decided(pending.plan))) {
      swap(pending, now);
    }
    boolean edge = bound != null && Math.min(bound.nextChange(), ejecting.next()) <= now;
    if (plan != null && (changed || moved || edge)) {
      publish(plan, now);
    }
    long next = Math.min(Math.min(orders.nextEnd(), ordered.edge()), ejecting.next());
    next = Math.min(next, self.next(plan, health, now));
    next = pending == null ? next : Math.min(next, pending.deadline);
    return bound == null ? next : Math.min(next, bound.nextChange());
  }

  private void doubt(long now) {
    Doubt before = doubt;
    if (plan != null) {
      self.look(plan, health, now, outside::ask);
    }
    Doubt after = self.doubt();
    doubt = after;
    if (after.holds() != before.holds() || after.declared() != before.declared()) {
      changed = true;
      news.add(() -> outside.doubted(before, after));
    }
  }

  private void probed(Target target, ProbeResult result, @Nullable Plan of, long now) {
    TargetHealth before = health.get(target);
    if (before == null) {
      return;
    }
    Timing timing = target.check().timing();
    TargetHealth after = before.after(result, timing);
    health.put(target, after);
    Trail trail = trails.getOrDefault(target, Trail.EMPTY).after(result);
    trails.put(target, trail);
    self.probed(target, before, after, now);
    boolean alike = after.alike(before, timing);
    boolean quicker =
        after.latency().level() != before.latency().level()
            && plan != null
            && plan.measured().contains(target);
    // Most results change nothing: what is not taken into the table need not be judged anew.
    if ((!alike || quicker) && tables.decides(target, after)) {
      changed |= after.state() != before.state();
      moved = true;
    }
    if (after.state() != before.state()) {
      String label = label(target, of);
      news.add(() -> outside.stateChanged(label, target, before, after, trail));
    }
  }

  /** What a target is called in a plan, or else in the one to come. */
  private String label(Target target, @Nullable Plan of) {
    String label = of == null ? null : of.labels().get(target);
    if (label == null && pending != null) {
      label = pending.plan.labels().get(target);
    }
    return label == null ? "" : label;
  }

  private void addressed(String host, Resolved resolved, long now) {
    Resolved before = addresses.put(host, resolved);
    addressless.remove(host);
    addressesShown = null;
    if (before == null || !before.addresses().equals(resolved.addresses())) {
      news.add(() -> outside.addressesChanged(host, before, resolved));
    }
    boolean tellsApart = false;
    if (pending != null && !pending.plan.alike(before, resolved)) {
      Plan next = pending.plan.with(addresses, backendSlots);
      pending = new Pending(next, pending.deadline, pending.done);
      tellsApart = true;
    }
    if (plan != null && !plan.alike(before, resolved)) {
      plan = plan.with(addresses, backendSlots);
      changed = true;
      tellsApart = true;
    }
    if (tellsApart) {
      watch(now);
    }
  }

  private void adopt(Loading.Whole whole, CompletableFuture<Void> done, long now) {
    if (pending != null) {
      // A newer configuration came before the older one served: only the newer counts.
      pending.done.completeExceptionally(
          new IllegalStateException("a newer configuration took its place"));
    }
    Plan next = Plan.of(whole, addresses, backendSlots);
    pending = new Pending(next, now + VERDICT_MILLIS, done);
    outside.expect(whole);
    watch(now);
  }

  private void swap(Pending next, long now) {
    pending = null;
    try {
      // Else whoever asked has given up and said so: the old configuration serves on.
      if (!next.done.isDone()) {
        changed = true;
        publish(next.plan, now);
        plan = next.plan;
        // What the process before this one knew is too old for targets that come later.
        restored = Map.of();
        addresses.keySet().retainAll(next.plan.hosts());
        addressless.retainAll(next.plan.hosts());
        addressesShown = null;
      }
    } catch (RuntimeException | Error fault) {
      next.done.completeExceptionally(fault);
      throw fault;
    } finally {
      watch(now);
    }
    next.done.complete(null);
  }

  private Map<String, Resolved> addresses() {
    Map<String, Resolved> now = addressesShown;
    if (now == null) {
      now = Map.copyOf(addresses);
      addressesShown = now;
    }
    return now;
  }

  /** Every pool that a name uses has a verdict, and every host name an address, or none at all. */
  private boolean decided(Plan candidate) {
    return candidate.hosts().stream()
            .allMatch(host -> addresses.containsKey(host) || addressless.contains(host))
        && Verdicts.complete(candidate, this::known);
  }

  private TargetHealth known(Target target) {
    TargetHealth known = health.get(target);
    return known != null ? known : TargetHealth.unknown(0);
  }

  /** Probes and resolves what the plan in force needs, and the one to come. */
  private void watch(long now) {
    Set<String> hosts = new HashSet<>();
    Map<Target, Target> heirs =
        plan == null || pending == null ? Map.of() : Heirs.of(plan, pending.plan);
    Map<Target, TargetHealth> wanted = new LinkedHashMap<>();
    if (plan != null) {
      plan.targets().forEach(target -> wanted.put(target, first(target, heirs, now)));
      hosts.addAll(plan.hosts());
    }
    if (pending != null) {
      pending.plan.targets().forEach(target -> wanted.put(target, first(target, heirs, now)));
      hosts.addAll(pending.plan.hosts());
    }
    health.keySet().retainAll(wanted.keySet());
    trails.keySet().retainAll(wanted.keySet());
    self.watch(health, heirs);
    wanted.keySet().removeIf(target -> !target.check().probed());
    outside.watch(wanted);
    outside.follow(known(hosts));
  }

  private Map<String, List<InetAddress>> known(Set<String> hosts) {
    Map<String, List<InetAddress>> known = new HashMap<>();
    for (String host : hosts) {
      Resolved resolved = addresses.get(host);
      known.put(host, resolved == null ? List.of() : resolved.addresses());
    }
    return known;
  }

  private TargetHealth first(Target target, Map<Target, Target> heirs, long now) {
    TargetHealth there = health.get(target);
    if (there != null) {
      return there;
    }
    Target old = heirs.get(target);
    TargetHealth inherited = old == null ? null : health.get(old);
    // A key is long: none is made where nothing is found by it.
    SavedState saved = restored.isEmpty() ? null : restored.get(TargetKey.of(target));
    TargetHealth first =
        inherited != null
            ? inherited.settled(inherited.state())
            : saved != null ? saved.health() : TargetHealth.unknown(now);
    health.put(target, first);
    return first;
  }

  private void order(Orders next) {
    outside.keep(next);
    orders = next;
    changed = true;
  }

  private void publish(Plan current, long now) {
    Basis basis =
        orders.freeze() == null && doubt.declared() ? new Basis.Doubted() : orders.basis();
    HealthTable judged = told(current, judged(current, now), basis, now);
    bound = binder.bind(current.steering(), judged, memory, basis, now);
    boolean soon = changed || !memory.equals(bound.memory());
    memory = bound.memory();
    ejecting.look(current, bound, now);
    Map<String, Resolved> hosts = addresses();
    Held held = self.held();
    outside.publish(
        new Published(
            ++generation,
            current,
            bound,
            hosts,
            shown,
            trailsShown,
            held,
            orders,
            doubt,
            ejecting.now(),
            now),
        soon);
    changed = false;
    moved = false;
  }

  /** The table with what balancers say of themselves by it. */
  private HealthTable told(Plan current, HealthTable judged, Basis basis, long now) {
    IntFunction<Forwarding> forwarding =
        each -> binder.forwarding(current.steering(), each, judged, memory, basis, now);
    Map<Target, ProbeResult> news = Standing.news(current, forwarding, leaving, this::known, now);
    news.forEach((target, says) -> probed(target, says, current, now));
    return news.isEmpty() ? judged : judged(current, now);
  }

  /** What answers stand on: what is known, held or frozen, and what is ordered. */
  private HealthTable judged(Plan current, long now) {
    Freeze freeze = orders.freeze();
    HealthTable known = tables.now(current, this::known, forced(current, now));
    if (freeze != null) {
      return known.with(Tables.each(current, target -> frozen(target, freeze)));
    }
    return doubt.holds()
        ? known.with(Tables.each(current, target -> self.held().counts(target, known(target))))
        : known;
  }

  private List<@Nullable ForcedState> forced(Plan current, long now) {
    // Whoever looks first at an instant from which orders act differently, they must be shown.
    changed |= ordered.edge() <= now;
    return ordered.at(current.roster(), orders, now);
  }

  private @Nullable Ground ground(long now) {
    return plan == null ? null : plan.ground(judged(plan, now));
  }

  private TargetHealth frozen(Target target, Freeze freeze) {
    State state = freeze.states().get(TargetKey.of(target));
    return state == null ? known(target) : known(target).settled(state);
  }
}
