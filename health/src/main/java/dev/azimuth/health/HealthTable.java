package dev.azimuth.health;

import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;
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

  private HealthTable(Target[] targets, TargetHealth[] health, @Nullable ForcedState[] forced) {
    this.targets = targets;
    this.health = health;
    this.forced = forced;
  }

  /**
   * The same targets and forced states with other health.
   *
   * @param now by target number, as many as there are targets; copied
   */
  public HealthTable with(TargetHealth[] now) {
    if (targets.length != now.length) {
      throw new IllegalArgumentException("as many states as targets");
    }
    return new HealthTable(targets, now.clone(), forced);
  }

  /**
   * The same targets and health with other forced states.
   *
   * @param now by backend number, as many as there are backends; null where nothing is forced
   */
  public HealthTable with(List<@Nullable ForcedState> now) {
    if (forced.length != now.size()) {
      throw new IllegalArgumentException("as many forced states as backends");
    }
    return new HealthTable(targets, health, now.toArray(ForcedState[]::new));
  }

  /** Whether both are about the same targets, as those are that {@code with} returns. */
  @SuppressWarnings("ReferenceEquality") // comparing the targets would cost more than it saves
  public boolean sameTargets(HealthTable other) {
    return targets == other.targets;
  }

  /**
   * Tells what differs from another table of the same targets, in what is known and forced.
   *
   * @param target told the number of each such target
   * @param backend told the number of each such backend
   */
  @SuppressWarnings("ReferenceEquality") // quickly passes over what is the same object
  public void differences(HealthTable other, IntConsumer target, IntConsumer backend) {
    for (int i = 0; i < health.length; i++) {
      if (health[i] != other.health[i] && !health[i].alike(other.health[i])) {
        target.accept(i);
      }
    }
    for (int i = 0; forced != other.forced && i < forced.length; i++) {
      if (!Objects.equals(forced[i], other.forced[i])) {
        backend.accept(i);
      }
    }
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

  /** What operators order of a backend; null when they order nothing. */
  public @Nullable ForcedState forced(int backend) {
    return forced[backend];
  }

  /** How long this target's state is at least stable, in milliseconds. */
  public long stableMillis(int target) {
    return health[target].stableMillis(targets[target].check().timing());
  }
}
