package dev.azimuth.health;

import java.util.HashMap;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * Knows which targets that are probed were up a moment ago and fail now: the more at once, the less
 * it is they. A moment is one {@code every + timeout} of their check. Times are milliseconds of the
 * steady clock. Confined to one thread.
 */
public final class Suspects {
  /** The pool of a target that several have. */
  public static final int SEVERAL_POOLS = -1;

  private static final int LEAST = 5;

  private final Map<Target, Suspect> failing = new HashMap<>();
  private int up;

  /**
   * @param until how long its failure is news
   * @param down whether the failures have brought it down
   */
  private record Suspect(long until, boolean down) {}

  /** Of no targets. */
  public Suspects() {}

  /** Begins with other targets; those that stay keep what is known of them. */
  public void watch(Map<Target, TargetHealth> known) {
    failing.keySet().retainAll(known.keySet());
    up = 0;
    known.forEach((target, health) -> up += target.check().probed() ? up(health) : 0);
  }

  /** Takes a result in. */
  public void probed(Target target, TargetHealth before, TargetHealth after, long now) {
    if (!target.check().probed()) {
      return;
    }
    up += up(after) - up(before);
    boolean down = up(after) == 0;
    if (after.streak() == 0 && !down) {
      failing.remove(target);
    } else if (before.streak() == 0 && up(before) == 1) {
      Timing timing = target.check().timing();
      long moment = timing.every().toMillis() + timing.timeout().toMillis();
      failing.put(target, new Suspect(now + moment, down));
    } else {
      failing.computeIfPresent(target, (t, suspect) -> new Suspect(suspect.until, down));
    }
  }

  private static int up(TargetHealth health) {
    return health.state() == State.UP ? 1 : 0;
  }

  /** What fails now is believed: from now on only others, and those that come up again, count. */
  public void believe() {
    failing.clear();
  }

  /** Whether a target was up until it began to fail a moment ago. */
  public boolean contains(Target target) {
    return failing.containsKey(target);
  }

  /**
   * Whether more than half of what was up fails: at least 5 targets, in at least 2 pools.
   *
   * @param pool the number of a target's pool, or {@link #SEVERAL_POOLS}
   */
  public boolean tooMany(long now, ToIntFunction<Target> pool) {
    if (failing.size() < LEAST) {
      return false;
    }
    failing.values().removeIf(suspect -> suspect.until < now);
    long down = failing.values().stream().filter(Suspect::down).count();
    return failing.size() >= LEAST
        && failing.size() * 2L > up + down
        && (failing.keySet().stream().mapToInt(pool).distinct().limit(2).count() > 1
            || failing.keySet().stream().anyMatch(t -> pool.applyAsInt(t) == SEVERAL_POOLS));
  }
}
