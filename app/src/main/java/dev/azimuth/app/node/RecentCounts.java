package dev.azimuth.app.node;

import java.util.Map;

/**
 * What counters were at some look before, so that a look tells how quickly they rise: since a look
 * at least {@link #LEAST} ago, and no longer ago than looks are rare. Holds two looks and nothing
 * else. Safe for use by several threads; takes the time as a parameter.
 */
final class RecentCounts {
  /** Over less than this many milliseconds a rate says nothing. */
  static final long LEAST = 5_000;

  private Look older = new Look(Map.of(), 0);
  private Look newer = new Look(Map.of(), 0);

  /** Counters at an instant. */
  private record Look(Map<String, Long> counts, long at) {}

  /**
   * How quickly counters rose.
   *
   * @param millis over how long
   */
  record Since(Map<String, Long> before, Map<String, Long> now, long millis) {
    /** Whether a counter was there at both ends. */
    boolean known(String counter) {
      return millis > 0 && before.containsKey(counter) && now.containsKey(counter);
    }

    /** Of one that is known. */
    double perSecond(String counter) {
      long rise = now.getOrDefault(counter, 0L) - before.getOrDefault(counter, 0L);
      return Math.max(0, rise) * 1000.0 / millis;
    }
  }

  /**
   * Looks at counters.
   *
   * @param counts each by its name
   * @param now in milliseconds of the steady clock
   */
  synchronized Since look(Map<String, Long> counts, long now) {
    if (now - newer.at >= LEAST) {
      older = newer;
      newer = new Look(Map.copyOf(counts), now);
    }
    return new Since(older.counts, Map.copyOf(counts), now - older.at);
  }
}
