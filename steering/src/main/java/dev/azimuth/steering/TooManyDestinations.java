package dev.azimuth.steering;

/** Names tell clients apart in more ways than can be held. */
public final class TooManyDestinations extends Exception {
  private static final long serialVersionUID = 1L;

  private final String rule;

  private TooManyDestinations(String rule, String message) {
    super(message);
    this.rule = rule;
  }

  /**
   * More than the map of a route holds.
   *
   * @param rule the label of the rule that leads to most of them
   * @param its how many it leads to
   * @param all how many the whole route has
   */
  static TooManyDestinations ofRoute(String rule, int its, int all) {
    return new TooManyDestinations(
        rule,
        ("the route leads to %,d different orders of pools and views, %,d of them here:"
                + " at most %,d can be told apart")
            .formatted(all, its, RouteMap.MOST_DESTINATIONS));
  }

  /**
   * More than answers are made ready for: each name has one for each of its destinations.
   *
   * @param rule the label of a rule of the route that leads to most of them
   * @param names how many have that route
   * @param each how many destinations it has
   * @param all of all names
   */
  static TooManyDestinations ofNames(String rule, int names, int each, long all) {
    return new TooManyDestinations(
        rule,
        ("names lead to %,d orders of pools and views in all, %,d names by this route to %,d each:"
                + " at most %,d can be kept ready")
            .formatted(all, names, each, Routes.MOST_READY));
  }

  /** The label of the rule that leads to most of them. */
  public String rule() {
    return rule;
  }
}
