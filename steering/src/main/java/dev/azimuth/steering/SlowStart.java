package dev.azimuth.steering;

import dev.azimuth.health.Forced;
import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.State;
import dev.azimuth.health.Verdict;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings a backend that recovered, or was added, back little by little: its weight rises from a
 * tenth to the whole within the pool's {@code slow_start}. Pure; follows the clock by whole
 * seconds, so that no pool is laid out more often.
 */
final class SlowStart {
  /** What weights are in while one of a pool rises: hundredths. */
  static final int WHOLE = 100;

  private static final int LEAST = 10;
  private static final long STEP = 1000;

  private SlowStart() {}

  /**
   * Which backends of a pool can take clients, and since when their weights rise.
   *
   * @param before the same at the binding before; null at the first start, when nothing recovered
   * @return by {@link #key}: an instant of the steady clock, 0 for those with their whole weight;
   *     empty for a pool without slow start
   */
  static Map<String, Long> after(
      Pool pool, HealthTable table, @Nullable Map<String, Long> before, long now) {
    if (pool.slowStart().isZero()) {
      return Map.of();
    }
    Map<String, Long> after = new HashMap<>();
    for (Family family : Family.values()) {
      for (boolean standby : new boolean[] {false, true}) {
        // What comes back when nothing else could be given must take all clients at once.
        boolean another =
            before != null
                && pool.backends().stream()
                    .anyMatch(b -> b.standby() == standby && before.containsKey(key(b, family)));
        for (Backend backend : pool.backends()) {
          if (backend.standby() == standby && able(backend, family, table)) {
            String key = key(backend, family);
            Long began = before == null ? null : before.get(key);
            long since = began != null ? began : another ? now : 0;
            after.put(key, rising(pool, since, now) ? since : 0);
          }
        }
      }
    }
    return after;
  }

  /** The key of a backend in one family. */
  static String key(Backend backend, Family family) {
    return backend.name() + " " + family;
  }

  /** Whether a weight that began to rise at an instant is not whole yet. */
  static boolean rising(Pool pool, long since, long now) {
    return since > 0 && now < end(pool, since);
  }

  /** When it is: at a whole second. */
  static long end(Pool pool, long since) {
    return Math.ceilDiv(since + pool.slowStart().toMillis(), STEP) * STEP;
  }

  /** How long it is until then, in seconds; never more than the whole rise takes. */
  static long secondsLeft(Pool pool, long since, long now) {
    return Math.min(
        Math.ceilDiv(end(pool, since) - now, STEP),
        Math.ceilDiv(pool.slowStart().toMillis(), STEP));
  }

  /** How much of its weight a backend has, in hundredths. */
  static int percent(Pool pool, long since, long now) {
    if (!rising(pool, since, now)) {
      return WHOLE;
    }
    long elapsed = Math.max(0, now - now % STEP - since);
    return (int) Math.min(WHOLE, LEAST + (WHOLE - LEAST) * elapsed / pool.slowStart().toMillis());
  }

  /** When weights that rise are next to be laid out. */
  static long next(long now) {
    return now - now % STEP + STEP;
  }

  private static boolean able(Verdict verdict) {
    return verdict.state() != State.DOWN && verdict.weight() > 0;
  }

  /** Whether it may be given: also while nothing is known of it. */
  private static boolean able(Backend backend, Family family, HealthTable table) {
    ForcedState order = table.forced(backend.number());
    Forced forced = order == null ? null : order.forced();
    boolean any = false;
    for (Endpoint endpoint : backend.endpoints()) {
      if (endpoint.family() == family) {
        any |= endpoint.verdict() < 0 || able(table.verdict(endpoint.verdict()));
        any |= forced == Forced.UP;
      }
    }
    return any && forced != Forced.DOWN && forced != Forced.DRAIN;
  }
}
