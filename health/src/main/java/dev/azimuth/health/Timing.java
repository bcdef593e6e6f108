package dev.azimuth.health;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a target is probed and how many results change its state.
 *
 * @param every from the start of one probe to the start of the next, 100 ms to 1 d
 * @param retry replaces {@code every} while a change of state is under way, 50 ms to {@code every}
 * @param timeout the longest a probe may take, 10 ms to 60 s
 * @param rise successes in a row that bring a target up, 1 to 100
 * @param fall failures in a row that bring a target down, 1 to 100
 * @param fallOf what brings it down without a row; null for nothing
 * @param holdDown what keeps it down though it succeeds; null for nothing
 * @param backoff the longest that {@code every} may become while a target is down for long; not
 *     above {@code every} for no longer than that
 */
public record Timing(
    Duration every,
    Duration retry,
    Duration timeout,
    int rise,
    int fall,
    @Nullable FallOf fallOf,
    @Nullable HoldDown holdDown,
    Duration backoff) {

  /** No certain times. */
  static final Timing NONE = new Timing(Duration.ZERO, Duration.ZERO, Duration.ZERO, 1, 1);

  /** A target that is down for a while is probed after so many parts of that while. */
  private static final int PARTS = 10;

  /** With rows alone, and no hold and no back-off. */
  public Timing(Duration every, Duration retry, Duration timeout, int rise, int fall) {
    this(every, retry, timeout, rise, fall, null, null, Duration.ZERO);
  }

  /**
   * Isolated failures.
   *
   * @param failures so many bring a target down, 1 to {@code probes}
   * @param probes among so many of the newest results since it came up, 1 to 64
   */
  public record FallOf(int failures, int probes) {
    /** The results that still count: those before them pushed out. */
    long within(long results) {
      return probes == Long.SIZE ? results : results & ((1L << probes) - 1);
    }
  }

  /**
   * A hold on targets that flap.
   *
   * @param falls so many begin it, 2 to 16
   * @param within so long from the first of them to the last, 1 s to 7 d
   * @param lasts how long it lasts from the last of them, 1 s to 7 d
   */
  public record HoldDown(int falls, Duration within, Duration lasts) {}

  /**
   * How long a target that is settled down waits for its next probe, in milliseconds: a tenth of
   * the time that it has been down, between {@code every} and {@code backoff}.
   *
   * @param millis how long it has been down
   */
  long backedOff(long millis) {
    long least = every.toMillis();
    return Math.clamp(millis / PARTS, least, Math.max(least, backoff.toMillis()));
  }
}
