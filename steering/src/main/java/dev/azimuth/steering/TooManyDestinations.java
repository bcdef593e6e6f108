package dev.azimuth.steering;

/** A route tells clients apart in more ways than its map can hold. */
public final class TooManyDestinations extends Exception {
  private static final long serialVersionUID = 1L;

  private final String rule;

  /**
   * @param rule the label of the rule that leads to most of them
   * @param its how many it leads to
   * @param all how many the whole route has
   */
  TooManyDestinations(String rule, int its, int all) {
    super(
        ("the route leads to %,d different orders of pools and views, %,d of them here:"
                + " at most %,d can be told apart")
            .formatted(all, its, RouteMap.MOST_DESTINATIONS));
    this.rule = rule;
  }

  /** The label of the rule that leads to most of them. */
  public String rule() {
    return rule;
  }
}
