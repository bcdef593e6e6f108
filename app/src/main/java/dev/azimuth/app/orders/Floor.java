package dev.azimuth.app.orders;

import dev.azimuth.app.config.Config.PoolLimits;
import dev.azimuth.steering.Pool;
import dev.azimuth.steering.Usable;
import java.time.Instant;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps orders from leaving too little of a pool. Judged by what is known now, for every instant
 * between an order's beginning and its end at which other orders begin. Pure.
 */
public final class Floor {
  private Floor() {}

  /**
   * Why an order must not be given.
   *
   * @param before the orders without it
   * @return null when it may: every pool stays at its floor or where it would be without it.
   *     Whatever an order says may lower a share: a weight too, of a pool that is measured by
   *     weight
   */
  public static @Nullable String broken(Ground ground, Orders before, Order order) {
    Set<String> touched = ground.roster().pools(order.selector());
    Forces without = new Forces(ground.roster(), before);
    Forces with = new Forces(ground.roster(), before.with(order));
    for (Pool pool : ground.pools()) {
      PoolLimits limits = ground.limits(pool);
      if (limits.floor() > 0 && touched.contains(pool.name())) {
        int[] backends = ground.roster().matching(new Selector.Whole(pool.name()));
        long[] instants =
            LongStream.concat(
                    LongStream.of(order.from()),
                    LongStream.of(with.beginnings(backends, order.from(), order.until())))
                .toArray();
        for (long instant : instants) {
          Usable is = Usable.of(pool, ground.table().with(without.at(backends, instant)));
          Usable then = Usable.of(pool, ground.table().with(with.at(backends, instant)));
          if (then.below(limits.floor()) && then.share() < is.share()) {
            return said(pool, limits.floor(), then, instant > order.since(), instant);
          }
        }
      }
    }
    return null;
  }

  private static String said(Pool pool, double floor, Usable left, boolean later, long instant) {
    String usable =
        left.byWeight()
            ? "weight %d of %d".formatted(left.weight(), left.wholeWeight())
            : "%d of %d".formatted(left.backends(), left.members());
    return "pool %s: leaves %s usable, %s %%, below the floor of %s %%%s"
        .formatted(
            pool.name(),
            usable,
            percent(left.share()),
            percent(floor),
            later ? " at " + Instant.ofEpochMilli(instant) : "");
  }

  /** Rounded down, so that 39.9 % is not said to be below 40 % as "40 %". */
  private static String percent(double share) {
    return Long.toString((long) Math.floor(share * 100 + 1e-9));
  }
}
