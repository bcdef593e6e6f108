package dev.azimuth.steering;

import org.jspecify.annotations.Nullable;

/**
 * How backends are chosen inside the pool.
 *
 * @param answers how many at most, 1 to 64
 * @param groups which backends may stand in one answer together
 * @param sticky how much of a client's address decides; only for {@link By#STICKY} and {@link
 *     By#NEAREST}, else null
 */
public record Pick(By by, int answers, Groups groups, @Nullable StickyPrefix sticky) {

  /** The ways to pick. */
  public enum By {
    /** In proportion to the weights, spread smoothly. */
    WEIGHTED,
    /** In turn, whatever the weights. */
    ROTATE,
    /** In proportion to the weights, at random. */
    RANDOM,
    /** In proportion to the weights, the same for the same client prefix. */
    STICKY,
    /** Those nearest to the client; of those equally near as {@link #STICKY}. */
    NEAREST,
    /** In proportion to the weights and to how quickly probes are answered. */
    FASTEST,
    /** The usable backends in the order of the configuration. */
    ALL
  }

  /** Which backends may stand in one answer together. */
  public enum Groups {
    /** Any. */
    MIXED,
    /** Never two of one group. */
    SPREAD,
    /** Only those of one group. */
    WITHIN
  }

  /** The most answers that one message carries. */
  public static final int MAX_ANSWERS = 64;

  /**
   * The most {@link #work}, or {@link Nearness#work}, for a pool: it is done on the thread that
   * follows health.
   */
  public static final long MOST_WORK = 8_000_000;

  public Pick {
    boolean sticks = by == By.STICKY || by == By.NEAREST;
    if (sticks != (sticky != null)) {
      throw new IllegalArgumentException("a prefix is what makes a pick sticky");
    }
  }

  /** A pick of backends of any groups; a sticky one by the usual prefixes. */
  public Pick(By by, int answers) {
    this(
        by,
        answers,
        Groups.MIXED,
        by == By.STICKY || by == By.NEAREST ? StickyPrefix.DEFAULT : null);
  }

  /**
   * How much there is to lay out for a sticky pick beyond what it always takes, whenever a pool of
   * so many backends changes: each bucket of networks and each backend, for each answer after the
   * first.
   */
  public long work(int backends) {
    return (long) Buckets.COUNT * backends * (answers - 1);
  }

  /** How many answers a way of picking gives when none is said. */
  public static int defaultAnswers(By by) {
    return switch (by) {
      case WEIGHTED, RANDOM, STICKY, NEAREST, FASTEST -> 1;
      case ROTATE -> 8;
      case ALL -> MAX_ANSWERS;
    };
  }
}
