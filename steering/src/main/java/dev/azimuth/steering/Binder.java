package dev.azimuth.steering;

import dev.azimuth.health.HealthTable;
import dev.azimuth.steering.Memory.PoolMemory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Binds a plan to a health table. What it returns is a function of its arguments alone; between
 * calls it keeps the numbers of counters and reuses what did not change. Belongs to one thread.
 */
public final class Binder {
  private final Function<String, byte[]> nameOctets;
  private final Slots turnSlots = new Slots();
  private Map<ScheduleKey, Schedule> schedules = Map.of();
  private @Nullable Bound previous;
  private int[][] neighbours = {};

  private record ScheduleKey(List<Member> members, Pick pick) {}

  /** The parts of a rule that say which client it matches. */
  private record Condition(List<Cidr> cidr, List<Cidr> resolver) {}

  /**
   * @param nameOctets from an absolute name in presentation form to its uncompressed wire form
   */
  public Binder(Function<String, byte[]> nameOctets) {
    this.nameOctets = nameOctets;
  }

  /**
   * @param memory what the binding before this one said to remember; {@link Memory#NONE} at the
   *     first start
   * @param now in milliseconds of the steady clock
   */
  public Bound bind(SteeringPlan plan, HealthTable table, Memory memory, Basis basis, long now) {
    Bound last = reusable(plan, basis);
    RouteMap[] routes = last != null ? last.routes : routes(plan);
    if (last == null) {
      neighbours = neighbours(plan);
    }
    Map<String, PoolMemory> remembered = new HashMap<>();
    List<PoolView> pools = pools(plan, table, memory, now, remembered, last);
    Binding binding = new Binding(plan, pools, basis, memory, now, last);
    List<List<RuleBinding>> bindings = binding.all();
    schedules = binding.used;
    Memory next = new Memory(remembered, binding.lastGood(bindings));
    Bound bound =
        new Bound(
            plan,
            table,
            routes,
            pools,
            bindings,
            new Steering(routes, bindings, turnSlots.size(), backendSlots(plan)),
            next.equals(memory) ? memory : next,
            nextChange(bindings, pools, now),
            basis,
            now);
    previous = bound;
    return bound;
  }

  // Names that are equal but another object were made anew: comparing them would cost more than
  // binding. The same names have the same pools by number; views tell which of those changed.
  @SuppressWarnings("ReferenceEquality")
  private @Nullable Bound reusable(SteeringPlan plan, Basis basis) {
    return previous != null && previous.plan.names() == plan.names() && previous.basis.equals(basis)
        ? previous
        : null;
  }

  private static RouteMap[] routes(SteeringPlan plan) {
    Map<List<Condition>, RouteMap> distinct = new HashMap<>();
    return plan.names().stream()
        .map(
            name ->
                distinct.computeIfAbsent(
                    name.rules().stream().map(r -> new Condition(r.cidr(), r.resolver())).toList(),
                    conditions -> RouteMap.of(name.rules())))
        .toArray(RouteMap[]::new);
  }

  private List<PoolView> pools(
      SteeringPlan plan,
      HealthTable table,
      Memory memory,
      long now,
      Map<String, PoolMemory> remembered,
      @Nullable Bound last) {
    List<PoolView> views = new ArrayList<>(plan.pools().size());
    for (int i = 0; i < plan.pools().size(); i++) {
      Pool pool = plan.pools().get(i);
      PoolView fresh = PoolView.of(pool, table);
      PoolMemory after = after(plan, i, fresh, table, memory, now);
      remembered.put(pool.name(), after);
      PoolView view = fresh.with(after);
      // The same object where nothing changed, so that what was bound to it can stay.
      views.add(last != null && last.pools.get(i).equals(view) ? last.pools.get(i) : view);
    }
    return views;
  }

  private PoolMemory after(
      SteeringPlan plan, int index, PoolView view, HealthTable table, Memory memory, long now) {
    String forced = PoolView.forced(view.pool(), table);
    PoolMemory before = memory.pools().get(view.pool().name());
    if (before == null) {
      return new PoolMemory(view.serves(), 0, 0, forced);
    }
    long forcedChanged = forced.equals(before.forced()) ? before.forcedChanged() : now;
    long heldUntil = 0;
    if (view.serves() && before.served()) {
      // Never longer than the hold that is configured now.
      heldUntil =
          before.heldUntil() > now
              ? Math.min(before.heldUntil(), holdFrom(now, view.pool().failbackHold()))
              : 0;
    } else if (view.serves() && otherServed(plan, index, memory)) {
      heldUntil = holdFrom(now, view.pool().failbackHold());
    }
    return new PoolMemory(view.serves(), heldUntil, forcedChanged, forced);
  }

  private static long holdFrom(long now, FailbackHold hold) {
    return switch (hold) {
      case FailbackHold.For(Duration time) -> time.isZero() ? 0 : now + time.toMillis();
      case FailbackHold.Manual() -> Long.MAX_VALUE;
    };
  }

  /** Whether clients had another pool to go to, so that recovering is not leaving all-down. */
  private boolean otherServed(SteeringPlan plan, int index, Memory memory) {
    for (int other : neighbours[index]) {
      PoolMemory before = memory.pools().get(plan.pools().get(other).name());
      if (before != null && before.served()) {
        return true;
      }
    }
    return false;
  }

  /** By pool: the other pools that stand in one list with it. */
  private static int[][] neighbours(SteeringPlan plan) {
    List<Set<Integer>> sets =
        plan.pools().stream().<Set<Integer>>map(pool -> new TreeSet<>()).toList();
    for (SteeredName name : plan.names()) {
      for (Rule rule : name.rules()) {
        for (int pool : rule.to()) {
          sets.get(pool).addAll(rule.to());
        }
      }
    }
    return IntStream.range(0, sets.size())
        .mapToObj(i -> sets.get(i).stream().mapToInt(p -> p).filter(p -> p != i).toArray())
        .toArray(int[][]::new);
  }

  private static int backendSlots(SteeringPlan plan) {
    return plan.pools().stream()
        .flatMap(pool -> pool.backends().stream())
        .mapToInt(backend -> backend.slot() + 1)
        .max()
        .orElse(0);
  }

  private static long nextChange(List<List<RuleBinding>> bindings, List<PoolView> pools, long now) {
    long rules =
        bindings.stream()
            .flatMap(List::stream)
            .mapToLong(RuleBinding::edge)
            .min()
            .orElse(Long.MAX_VALUE);
    long holds =
        pools.stream()
            .mapToLong(PoolView::heldUntil)
            .filter(until -> until > now)
            .min()
            .orElse(Long.MAX_VALUE);
    return Math.min(rules, holds);
  }

  /** One run over all names. */
  private final class Binding implements RuleBinder.Tools {
    private final SteeringPlan plan;
    private final List<PoolView> pools;
    private final Basis basis;
    private final Memory memory;
    private final long now;
    private final @Nullable Bound last;
    private final Map<ScheduleKey, Schedule> used = new HashMap<>();

    Binding(
        SteeringPlan plan,
        List<PoolView> pools,
        Basis basis,
        Memory memory,
        long now,
        @Nullable Bound last) {
      this.plan = plan;
      this.pools = pools;
      this.basis = basis;
      this.memory = memory;
      this.now = now;
      this.last = last;
    }

    List<List<RuleBinding>> all() {
      List<List<RuleBinding>> all = new ArrayList<>(plan.names().size());
      for (int name = 0; name < plan.names().size(); name++) {
        SteeredName steered = plan.names().get(name);
        List<RuleBinding> rules = new ArrayList<>(steered.rules().size());
        for (int rule = 0; rule < steered.rules().size(); rule++) {
          RuleBinding old = last == null ? null : last.bindings.get(name).get(rule);
          rules.add(bind(steered, steered.rules().get(rule), old));
        }
        all.add(rules);
      }
      return all;
    }

    private RuleBinding bind(SteeredName name, Rule rule, @Nullable RuleBinding old) {
      List<PoolView> views = rule.to().stream().map(pools::get).toList();
      if (old != null && old.edge() > now && same(old.pools(), views)) {
        keep(old.v4(), name);
        keep(old.v6(), name);
        return old;
      }
      return new RuleBinder(name, rule, views, basis, now, this).bind();
    }

    // Views that are equal are the same object: pools() sees to that.
    @SuppressWarnings("ReferenceEquality")
    private static boolean same(List<PoolView> before, List<PoolView> views) {
      for (int i = 0; i < views.size(); i++) {
        if (before.get(i) != views.get(i)) {
          return false;
        }
      }
      return true;
    }

    private void keep(Offer offer, SteeredName name) {
      if (offer.schedule != null && !offer.members.isEmpty()) {
        used.put(new ScheduleKey(offer.members, name.pick()), offer.schedule);
      }
    }

    /** Remembers what served where a rule asks for it when all is down. */
    private Map<String, List<String>> lastGood(List<List<RuleBinding>> bindings) {
      Map<String, List<String>> good = new LinkedHashMap<>();
      for (int name = 0; name < bindings.size(); name++) {
        for (RuleBinding binding : bindings.get(name)) {
          AllDown form =
              RuleBinder.allDown(
                  plan.names().get(name), binding.rule(), binding.pools().getFirst().pool());
          if (!(form instanceof AllDown.LastGood)) {
            continue;
          }
          if (binding.choice().step() != Ladder.Step.ALL_DOWN) {
            Map.Entry<String, List<String>> served = RuleBinder.served(binding);
            good.put(served.getKey(), served.getValue());
          } else {
            String list = RuleBinder.list(binding.pools());
            good.put(list, lastGood(list));
          }
        }
      }
      return good;
    }

    @Override
    public Schedule schedule(List<Member> members, Pick pick) {
      ScheduleKey key = new ScheduleKey(members, pick);
      Schedule known = used.get(key);
      if (known == null) {
        known = schedules.get(key);
      }
      if (known == null) {
        known = Schedule.of(members, pick);
      }
      used.put(key, known);
      return known;
    }

    @Override
    public int turnSlot(SteeredName name, Family family, Pool pool) {
      return turnSlots.of(name.name() + " " + family + " " + pool.name());
    }

    @Override
    public byte[] octets(String name) {
      return nameOctets.apply(name);
    }

    @Override
    public List<String> lastGood(String list) {
      return memory.lastGood().getOrDefault(list, List.of());
    }
  }
}
