package dev.azimuth.health;

/**
 * How quickly a target answers its probes: a mean that forgets, and a level that follows it in
 * steps of 10 %, so slowly that whoever steers by it does not chase its own effects.
 *
 * @param meanMicros of the successful probes, each with a weight that falls to 1/e in 60 s; 0
 *     before the first
 * @param level within about one of the logarithm of the mean in microseconds to the base 1.1, at
 *     least 1; 0 before the first
 * @param at when the newest of these probes ended, in milliseconds of the steady clock
 */
public record Latency(double meanMicros, int level, long at) {
  /** Nothing measured yet. */
  public static final Latency NONE = new Latency(0, 0, 0);

  /** What one level is above the one before it. */
  public static final double STEP = 1.1;

  private static final double MEMORY_MILLIS = 60_000;

  /**
   * What is known after one more successful probe: the level changes by at most one. Pure.
   *
   * @param micros what the probe took
   * @param end when it ended, in milliseconds of the steady clock
   */
  Latency after(long micros, long end) {
    double sample = Math.max(1, micros);
    if (level == 0) {
      return new Latency(sample, Math.max(1, (int) Math.round(levels(sample))), end);
    }
    double forgotten = -Math.expm1(-Math.max(0, end - at) / MEMORY_MILLIS);
    double mean = meanMicros + forgotten * (sample - meanMicros);
    double above = levels(mean) - level;
    // Only past the next level, not where that is the nearer one: or noise would turn it to and
    // fro.
    int step = Math.abs(above) > 1 ? (int) Math.signum(above) : 0;
    return new Latency(mean, Math.max(1, level + step), end);
  }

  private static double levels(double micros) {
    return Math.log(micros) / Math.log(STEP);
  }
}
