package dev.azimuth.steering;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Which pools of a rule's list serve. Pure. */
final class Ladder {
  private Ladder() {}

  /** How far down the ladder the choice was made. */
  enum Outcome {
    /** A step with a pool that serves and is not on hold. */
    SERVES,
    /** A step with a pool that serves but is on hold, since no other does. */
    SERVES_ON_HOLD,
    /** No pool has its minimum up: the one with the greatest share, and who shares its step. */
    GREATEST_SHARE,
    /** Nothing is usable in any pool. */
    ALL_DOWN
  }

  /**
   * One pool of the list.
   *
   * @param number of the pool
   * @param step the index of its step
   * @param weight in its step
   */
  record Rung(PoolView pool, int number, int step, int weight) {}

  /**
   * @param serving indices into the rungs, all of one step, at least one; none for {@link
   *     Outcome#ALL_DOWN}
   * @param looked how many rungs were looked at, from the first
   */
  record Choice(Outcome outcome, List<Integer> serving, int looked) {}

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

  /**
   * @param rungs in the rule's order, at least one
   * @param now in milliseconds of the steady clock
   */
  static Choice choose(List<Rung> rungs, Look look, long now, Trace trace) {
    Verdict[] verdicts = new Verdict[rungs.size()];
    for (int i = 0; i < verdicts.length; ) {
      int step = rungs.get(i).step;
      boolean serves = false;
      for (; i < verdicts.length && rungs.get(i).step == step; i++) {
        PoolView pool = rungs.get(i).pool;
        verdicts[i] = verdict(pool, look.side(pool), now);
        trace.found(pool, verdicts[i]);
        serves |= verdicts[i] == Verdict.SERVES;
      }
      if (serves) {
        return new Choice(
            Outcome.SERVES, inStep(rungs, step, r -> verdicts[r] == Verdict.SERVES), i);
      }
    }
    return whereNoneServes(rungs, verdicts, look);
  }

  private static Choice whereNoneServes(List<Rung> rungs, Verdict[] verdicts, Look look) {
    int greatest = -1;
    for (int i = 0; i < verdicts.length; i++) {
      if (verdicts[i] == Verdict.ON_HOLD) {
        List<Integer> held = inStep(rungs, rungs.get(i).step, r -> verdicts[r] == Verdict.ON_HOLD);
        return new Choice(Outcome.SERVES_ON_HOLD, held, verdicts.length);
      }
      double share = look.side(rungs.get(i).pool).share();
      if (share > 0 && (greatest < 0 || share > look.side(rungs.get(greatest).pool).share())) {
        greatest = i;
      }
    }
    if (greatest < 0) {
      return new Choice(Outcome.ALL_DOWN, List.of(), verdicts.length);
    }
    List<Integer> serving =
        inStep(rungs, rungs.get(greatest).step, r -> look.side(rungs.get(r).pool).share() > 0);
    return new Choice(Outcome.GREATEST_SHARE, serving, verdicts.length);
  }

  private static List<Integer> inStep(List<Rung> rungs, int step, Predicate<Integer> which) {
    List<Integer> found = new ArrayList<>(1);
    for (int i = 0; i < rungs.size(); i++) {
      if (rungs.get(i).step == step && which.test(i)) {
        found.add(i);
      }
    }
    return List.copyOf(found);
  }

  private static Verdict verdict(PoolView pool, Side side, long now) {
    if (side.serves()) {
      return pool.held(now) ? Verdict.ON_HOLD : Verdict.SERVES;
    }
    return side.usable() ? Verdict.BELOW_MIN_UP : Verdict.NOTHING_USABLE;
  }
}
