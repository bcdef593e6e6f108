package dev.azimuth.steering;

import java.util.List;

/**
 * What the configuration says of steering, with every reference bound to a number.
 *
 * @param views by the number of the view
 * @param pools by pool number
 * @param names by the number of the steered name; plans that have the same list, not only an equal
 *     one, have the same views and the same pools by number, with other backends perhaps
 */
public record SteeringPlan(List<View> views, List<Pool> pools, List<SteeredName> names) {
  public SteeringPlan {
    views = List.copyOf(views);
    pools = List.copyOf(pools);
    names = List.copyOf(names);
  }
}
