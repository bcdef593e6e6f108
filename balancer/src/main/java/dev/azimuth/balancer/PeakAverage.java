package dev.azimuth.balancer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A duration as it was lately: it rises at once to what is longer, and falls towards what is
 * shorter, half-way in 7 s. Any thread may add and read at any time; of two that add at once one
 * may be lost.
 */
final class PeakAverage {
  /** In how many milliseconds all but 1/e of a difference is forgotten. */
  private static final double DECAY = 10_000;

  private static final VarHandle MICROS;
  private static final VarHandle AT;

  static {
    try {
      MICROS = MethodHandles.lookup().findVarHandle(PeakAverage.class, "micros", double.class);
      AT = MethodHandles.lookup().findVarHandle(PeakAverage.class, "at", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("unused") // by its handle
  private volatile double micros = Double.NaN;

  @SuppressWarnings("unused") // by its handle
  private volatile long at;

  /**
   * @param duration in microseconds
   * @param now the steady clock, in milliseconds
   */
  void add(long duration, long now) {
    double before = micros();
    double after = duration;
    if (duration < before) {
      long elapsed = Math.max(0, now - (long) AT.getOpaque(this));
      after += (before - duration) * Math.exp(-elapsed / DECAY);
    }
    MICROS.setOpaque(this, after);
    AT.setOpaque(this, now);
  }

  /** NaN before the first one. */
  double micros() {
    return (double) MICROS.getOpaque(this);
  }
}
