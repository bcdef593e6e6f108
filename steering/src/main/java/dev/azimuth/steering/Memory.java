package dev.azimuth.steering;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What steering must remember from one instant to the next, and over a restart. Immutable.
 *
 * @param pools by the pool's name; not copied, as there may be very many: whoever gives it never
 *     changes it again
 * @param lastGood by the names of a rule's pools, steps joined by commas and the pools of one step
 *     by plus signs: the backends, as {@code pool/backend}, that served last; only for rules that
 *     ask for it when all is down
 */
public record Memory(Map<String, PoolMemory> pools, Map<String, List<String>> lastGood) {

  /** Nothing to remember: the first start. */
  public static final Memory NONE = new Memory(Map.of(), Map.of());

  public Memory {
    pools = Collections.unmodifiableMap(pools);
    lastGood = Map.copyOf(lastGood);
  }

  /**
   * @param served whether the pool served by its own measure
   * @param heldUntil when its failback hold ends, in milliseconds of the steady clock; 0 for no
   *     hold, {@link Long#MAX_VALUE} for until an operator says so
   * @param forcedChanged when a forced state or weight in it last changed, in milliseconds of the
   *     steady clock; 0 for never
   * @param forced its forced states and weights in words, to see the next change
   * @param ramps since when the weights of its backends rise, as {@link SlowStart#after} gives it;
   *     empty for a pool without slow start
   */
  public record PoolMemory(
      boolean served, long heldUntil, long forcedChanged, String forced, Map<String, Long> ramps) {
    public PoolMemory {
      ramps = ramps == null ? Map.of() : Map.copyOf(ramps);
    }
  }

  /** The same with one pool's hold taken off. */
  public Memory released(String pool) {
    PoolMemory old = pools.get(pool);
    if (old == null) {
      return this;
    }
    Map<String, PoolMemory> changed = new HashMap<>(pools);
    changed.put(pool, new PoolMemory(old.served, 0, old.forcedChanged, old.forced, old.ramps));
    return new Memory(changed, lastGood);
  }
}
