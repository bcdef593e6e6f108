package dev.azimuth.health;

/**
 * Notices when the loop thread did not run for a while: the process was stopped, the machine was
 * starved, or the loop itself was busy. While probes run, or heartbeats are awaited, a timer calls
 * {@link #beat} every {@link #EVERY} milliseconds; a beat that comes more than {@link #LATE} too
 * late is a stall. All times are milliseconds of the steady clock. Confined to the loop thread.
 */
final class Pulse {
  static final long EVERY = 50;
  static final long LATE = 100;

  private long beat;
  private long stallEnd = Long.MIN_VALUE;

  /** Begins anew after a pause in which nobody called {@link #beat}. */
  void begin(long now) {
    beat = now;
  }

  /**
   * @return for how long the loop stood still until now, in milliseconds; 0 when this beat is in
   *     time
   */
  long beat(long now) {
    boolean late = late(now);
    long stood = now - beat - EVERY;
    beat = now;
    if (late) {
      stallEnd = now;
    }
    return late ? stood : 0;
  }

  /**
   * Whether the loop was stalled at any time from {@code started} to {@code now}. True also between
   * the end of a stall and the beat that records it, because the loop serves sockets before timers.
   */
  boolean stalled(long started, long now) {
    return late(now) || stallEnd >= started;
  }

  private boolean late(long now) {
    return now - beat > EVERY + LATE;
  }
}
