package dev.azimuth.steering;

import dev.azimuth.health.HealthTable;
import dev.azimuth.steering.Memory.PoolMemory;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One look at the pools: which of them stand otherwise than before, and what is to be remembered of
 * them. For one binding.
 */
final class Look {
  final PoolView[] views;

  /** By pool: when it must be looked at anew though no event says so. */
  final long[] edges;

  /** The numbers of the pools that stand otherwise. */
  final BitSet changed = new BitSet();

  final Dependants dependants;
  private final SteeringPlan plan;
  private final HealthTable table;
  private final Crossings meet;
  private final Memory memory;
  private final long now;
  private final @Nullable Bound last;
  private @Nullable Map<String, PoolMemory> remembered;

  /**
   * @param last the binding before, if it is one of the same names
   * @param known what depended on what then
   */
  // Another list of pools may have its backends numbered otherwise.
  @SuppressWarnings("ReferenceEquality")
  Look(
      SteeringPlan plan,
      HealthTable table,
      Crossings meet,
      Memory memory,
      long now,
      @Nullable Bound last,
      @Nullable Dependants known) {
    this.plan = plan;
    this.table = table;
    this.meet = meet;
    this.memory = memory;
    this.now = now;
    this.last = last;
    int pools = plan.pools().size();
    views = last == null ? new PoolView[pools] : last.pools.clone();
    edges = last == null ? new long[pools] : last.poolEdges.clone();
    dependants =
        last != null && last.plan.pools() == plan.pools() && known != null
            ? known
            : Dependants.of(plan.pools(), table.verdicts());
    look();
  }

  private void look() {
    PoolViews seeing = new PoolViews(plan, table, meet.neighbours(), memory, now);
    BitSet suspects = suspects();
    for (int i = suspects.nextSetBit(0); i >= 0; i = suspects.nextSetBit(i + 1)) {
      PoolViews.Seen seen = seeing.of(i);
      if (!seen.after().equals(seeing.before(i))) {
        remember(plan.pools().get(i).name(), seen.after());
      }
      PoolView view = seen.view();
      // The same object where nothing changed, so that what was bound to it can stay.
      if (last == null || !view.equals(views[i])) {
        views[i] = view;
        changed.set(i);
      }
      edges[i] = view.nextChange(now);
    }
  }

  /** The pools that may stand otherwise than before. */
  @SuppressWarnings("ReferenceEquality") // what did not change is the same object
  private BitSet suspects() {
    BitSet suspects = new BitSet();
    if (last == null
        || last.plan.pools() != plan.pools()
        || last.memory() != memory
        || !table.sameNumbers(last.table)) {
      suspects.set(0, views.length);
      return suspects;
    }
    table.differences(
        last.table,
        verdict -> dependants.poolsOfVerdict(verdict).forEach(suspects::set),
        backend -> suspects.set(dependants.poolOfBackend(backend)));
    for (int i = 0; i < edges.length; i++) {
      if (edges[i] <= now) {
        suspects.set(i);
      }
    }
    return suspects;
  }

  private void remember(String pool, PoolMemory after) {
    if (remembered == null) {
      remembered = new HashMap<>(memory.pools());
    }
    remembered.put(pool, after);
  }

  /** What to remember: the same object where that is what was. */
  Memory remembered(Map<String, List<String>> lastGood) {
    Map<String, PoolMemory> pools = remembered == null ? memory.pools() : remembered;
    if (last == null && pools.size() > plan.pools().size()) {
      // Pools that are no more are forgotten.
      Map<String, PoolMemory> known = new HashMap<>();
      plan.pools().forEach(pool -> known.put(pool.name(), pools.get(pool.name())));
      return new Memory(known, lastGood);
    }
    return remembered == null && lastGood.equals(memory.lastGood())
        ? memory
        : new Memory(pools, lastGood);
  }

  long nextChange() {
    long next = Long.MAX_VALUE;
    for (long edge : edges) {
      next = Math.min(next, edge);
    }
    return next;
  }
}
