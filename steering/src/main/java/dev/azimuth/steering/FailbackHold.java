package dev.azimuth.steering;

import java.time.Duration;

/** How long a pool that recovered is passed over while another one can serve. */
public sealed interface FailbackHold {

  /**
   * @param duration 0 to 7 d; 0 is no hold
   */
  record For(Duration duration) implements FailbackHold {}

  /** Until an operator says so. */
  record Manual() implements FailbackHold {}
}
