package dev.azimuth.steering;

/** How much of a pool must be usable for it to serve. */
public sealed interface MinUp {

  /**
   * @param share of the backends by count, above 0 to 1
   */
  record Share(double share) implements MinUp {}

  /**
   * @param share of the backends by weight, above 0 to 1
   */
  record Weight(double share) implements MinUp {}

  /**
   * @param backends that many, at least 1
   */
  record Count(int backends) implements MinUp {}
}
