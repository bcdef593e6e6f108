package dev.azimuth.steering;

import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import dev.azimuth.steering.Memory.PoolMemory;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * One pool at one instant: both families, with the forced states and as the checks alone say.
 *
 * @param heldUntil when its failback hold ends, in milliseconds of the steady clock; 0 for no hold
 * @param forcedChanged when a forced state or weight in it last changed; 0 for never
 * @param ramps since when weights rise, as {@link SlowStart#after} gives it
 */
record PoolView(
    Pool pool,
    Side v4,
    Side v6,
    Side checkedV4,
    Side checkedV6,
    long heldUntil,
    long forcedChanged,
    Map<String, Long> ramps) {

  /**
   * @param before what was remembered of it; null at the first start
   * @param now in milliseconds of the steady clock
   */
  static PoolView of(Pool pool, HealthTable table, @Nullable PoolMemory before, long now) {
    Map<String, Long> ramps =
        SlowStart.after(pool, table, before == null ? null : before.ramps(), now);
    Side v4 = Side.of(pool, Family.V4, table, ramps, now);
    Side v6 = Side.of(pool, Family.V6, table, ramps, now);
    boolean forced = !forced(pool, table).isEmpty();
    return new PoolView(
        pool,
        v4,
        v6,
        forced ? Side.checked(pool, Family.V4, table) : v4,
        forced ? Side.checked(pool, Family.V6, table) : v6,
        0,
        0,
        ramps);
  }

  PoolView with(PoolMemory memory) {
    return new PoolView(
        pool, v4, v6, checkedV4, checkedV6, memory.heldUntil(), memory.forcedChanged(), ramps);
  }

  /**
   * When it must be seen anew though no event says so, in milliseconds of the steady clock; {@link
   * Long#MAX_VALUE} for never.
   */
  long nextChange(long now) {
    long held = heldUntil > now ? heldUntil : Long.MAX_VALUE;
    boolean rising = Math.min(v4.rampUntil(), v6.rampUntil()) != Long.MAX_VALUE;
    return rising ? Math.min(held, SlowStart.next(now)) : held;
  }

  Side side(Family family) {
    return family == Family.V4 ? v4 : v6;
  }

  /** As the checks alone say, without forced states. */
  Side checked(Family family) {
    return family == Family.V4 ? checkedV4 : checkedV6;
  }

  /** The family by which the pool itself is judged: IPv4 if it has it. */
  Family ownFamily() {
    return v4.present() || !v6.present() ? Family.V4 : Family.V6;
  }

  boolean serves() {
    return side(ownFamily()).serves();
  }

  boolean held(long now) {
    return heldUntil > now;
  }

  /**
   * The forced states and weights in the pool, in words that are equal when they are; empty for
   * none.
   */
  static String forced(Pool pool, HealthTable table) {
    StringJoiner words = null;
    for (Backend backend : pool.backends()) {
      ForcedState forced = table.forced(backend.number());
      if (forced != null && !forced.idle()) {
        words = words == null ? new StringJoiner(" ") : words;
        words.add(
            backend.name()
                + "="
                + (forced.forced() == null ? "" : forced.forced())
                + (forced.weight() == 0 ? "" : ":" + forced.weight()));
      }
    }
    return words == null ? "" : words.toString();
  }
}
