package dev.azimuth.app.orders;

import dev.azimuth.app.config.Config.PoolLimits;
import dev.azimuth.health.HealthTable;
import dev.azimuth.steering.Pool;
import java.util.List;
import java.util.Map;

/**
 * What orders act upon.
 *
 * @param pools by pool number
 * @param roster every backend of them by its number
 * @param table what is known of them; its orders do not count
 * @param limits by the pool's name
 */
public record Ground(
    List<Pool> pools, Roster roster, HealthTable table, Map<String, PoolLimits> limits) {

  /** Those of one pool. */
  PoolLimits limits(Pool pool) {
    return limits.getOrDefault(pool.name(), PoolLimits.NONE);
  }
}
