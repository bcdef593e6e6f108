package dev.azimuth.health;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The health of every target and the forced state of every backend, at one instant. Immutable;
 * indexed by the numbers that the plan gave to targets and backends.
 */
public final class HealthTable {
  private final Target[] targets;
  private final TargetHealth[] health;
  private final @Nullable ForcedState[] forced;

  /**
   * @param targets by target number
   * @param health by target number, as many as {@code targets}
   * @param forced by backend number; null where nothing is forced
   */
  public HealthTable(
      List<Target> targets, List<TargetHealth> health, List<@Nullable ForcedState> forced) {
    if (targets.size() != health.size()) {
      throw new IllegalArgumentException("as many states as targets");
    }
    this.targets = targets.toArray(Target[]::new);
    this.health = health.toArray(TargetHealth[]::new);
    this.forced = forced.toArray(ForcedState[]::new);
  }

  public int targets() {
    return targets.length;
  }

  public Target target(int target) {
    return targets[target];
  }

  public TargetHealth health(int target) {
    return health[target];
  }

  /** The forced state of a backend; null when nothing is forced. */
  public @Nullable ForcedState forced(int backend) {
    return forced[backend];
  }

  /** How long this target's state is at least stable, in milliseconds. */
  public long stableMillis(int target) {
    return health[target].stableMillis(targets[target].check().timing());
  }
}
