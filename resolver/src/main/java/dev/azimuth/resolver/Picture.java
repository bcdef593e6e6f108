package dev.azimuth.resolver;

import dev.azimuth.steering.Steering;
import dev.azimuth.zones.Zones;
import org.jspecify.annotations.Nullable;

/**
 * Everything a query needs, immutable, swapped whole.
 *
 * @param generation rises with every picture of this process
 * @param debug the name that tells clients what the server saw; null for none
 */
public record Picture(
    long generation,
    Zones zones,
    Steering steering,
    Identity identity,
    CookieSecrets cookies,
    Admission admission,
    @Nullable DebugName debug) {

  /** One without a name that tells clients what the server saw. */
  public Picture(
      long generation,
      Zones zones,
      Steering steering,
      Identity identity,
      CookieSecrets cookies,
      Admission admission) {
    this(generation, zones, steering, identity, cookies, admission, null);
  }
}
