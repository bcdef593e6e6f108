package dev.azimuth.health;

/**
 * Whether a node believes its own checks: when too much fails at once, hosts elsewhere, its
 * anchors, are asked whether it is the node's own network that is broken. Immutable; every method
 * is pure and takes the time, in milliseconds of the steady clock.
 */
public sealed interface Doubt {
  /** How long anchors may take to answer. */
  long ANSWER_MILLIS = 1_000;

  /** How long states are held at most. */
  long LONGEST_MILLIS = 600_000;

  /** How soon anchors are asked again. */
  long AGAIN_MILLIS = 5_000;

  /**
   * The checks are believed.
   *
   * @param from when anchors may be asked next
   */
  record None(long from) implements Doubt {
    /** Before anything was looked at. */
    public static final None FIRST = new None(Long.MIN_VALUE);
  }

  /** The anchors have been asked, and what failed counts for nothing until they answer. */
  record Asking(long since) implements Doubt {}

  /**
   * Too few anchors answer: states are held.
   *
   * @param asked when the anchors were asked last
   * @param back since when enough of them answer again; 0 while they do not
   */
  record Holding(long since, long asked, long back) implements Doubt {}

  /** What is to be known of the targets. */
  interface Sight {
    /** Whether too much failed at once to be believed. */
    boolean suspicious();

    /** Whether all is up again that is held as up. */
    boolean recovered();

    /** How long targets take at most to come up again, in milliseconds. */
    long recoveryMillis();
  }

  /** The doubt at an instant. */
  default Doubt at(long now, Sight sight) {
    return switch (this) {
      case None(long from) -> now >= from && sight.suspicious() ? new Asking(now) : this;
      case Asking(long since) -> now >= since + ANSWER_MILLIS ? new Holding(since, since, 0) : this;
      case Holding(long since, long asked, long back) -> {
        boolean over = back > 0 && (sight.recovered() || now >= back + sight.recoveryMillis());
        yield over || now >= since + LONGEST_MILLIS
            ? new None(now + AGAIN_MILLIS)
            : now >= asked + AGAIN_MILLIS ? new Holding(since, now, back) : this;
      }
    };
  }

  /**
   * The doubt after the anchors were asked.
   *
   * @param answering how many of them answered
   * @param anchors how many there are
   */
  default Doubt answered(int answering, int anchors, long now) {
    boolean enough = answering * 2 >= anchors;
    return switch (this) {
      case None none -> this;
      case Asking(long since) ->
          enough ? new None(now + AGAIN_MILLIS) : new Holding(since, since, 0);
      case Holding(long since, long asked, long back) ->
          new Holding(since, asked, !enough ? 0 : back > 0 ? back : now);
    };
  }

  /** Whether states are held, be it only until the anchors answer. */
  default boolean holds() {
    return switch (this) {
      case None none -> false;
      case Asking asking -> true;
      case Holding holding -> true;
    };
  }

  /** Whether the anchors have confirmed it, so that it is said aloud. */
  default boolean declared() {
    return this instanceof Holding;
  }

  /** When the anchors were asked last; {@link Long#MIN_VALUE} without a doubt. */
  default long asked() {
    return switch (this) {
      case None none -> Long.MIN_VALUE;
      case Asking(long since) -> since;
      case Holding(long since, long asked, long back) -> asked;
    };
  }

  /**
   * When it is to be looked at again though nothing happens; {@link Long#MAX_VALUE} for never.
   *
   * @param sight as {@link #at} takes it
   */
  default long next(Sight sight) {
    return switch (this) {
      case None(long from) -> from > Long.MIN_VALUE && sight.suspicious() ? from : Long.MAX_VALUE;
      case Asking(long since) -> since + ANSWER_MILLIS;
      case Holding(long since, long asked, long back) -> {
        long over = back > 0 ? back + sight.recoveryMillis() : Long.MAX_VALUE;
        yield Math.min(Math.min(over, since + LONGEST_MILLIS), asked + AGAIN_MILLIS);
      }
    };
  }
}
