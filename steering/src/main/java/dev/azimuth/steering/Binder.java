package dev.azimuth.steering;

import static dev.azimuth.steering.Family.V4;
import static dev.azimuth.steering.Family.V6;

import dev.azimuth.health.HealthTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Binds a plan to a health table. What it returns is a function of its arguments alone; between
 * calls it keeps the numbers of counters and everything that did not change, so that a call costs
 * what changed. Belongs to one thread.
 */
public final class Binder {
  private final Function<String, byte[]> nameOctets;
  private final TurnSlots turnSlots = new TurnSlots();
  private final Sequences sequences = new Sequences();
  private final Sharings sharings = new Sharings();
  private Shelf[] shelves = {};
  private @Nullable Bound previous;
  private @Nullable Crossings crossings;

  /** The plan that {@link #crossings} is of. */
  private @Nullable SteeringPlan crossed;

  private @Nullable Dependants dependants;

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
    Bound last = sameNames(plan);
    Crossings meet = crossings(plan);
    if (last == null) {
      shelves = new Shelf[plan.pools().size()];
      turnSlots.number(plan.names());
    }
    Look pools = new Look(plan, table, meet, memory, now, last, dependants);
    Names names = new Names(plan, meet, pools, memory, basis, now, last);
    names.bind();
    Bound bound =
        new Bound(
            plan,
            table,
            meet.routes(),
            pools.views,
            pools.edges,
            names.bindings,
            names.edges,
            forwardings(plan, pools, basis, now, last),
            new Steering(
                meet.routes(),
                names.v4,
                names.v6,
                names.aliases,
                turnSlots.size(),
                pools.dependants.slots()),
            pools.remembered(names.lastGood()),
            Math.min(pools.nextChange(), names.nextChange()),
            basis,
            now);
    dependants = pools.dependants;
    previous = bound;
    return bound;
  }

  /**
   * What {@link #bind} would say of one of the plan's forwards, given the same. Costs a look at its
   * pools.
   *
   * @param number of the forward
   */
  public Forwarding forwarding(
      SteeringPlan plan, int number, HealthTable table, Memory memory, Basis basis, long now) {
    var pools = new PoolViews(plan, table, crossings(plan).neighbours(), memory, now);
    return Forwarder.forwarding(
        plan.forwards().get(number), pool -> pools.of(pool).view(), basis, now);
  }

  /** Where names and pools of a plan meet: the same object for the same names. */
  @SuppressWarnings("ReferenceEquality")
  private Crossings crossings(SteeringPlan plan) {
    Crossings known = crossings;
    boolean same =
        plan.names().isEmpty()
            ? crossed == plan
            : crossed != null && crossed.names() == plan.names();
    if (known == null || !same) {
      known = Crossings.of(plan);
      crossings = known;
      crossed = plan;
    }
    return known;
  }

  /** What connections are forwarded to; what did not change is the same object. */
  private static List<Forwarding> forwardings(
      SteeringPlan plan, Look pools, Basis basis, long now, @Nullable Bound last) {
    List<Forwarding> forwardings = new ArrayList<>(plan.forwards().size());
    for (Forward forward : plan.forwards()) {
      if (last != null
          && last.basis.equals(basis)
          && forward.pools().stream().noneMatch(pools.changed::get)) {
        forwardings.add(last.forwardings.get(forwardings.size()));
      } else {
        forwardings.add(Forwarder.forwarding(forward, pool -> pools.views[pool], basis, now));
      }
    }
    return List.copyOf(forwardings);
  }

  // Names that are equal but another object were made anew: comparing them would cost more than
  // binding. The same names have the same pools by number; views tell which of those changed. All
  // empty lists are one object, so that no names say nothing of the pools.
  @SuppressWarnings("ReferenceEquality")
  private @Nullable Bound sameNames(SteeringPlan plan) {
    return previous != null && previous.plan.names() == plan.names() && !plan.names().isEmpty()
        ? previous
        : null;
  }

  /** One run over the names that depend on what changed. */
  private final class Names implements RuleBinder.Tools {
    final RuleBinding[][] bindings;
    final long[] edges;
    final Offer[][] v4;
    final Offer[][] v6;
    final boolean[] aliases;
    private final SteeringPlan plan;
    private final Crossings meet;
    private final Look pools;
    private final Memory memory;
    private final Basis basis;
    private final long now;
    private final @Nullable Bound last;
    private final @Nullable RuleBinding[] bound;

    /** The name that is being bound: very many follow each other, and these are made once. */
    private int current;

    private final ToIntFunction<String> slots4 = this::slot4;
    private final ToIntFunction<String> slots6 = this::slot6;
    private final LongSupplier picking = this::keyOfPick;
    private final LongSupplier sharing = this::keyOfShare;
    private @Nullable Map<String, List<String>> good;

    Names(
        SteeringPlan plan,
        Crossings meet,
        Look pools,
        Memory memory,
        Basis basis,
        long now,
        @Nullable Bound last) {
      this.plan = plan;
      this.meet = meet;
      this.pools = pools;
      this.memory = memory;
      this.basis = basis;
      this.now = now;
      this.last = last;
      bound = new RuleBinding[meet.terms().size()];
      int names = plan.names().size();
      bindings = last == null ? new RuleBinding[names][] : last.bindings.clone();
      edges = last == null ? new long[names] : last.edges.clone();
      v4 = last == null ? new Offer[names][] : last.steering().v4.clone();
      v6 = last == null ? new Offer[names][] : last.steering().v6.clone();
      aliases = last == null ? new boolean[names] : last.steering().aliases.clone();
    }

    void bind() {
      for (int i = pools.changed.nextSetBit(0); i >= 0; i = pools.changed.nextSetBit(i + 1)) {
        shelves[i] = new Shelf(sequences, shelves[i]);
      }
      BitSet touched = touched();
      for (int name = touched.nextSetBit(0); name >= 0; name = touched.nextSetBit(name + 1)) {
        bind(name);
      }
      for (int i = pools.changed.nextSetBit(0); i >= 0; i = pools.changed.nextSetBit(i + 1)) {
        shelves[i].settle();
      }
    }

    private BitSet touched() {
      BitSet touched = new BitSet();
      if (last == null || !last.basis.equals(basis)) {
        touched.set(0, bindings.length);
        return touched;
      }
      for (int i = pools.changed.nextSetBit(0); i >= 0; i = pools.changed.nextSetBit(i + 1)) {
        for (int name : meet.namesOfPool()[i]) {
          touched.set(name);
        }
      }
      for (int name = 0; name < edges.length; name++) {
        if (edges[name] <= now) {
          touched.set(name);
        }
      }
      return touched;
    }

    private void bind(int number) {
      int[] terms = meet.termsOf()[number];
      RuleBinding[] before = bindings[number];
      RuleBinding[] after = new RuleBinding[terms.length];
      Offer[] offers4 = new Offer[after.length];
      Offer[] offers6 = new Offer[after.length];
      current = number;
      long edge = Long.MAX_VALUE;
      boolean aliased = false;
      for (int i = 0; i < after.length; i++) {
        if (before != null && stays(before[i])) {
          after[i] = before[i];
          offers4[i] = v4[number][i];
          offers6[i] = v6[number][i];
        } else {
          after[i] = bound(terms[i]);
          offers4[i] = after[i].v4().own(slots4, picking, sharing);
          offers6[i] = after[i].v6().own(slots6, picking, sharing);
        }
        edge = Math.min(edge, after[i].edge());
        aliased |= offers4[i].kind == Decision.Kind.CNAME;
      }
      bindings[number] = after;
      edges[number] = edge;
      v4[number] = offers4;
      v6[number] = offers6;
      aliases[number] = aliased;
      if (meet.keeping().get(number)) {
        keepGood(after);
      }
    }

    private int slot4(String what) {
      return turnSlots.of(current, V4, what);
    }

    private int slot6(String what) {
      return turnSlots.of(current, V6, what);
    }

    private long keyOfPick() {
      return plan.salt().key(plan.names().get(current).name());
    }

    /**
     * Which pool and which of its backends a network comes to have nothing to do with each other.
     */
    private long keyOfShare() {
      return Salt.NONE.key(plan.names().get(current).name() + " pools");
    }

    /** What the terms come to now, once for all names that have them. */
    private RuleBinding bound(int number) {
      RuleBinding known = bound[number];
      if (known == null) {
        Terms terms = meet.terms().get(number);
        List<Ladder.Rung> rungs = RuleBinder.rungs(terms.steps(), pool -> pools.views[pool]);
        known = new RuleBinder(terms, rungs, basis, now, this).bind();
        bound[number] = known;
      }
      return known;
    }

    /** Whether nothing that a binding depends on has changed. */
    private boolean stays(RuleBinding old) {
      if (last == null || !last.basis.equals(basis) || old.edge() <= now) {
        return false;
      }
      for (Ladder.Rung rung : old.rungs()) {
        if (pools.changed.get(rung.number())) {
          return false;
        }
      }
      return true;
    }

    /** Remembers what served where a rule asks for it when all is down. */
    private void keepGood(RuleBinding[] after) {
      if (good == null) {
        good = last == null ? new HashMap<>() : new HashMap<>(memory.lastGood());
      }
      for (RuleBinding binding : after) {
        if (binding.terms().allDown() instanceof AllDown.LastGood) {
          String list = RuleBinder.list(binding);
          List<String> served = binding.allDown() ? lastGood(list) : RuleBinder.served(binding);
          good.put(list, served);
        }
      }
    }

    Map<String, List<String>> lastGood() {
      return good != null ? good : last == null ? Map.of() : memory.lastGood();
    }

    long nextChange() {
      long next = Long.MAX_VALUE;
      for (long edge : edges) {
        next = Math.min(next, edge);
      }
      return next;
    }

    @Override
    public Schedule schedule(int pool, List<Member> members, Pick pick) {
      return shelves[pool].schedule(members, pick, plan.pools().get(pool).nearness());
    }

    @Override
    public int[] shared(List<String> pools, List<Integer> weights) {
      return sharings.of(pools, weights);
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
