package dev.azimuth.steering;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one kind of client comes to in a route.
 *
 * @param rule the index of the rule that matched
 * @param nearest the steps in the order that the client's place gave; null where the rule has its
 *     own
 * @param view the view whose addresses are given; {@link View#NONE} for the ordinary ones
 */
record Destination(int rule, @Nullable List<Step> nearest, int view) {

  /** The steps to walk for a rule of a name that has this route. */
  List<Step> steps(Rule of) {
    if (nearest != null) {
      return nearest;
    }
    return switch (of.to()) {
      case To.Ordered(List<Step> steps) -> steps;
      case To.Nearest unplaced -> throw new IllegalStateException("nearest without an order");
    };
  }
}
