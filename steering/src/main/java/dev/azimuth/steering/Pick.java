package dev.azimuth.steering;

/**
 * How backends are chosen inside the pool.
 *
 * @param answers how many at most, 1 to 64
 */
public record Pick(By by, int answers) {

  /** The ways to pick. */
  public enum By {
    /** In proportion to the weights, spread smoothly. */
    WEIGHTED,
    /** In turn, whatever the weights. */
    ROTATE,
    /** The usable backends in the order of the configuration. */
    ALL
  }

  /** The most answers that one message carries. */
  public static final int MAX_ANSWERS = 64;

  /** How many answers a way of picking gives when none is said. */
  public static int defaultAnswers(By by) {
    return switch (by) {
      case WEIGHTED -> 1;
      case ROTATE -> 8;
      case ALL -> MAX_ANSWERS;
    };
  }
}
