package dev.azimuth.steering;

import java.util.List;

/**
 * What the configuration says of steering, with every reference bound to a number.
 *
 * @param views by the number of the view
 * @param pools by pool number
 * @param names by the number of the steered name; plans that have the same list, not only an equal
 *     one, have the same views, the same pools by number, with other backends perhaps, and the same
 *     salt
 * @param salt of sticky choices
 */
public record SteeringPlan(List<View> views, List<Pool> pools, List<SteeredName> names, Salt salt) {
  public SteeringPlan {
    views = List.copyOf(views);
    pools = List.copyOf(pools);
    names = List.copyOf(names);
  }

  /** Of nodes that need not agree on anything sticky. */
  public SteeringPlan(List<View> views, List<Pool> pools, List<SteeredName> names) {
    this(views, pools, names, Salt.NONE);
  }
}
