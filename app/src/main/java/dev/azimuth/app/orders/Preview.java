package dev.azimuth.app.orders;

import dev.azimuth.app.config.Config.PoolLimits;
import dev.azimuth.health.HealthTable;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Bound;
import dev.azimuth.steering.Forwarding;
import dev.azimuth.steering.Memory;
import dev.azimuth.steering.Pool;
import dev.azimuth.steering.SteeringPlan;
import dev.azimuth.steering.Usable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What an order would do at the instant at which it begins, by what is known now.
 *
 * @param order such as {@code drain eu/fra1}
 * @param matches every backend that it means, as {@code pool/backend}, or balancer, as {@code
 *     balancer:NAME}
 * @param pools those of these backends, or that are these balancers, and those that are balancers
 *     which forward to them and find more or fewer of them usable
 * @param names the rules of names that another pool, or none, would serve
 * @param refused why it would be refused unless forced; null when it would not
 */
public record Preview(
    String order,
    List<String> matches,
    List<PoolEffect> pools,
    List<NameEffect> names,
    @Nullable String refused) {

  /**
   * How much of a pool is usable, by the family that decides for it.
   *
   * @param share by the pool's own measure, 0 to 1
   * @param shareAfter the same with the order
   * @param weight the sum over usable backends
   * @param weightAfter the same with the order
   * @param floor 0 to 1; null for none
   * @param capacity how much of the pool's capacity is usable, by weight; null when not configured
   * @param capacityAfter the same with the order
   */
  public record PoolEffect(
      String pool,
      double share,
      double shareAfter,
      long weight,
      long weightAfter,
      @Nullable Double floor,
      @Nullable Long capacity,
      @Nullable Long capacityAfter) {}

  /**
   * @param rule the label of the rule
   * @param before the pool that serves; null for none
   * @param after the pool that would serve; null when nothing usable is left
   */
  public record NameEffect(
      String name, String rule, @Nullable String before, @Nullable String after) {}

  /** Knows what balancers say of themselves by what they forward to. */
  @FunctionalInterface
  public interface Told {
    /**
     * A table with that in it.
     *
     * @param before what is bound before
     * @param forwarding what each forward is, by its number, with the table
     */
    HealthTable table(Bound before, IntFunction<Forwarding> forwarding, HealthTable table);
  }

  /**
   * Binds the plan twice, without and with the order.
   *
   * @param plan of the ground's pools
   * @param told what balancers say of themselves then
   * @param binder one of its own, whose counters nobody uses
   * @param before the orders without it
   */
  public static Preview of(
      Ground ground,
      SteeringPlan plan,
      Told told,
      Memory memory,
      Binder binder,
      Orders before,
      Order order) {
    long at = order.from();
    Orders after = before.with(order);
    HealthTable without = ground.table().with(new Forces(ground.roster(), before).at(at));
    HealthTable with = ground.table().with(new Forces(ground.roster(), after).at(at));
    Bound is = binder.bind(plan, without, memory, before.basis(), at);
    if (before.freeze() == null) {
      HealthTable ordered = with;
      with =
          told.table(
              is,
              each -> binder.forwarding(plan, each, ordered, memory, after.basis(), at),
              ordered);
    }
    Bound then = binder.bind(plan, with, memory, after.basis(), at);
    return new Preview(
        order.says().words() + " " + order.selector(),
        ground.roster().named(order.selector()),
        pools(ground, order, without, with),
        names(then.changesSince(is)),
        Floor.broken(ground, before, order));
  }

  private static List<PoolEffect> pools(
      Ground ground, Order order, HealthTable without, HealthTable with) {
    Set<String> touched = ground.roster().pools(order.selector());
    List<PoolEffect> effects = new ArrayList<>();
    for (Pool pool : ground.pools()) {
      Usable is = Usable.of(pool, without);
      Usable then = Usable.of(pool, with);
      if (touched.contains(pool.name()) || is.weight() != then.weight()) {
        PoolLimits limits = ground.limits(pool);
        boolean floor = limits.floor() > 0;
        effects.add(
            new PoolEffect(
                pool.name(),
                is.share(),
                then.share(),
                is.weight(),
                then.weight(),
                floor ? limits.floor() : null,
                limits.capacity(is),
                limits.capacity(then)));
      }
    }
    return effects;
  }

  private static List<NameEffect> names(List<Bound.Change> changes) {
    return changes.stream()
        .filter(change -> !change.before().pool().equals(change.after().pool()))
        .map(
            change ->
                new NameEffect(
                    change.after().name().name(),
                    change.after().rule().label(),
                    known(change.before().pool()),
                    known(change.after().pool())))
        .distinct()
        .toList();
  }

  private static @Nullable String known(String pool) {
    return pool.isEmpty() ? null : pool;
  }
}
