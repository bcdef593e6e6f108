package dev.azimuth.steering;

import java.util.List;
import java.util.stream.Stream;

/** Where a rule leads: pools, in an order that is given or that each client's place gives. */
public sealed interface To {

  /**
   * The first step with a pool that serves is given.
   *
   * @param steps at least one
   */
  record Ordered(List<Step> steps) implements To {
    public Ordered {
      steps = List.copyOf(steps);
    }
  }

  /**
   * The nearest to the client come first.
   *
   * @param pools the numbers of the candidates, at least one; the order for clients whose place is
   *     not known
   * @param limit how many of them are listed at most, at least 1
   */
  record Nearest(List<Integer> pools, int limit) implements To {
    public Nearest {
      pools = List.copyOf(pools);
    }
  }

  /** These pools in this order. */
  static To pools(Integer... numbers) {
    return new Ordered(Stream.of(numbers).map(Step::pool).toList());
  }

  /** The numbers of all pools that it may lead to. */
  default List<Integer> pools() {
    return switch (this) {
      case Ordered(List<Step> steps) ->
          steps.stream().flatMap(step -> step.shares().stream()).map(Step.Share::pool).toList();
      case Nearest(List<Integer> candidates, int limit) -> candidates;
    };
  }
}
