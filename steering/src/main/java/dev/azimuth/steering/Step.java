package dev.azimuth.steering;

import java.util.List;

/**
 * One step of an ordered list of pools: one pool, or several that share the clients by weight. A
 * share whose pool does not serve falls to the others of the step.
 *
 * @param shares at least one, of different pools
 * @param sticky by which network a client comes to its pool, whatever type it asks for
 */
public record Step(List<Share> shares, StickyPrefix sticky) {
  /**
   * @param pool its number
   * @param weight 1 to 1,000,000, in proportion to the others of the step
   */
  public record Share(int pool, int weight) {}

  public Step {
    shares = List.copyOf(shares);
  }

  /** One pool alone. */
  public static Step pool(int number) {
    return new Step(List.of(new Share(number, 1)), StickyPrefix.DEFAULT);
  }

  /** Several pools in equal shares. */
  public static Step equal(List<Integer> pools) {
    return new Step(pools.stream().map(pool -> new Share(pool, 1)).toList(), StickyPrefix.DEFAULT);
  }
}
