package dev.azimuth.steering;

import java.util.List;

/** Which pool of a rule's list serves. Pure. */
final class Ladder {
  private Ladder() {}

  /** How far down the ladder the choice was made. */
  enum Step {
    /** A pool that serves and is not on hold. */
    SERVES,
    /** A pool that serves but is on hold, since no other does. */
    SERVES_ON_HOLD,
    /** No pool has its minimum up: the one with the greatest share. */
    GREATEST_SHARE,
    /** Nothing is usable in any pool. */
    ALL_DOWN
  }

  /**
   * @param index into the list of pools; -1 for {@link Step#ALL_DOWN}
   */
  record Choice(Step step, int index) {}

  /** How a pool looks in the family that decides. */
  interface Look {
    Side side(PoolView pool);
  }

  /** What was found of one pool on the way down. */
  enum Verdict {
    SERVES,
    /** It serves by its own measure but is on failback hold. */
    ON_HOLD,
    BELOW_MIN_UP,
    NOTHING_USABLE
  }

  /** Hears what is found of each pool; used to explain. */
  interface Trace {
    /** Nobody listens. */
    Trace NONE = (pool, verdict) -> {};

    void found(PoolView pool, Verdict verdict);
  }

  /** The family that decides for a list: IPv4 if any listed pool has it. */
  static Family referenceFamily(List<PoolView> pools) {
    boolean v4 = pools.stream().anyMatch(pool -> pool.v4().present());
    boolean v6 = pools.stream().anyMatch(pool -> pool.v6().present());
    return v4 || !v6 ? Family.V4 : Family.V6;
  }

  /**
   * @param pools in the rule's order, at least one
   * @param now in milliseconds of the steady clock
   */
  static Choice choose(List<PoolView> pools, Look look, long now, Trace trace) {
    int onHold = -1;
    for (int i = 0; i < pools.size(); i++) {
      Verdict verdict = verdict(pools.get(i), look.side(pools.get(i)), now);
      trace.found(pools.get(i), verdict);
      if (verdict == Verdict.SERVES) {
        return new Choice(Step.SERVES, i);
      }
      if (verdict == Verdict.ON_HOLD && onHold < 0) {
        onHold = i;
      }
    }
    if (onHold >= 0) {
      return new Choice(Step.SERVES_ON_HOLD, onHold);
    }
    int greatest = -1;
    for (int i = 0; i < pools.size(); i++) {
      Side side = look.side(pools.get(i));
      if (side.share() > 0
          && (greatest < 0 || side.share() > look.side(pools.get(greatest)).share())) {
        greatest = i;
      }
    }
    return greatest >= 0
        ? new Choice(Step.GREATEST_SHARE, greatest)
        : new Choice(Step.ALL_DOWN, -1);
  }

  private static Verdict verdict(PoolView pool, Side side, long now) {
    if (side.serves()) {
      return pool.held(now) ? Verdict.ON_HOLD : Verdict.SERVES;
    }
    return side.usable() ? Verdict.BELOW_MIN_UP : Verdict.NOTHING_USABLE;
  }
}
