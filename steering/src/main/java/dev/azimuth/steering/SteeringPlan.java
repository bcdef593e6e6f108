package dev.azimuth.steering;

import java.util.BitSet;
import java.util.List;

/**
 * What the configuration says of steering, with every reference bound to a number.
 *
 * @param views by the number of the view
 * @param pools by pool number
 * @param names by the number of the steered name; plans that have the same list, not only an equal
 *     one, have the same views, routes and salt, and the same pools by number, with other backends
 *     perhaps
 * @param routes of these names
 * @param salt of sticky choices
 * @param forwards what connections are forwarded to; the same for the same list of names
 */
public record SteeringPlan(
    List<View> views,
    List<Pool> pools,
    List<SteeredName> names,
    Routes routes,
    Salt salt,
    List<Forward> forwards) {
  public SteeringPlan {
    views = List.copyOf(views);
    pools = List.copyOf(pools);
    names = List.copyOf(names);
    forwards = List.copyOf(forwards);
  }

  /** A plan by which nothing is forwarded. */
  public SteeringPlan(
      List<View> views, List<Pool> pools, List<SteeredName> names, Routes routes, Salt salt) {
    this(views, pools, names, routes, salt, List.of());
  }

  /**
   * A plan with the routes of these names, where no place is known, of nodes that need not agree on
   * anything sticky.
   *
   * @throws IllegalArgumentException when a route has too many destinations
   */
  public SteeringPlan(List<View> views, List<Pool> pools, List<SteeredName> names) {
    this(views, pools, names, routes(views, pools, names), Salt.NONE);
  }

  /** The same with another salt. */
  public SteeringPlan with(Salt other) {
    return new SteeringPlan(views, pools, names, routes, other, forwards);
  }

  private static Routes routes(List<View> views, List<Pool> pools, List<SteeredName> names) {
    try {
      List<BitSet> viewsOfPool = pools.stream().map(SteeringPlan::views).toList();
      return Routes.of(views, viewsOfPool, names, Places.NONE, Routes.NONE);
    } catch (TooManyDestinations e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** The views in which a pool gives other addresses. */
  private static BitSet views(Pool pool) {
    BitSet views = new BitSet();
    pool.backends().forEach(backend -> backend.inside().keySet().forEach(views::set));
    return views;
  }
}
