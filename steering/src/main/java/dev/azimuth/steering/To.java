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
   * The nearest to the client come first. Candidates that lie 5 % farther than the nearest of the
   * rest, or less, share its step in equal parts.
   *
   * @param pools the numbers of the candidates, at least one; the order for clients of whose place
   *     no coordinates are known
   * @param at where each candidate is
   * @param limit how many steps the order for other clients has at most, at least 1
   */
  record Nearest(List<Integer> pools, List<Point> at, int limit) implements To {
    public Nearest {
      pools = List.copyOf(pools);
      at = List.copyOf(at);
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
      case Nearest(List<Integer> candidates, List<Point> at, int limit) -> candidates;
    };
  }
}
