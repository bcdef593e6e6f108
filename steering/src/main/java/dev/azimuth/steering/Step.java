package dev.azimuth.steering;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of an ordered list of pools: one pool, or several that share the clients by weight. A
 * share whose pool does not serve falls to the others of the step.
 *
 * @param shares at least one, of different pools
 * @param sticky by which network a client stays with its pool; null where each query draws anew
 */
public record Step(List<Share> shares, @Nullable StickyPrefix sticky) {
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
    return new Step(List.of(new Share(number, 1)), null);
  }

  /** Several pools in equal shares, of which the client's network decides. */
  public static Step equal(List<Integer> pools) {
    return new Step(pools.stream().map(pool -> new Share(pool, 1)).toList(), StickyPrefix.DEFAULT);
  }
}
