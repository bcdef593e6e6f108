package dev.azimuth.app.node;

import dev.azimuth.health.TargetHealth;
import dev.azimuth.steering.Bound;
import java.util.List;

/**
 * What is in force since one instant.
 *
 * @param live what the checks say, by target number, though the table may be frozen
 * @param at when, in milliseconds of the steady clock
 */
record Published(
    long generation, Plan plan, Bound bound, List<TargetHealth> live, Orders orders, long at) {}
