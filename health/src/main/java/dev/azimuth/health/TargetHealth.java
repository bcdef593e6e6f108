package dev.azimuth.health;

import org.jspecify.annotations.Nullable;

/**
 * What is known of one target: the state and how far the next change of state has come.
 *
 * @param state what the checks say
 * @param streak results in a row that speak against {@code state}; 0 when it is settled
 * @param since when the state began, in milliseconds of the steady clock
 * @param last the newest conclusive probe result; null before the first
 * @param latency of its successful probes
 */
public record TargetHealth(
    State state, int streak, long since, @Nullable ProbeResult last, Latency latency) {

  public static TargetHealth unknown(long now) {
    return new TargetHealth(State.UNKNOWN, 0, now, null);
  }

  /** With nothing measured yet. */
  public TargetHealth(State state, int streak, long since, @Nullable ProbeResult last) {
    this(state, streak, since, last, Latency.NONE);
  }

  /**
   * What is known after one more probe result. Pure. The first conclusive result is the state;
   * afterwards {@code rise} successes or {@code fall} failures in a row change it. An inconclusive
   * result changes nothing.
   */
  public TargetHealth after(ProbeResult result, Timing timing) {
    if (result.code() == ProbeResult.Code.INCONCLUSIVE) {
      return this;
    }
    State seen = result.code().good() ? State.UP : State.DOWN;
    long end = result.started() + result.tookMicros() / 1000;
    Latency measured = result.code().good() ? latency.after(result.tookMicros(), end) : latency;
    if (state == State.UNKNOWN) {
      return new TargetHealth(seen, 0, end, result, measured);
    }
    if (seen == state) {
      return new TargetHealth(state, 0, since, result, measured);
    }
    int needed = seen == State.UP ? timing.rise() : timing.fall();
    return streak + 1 >= needed
        ? new TargetHealth(seen, 0, end, result, measured)
        : new TargetHealth(state, streak + 1, since, result, measured);
  }

  /** Whether nothing that answers depend on differs. */
  boolean alike(TargetHealth other) {
    return state == other.state
        && streak == other.streak
        && since == other.since
        && latency.level() == other.latency.level();
  }

  /**
   * How long the state is at least stable if every probe from now on speaks against it, in
   * milliseconds. 0 while a change is under way or nothing is known.
   */
  public long stableMillis(Timing timing) {
    if (streak > 0) {
      return 0;
    }
    return switch (state) {
      case UNKNOWN -> 0;
      case UP -> timing.fall() * timing.every().toMillis();
      case DOWN -> timing.every().toMillis() + (timing.rise() - 1) * timing.retry().toMillis();
    };
  }
}
