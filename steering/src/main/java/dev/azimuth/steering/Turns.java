package dev.azimuth.steering;

/**
 * Whose turn it is: one counter for each (name, type, pool), and how often each backend was given.
 * Each worker owns one, so that nothing is shared; other threads may read the totals racily.
 */
public final class Turns {
  /**
   * @param seed for the random position at which each counter starts
   */
  public Turns(long seed) {
    throw new AssertionError("not yet");
  }

  /** Makes room for all counters of a steering; call it when a batch sees a new picture. */
  public void fit(Steering steering) {
    throw new AssertionError("not yet");
  }
}
