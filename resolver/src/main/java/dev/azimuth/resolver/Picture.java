package dev.azimuth.resolver;

import dev.azimuth.steering.Steering;
import dev.azimuth.zones.Zones;

/**
 * Everything a query needs, immutable, swapped whole.
 *
 * @param generation rises with every picture of this process
 */
public record Picture(
    long generation,
    Zones zones,
    Steering steering,
    Identity identity,
    CookieSecrets cookies,
    Admission admission) {}
