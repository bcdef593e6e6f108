package dev.azimuth.health;

import org.jspecify.annotations.Nullable;

/**
 * What is known of one target: the state and how far the next change of state has come.
 *
 * @param state what the checks say
 * @param streak results in a row that speak against {@code state}, at most as many as change it; 0
 *     when it is settled
 * @param since when the state began, in milliseconds of the steady clock
 * @param last the newest conclusive probe result; null before the first
 * @param latency of its successful probes
 * @param past what else is remembered
 */
public record TargetHealth(
    State state, int streak, long since, @Nullable ProbeResult last, Latency latency, Past past) {

  public static TargetHealth unknown(long now) {
    return new TargetHealth(State.UNKNOWN, 0, now, null);
  }

  /** With nothing measured and remembered yet. */
  public TargetHealth(State state, int streak, long since, @Nullable ProbeResult last) {
    this(state, streak, since, last, Latency.NONE, Past.NONE);
  }

  /** The same, settled in another state. */
  public TargetHealth settled(State other) {
    return new TargetHealth(other, 0, since, last, latency, past);
  }

  /** The same, up but about to fall: nobody relies on it for long. */
  public TargetHealth failing() {
    return new TargetHealth(State.UP, 1, since, last, latency, past);
  }

  /**
   * What is known after one more probe result. Pure. The first conclusive result is the state;
   * afterwards {@code rise} successes or {@code fall} failures in a row change it, and as many
   * failures as {@link Timing.FallOf} says without a row; a {@link Timing.HoldDown} keeps it down.
   * An inconclusive result changes nothing.
   */
  public TargetHealth after(ProbeResult result, Timing timing) {
    if (result.code() == ProbeResult.Code.INCONCLUSIVE) {
      return this;
    }
    boolean good = result.code().good();
    boolean same = last != null && last.code().good() == good;
    long end = result.started() + result.tookMicros() / 1000;
    Latency measured = good ? latency.after(result.tookMicros(), end) : latency;
    State seen = good ? State.UP : State.DOWN;
    if (changes(seen, end, timing)) {
      boolean fell = state == State.UP;
      return new TargetHealth(
          seen, 0, end, result, measured, past.changed(same, result, fell, end, timing));
    }
    int against = seen == state ? 0 : Math.min(streak + 1, needed(seen, timing));
    return new TargetHealth(
        state,
        against,
        since,
        result,
        measured,
        past.stayed(last, result, state == State.UP, timing));
  }

  /** Whether a result that ended at an instant decides for another state. */
  private boolean changes(State seen, long end, Timing timing) {
    if (state == State.UNKNOWN) {
      return true;
    }
    if (seen == state) {
      return false;
    }
    return seen == State.UP
        ? streak + 1 >= timing.rise() && end >= past.heldUntil(timing)
        : streak + 1 >= timing.fall() || past.failuresLeft(timing) == 1;
  }

  private static int needed(State seen, Timing timing) {
    return seen == State.UP ? timing.rise() : timing.fall();
  }

  /**
   * Until when it stays down, whatever its probes say, in milliseconds of the steady clock; 0 for
   * no hold.
   */
  public long heldUntil(Timing timing) {
    return state == State.DOWN ? past.heldUntil(timing) : 0;
  }

  /**
   * How long after the start of one probe the next begins, in milliseconds: {@code retry} while a
   * change is under way, {@code every} when the state is settled, longer when it is down for long.
   */
  long pause(Timing timing, long now) {
    if (state == State.UNKNOWN) {
      return timing.retry().toMillis();
    }
    if (streak > 0) {
      boolean held = state == State.DOWN && streak == timing.rise();
      long least = timing.retry().toMillis();
      return held
          ? Math.clamp(past.heldUntil(timing) - now, least, timing.every().toMillis())
          : least;
    }
    return state == State.DOWN ? timing.backedOff(now - since) : timing.every().toMillis();
  }

  /** Whether nothing that answers depend on differs but the latency. */
  public boolean alike(TargetHealth other, Timing timing) {
    return state == other.state
        && streak == other.streak
        && since == other.since
        && past.weight() == other.past.weight()
        && stableMillis(timing) == other.stableMillis(timing);
  }

  /** Whether it says how much it wants: the next probe may say otherwise. */
  private boolean asks() {
    return past.weight() != Past.WHOLE || (last != null && last.weight() != ProbeResult.NOT_SAID);
  }

  /**
   * How long the state and what it asks for are at least stable if every probe from now on speaks
   * against it, in milliseconds. 0 while a change is under way or nothing is known.
   */
  public long stableMillis(Timing timing) {
    if (streak > 0) {
      return 0;
    }
    return switch (state) {
      case UNKNOWN -> 0;
      case UP -> (asks() ? 1 : past.failuresLeft(timing)) * timing.every().toMillis();
      case DOWN -> timing.every().toMillis() + (timing.rise() - 1) * timing.retry().toMillis();
    };
  }
}
