package dev.azimuth.steering;

import dev.azimuth.health.HealthTable;
import dev.azimuth.steering.Memory.PoolMemory;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the pools of a plan are seen at one instant, after what is remembered of them. Pure.
 *
 * @param neighbours by pool: the other pools that stand in one list with it
 * @param now in milliseconds of the steady clock
 */
// Nobody changes the array, and these are not compared.
@SuppressWarnings("ArrayRecordComponent")
record PoolViews(
    SteeringPlan plan, HealthTable table, int[][] neighbours, Memory memory, long now) {

  /** One pool by its number, and what is to be remembered of it from now on. */
  record Seen(PoolView view, PoolMemory after) {}

  Seen of(int number) {
    Pool pool = plan.pools().get(number);
    PoolMemory before = before(number);
    PoolView view = PoolView.of(pool, table, before, now);
    PoolMemory after = after(number, view, before);
    return new Seen(view.with(after), after);
  }

  /** What was remembered of a pool; null at the first start. */
  @Nullable PoolMemory before(int number) {
    return memory.pools().get(plan.pools().get(number).name());
  }

  private PoolMemory after(int number, PoolView view, @Nullable PoolMemory before) {
    String forced = PoolView.forced(view.pool(), table);
    if (before == null) {
      return new PoolMemory(view.serves(), 0, 0, forced, view.ramps());
    }
    long forcedChanged = forced.equals(before.forced()) ? before.forcedChanged() : now;
    long heldUntil = 0;
    if (view.serves() && before.served()) {
      // Never longer than the hold that is configured now.
      heldUntil =
          before.heldUntil() > now
              ? Math.min(before.heldUntil(), holdFrom(view.pool().failbackHold()))
              : 0;
    } else if (view.serves() && otherServed(number)) {
      heldUntil = holdFrom(view.pool().failbackHold());
    }
    return new PoolMemory(view.serves(), heldUntil, forcedChanged, forced, view.ramps());
  }

  private long holdFrom(FailbackHold hold) {
    return switch (hold) {
      case FailbackHold.For(Duration time) -> time.isZero() ? 0 : now + time.toMillis();
      case FailbackHold.Manual() -> Long.MAX_VALUE;
    };
  }

  /** Whether clients had another pool to go to, so that recovering is not leaving all-down. */
  private boolean otherServed(int number) {
    for (int other : neighbours[number]) {
      PoolMemory before = before(other);
      if (before != null && before.served()) {
        return true;
      }
    }
    return false;
  }
}
