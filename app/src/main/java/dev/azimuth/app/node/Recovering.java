package dev.azimuth.app.node;

import dev.azimuth.app.config.Config.PoolConfig;
import dev.azimuth.balancer.Ejections;
import java.time.Duration;

/**
 * Brings a backend that was ejected back little by little, as slow start does with one that was
 * down: its weight rises from a tenth to the whole within the pool's {@code slow_start}. Pure;
 * steps by whole seconds.
 */
final class Recovering {
  /** The whole weight. */
  static final int WHOLE = 100;

  private static final int LEAST = 10;
  private static final long STEP = 1_000;

  private Recovering() {}

  /** How much of its weight a backend has, in hundredths. */
  static int percent(Ejections ejections, String key, Duration slowStart, long now) {
    long until = ejections.until(key);
    if (!rises(until, slowStart, now)) {
      return WHOLE;
    }
    long passed = (now - until) / STEP * STEP;
    return (int) (LEAST + (WHOLE - LEAST) * passed / slowStart.toMillis());
  }

  private static boolean rises(long until, Duration slowStart, long now) {
    return until != Long.MIN_VALUE && until <= now && now - until < slowStart.toMillis();
  }

  /** When some weight is next to be laid out; {@link Long#MAX_VALUE} while none rises. */
  static long nextChange(Ejections ejections, Plan plan, long now) {
    long next = Long.MAX_VALUE;
    for (String key : ejections.ejections().keySet()) {
      PoolConfig pool = plan.source().config().pools().get(key.substring(0, key.indexOf('/')));
      long until = ejections.until(key);
      if (pool != null && rises(until, pool.limits().slowStart(), now)) {
        next = Math.min(next, now + STEP - (now - until) % STEP);
      }
    }
    return next;
  }
}
