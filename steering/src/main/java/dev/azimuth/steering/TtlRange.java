package dev.azimuth.steering;

/**
 * The bounds of a steered answer's TTL, in seconds.
 *
 * @param lower 1 to {@code upper}
 * @param upper {@code lower} to 604,800
 */
public record TtlRange(int lower, int upper) {
  /** The nearest TTL that is within the bounds. */
  public int within(int seconds) {
    return Math.clamp(seconds, lower, upper);
  }
}
