package dev.azimuth.steering;

import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import java.util.StringJoiner;

/**
 * One pool at one instant: both families, with the forced states and as the checks alone say.
 *
 * @param heldUntil when its failback hold ends, in milliseconds of the steady clock; 0 for no hold
 * @param forcedChanged when a forced state in it last changed; 0 for never
 */
record PoolView(
    Pool pool,
    Side v4,
    Side v6,
    Side checkedV4,
    Side checkedV6,
    long heldUntil,
    long forcedChanged) {

  static PoolView of(Pool pool, HealthTable table) {
    Side v4 = Side.of(pool, Family.V4, table, true);
    Side v6 = Side.of(pool, Family.V6, table, true);
    boolean forced = !forced(pool, table).isEmpty();
    return new PoolView(
        pool,
        v4,
        v6,
        forced ? Side.of(pool, Family.V4, table, false) : v4,
        forced ? Side.of(pool, Family.V6, table, false) : v6,
        0,
        0);
  }

  PoolView with(Memory.PoolMemory memory) {
    return new PoolView(
        pool, v4, v6, checkedV4, checkedV6, memory.heldUntil(), memory.forcedChanged());
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

  /** The forced states in the pool, in words that are equal when they are; empty for none. */
  static String forced(Pool pool, HealthTable table) {
    StringJoiner words = new StringJoiner(" ");
    words.setEmptyValue("");
    for (Backend backend : pool.backends()) {
      ForcedState forced = table.forced(backend.number());
      if (forced != null) {
        words.add(backend.name() + "=" + forced.forced());
      }
    }
    return words.toString();
  }
}
