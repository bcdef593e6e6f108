package dev.azimuth.health;

import org.jspecify.annotations.Nullable;

/**
 * What operators' orders come to for one backend, and until when.
 *
 * @param forced null where its checks decide
 * @param weight replaces the configured one, 1 to 1,000,000; 0 where the configured one counts
 * @param until when the first of the two next changes because an order ends, in milliseconds of the
 *     steady clock; {@link Long#MAX_VALUE} for not before anything else
 * @param planned when the first of the two next changes because an order begins, likewise; of this
 *     and {@code until} at most one is an instant: the one that comes first
 */
public record ForcedState(@Nullable Forced forced, int weight, long until, long planned) {

  /** Whether nothing is forced yet. */
  public boolean idle() {
    return forced == null && weight == 0;
  }
}
