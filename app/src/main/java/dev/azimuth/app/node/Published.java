package dev.azimuth.app.node;

import dev.azimuth.app.orders.Orders;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.steering.Bound;
import java.util.List;
import java.util.Map;

/**
 * What is in force since one instant.
 *
 * @param addresses what host names resolve to
 * @param known what the checks say of each target, though the table may be frozen; goes on with
 *     every probe result, also those that change no answer
 * @param at when, in milliseconds of the steady clock
 */
record Published(
    long generation,
    Plan plan,
    Bound bound,
    Map<String, Resolved> addresses,
    Map<Target, TargetHealth> known,
    Orders orders,
    long at) {

  /** What the checks say now, by target number. */
  List<TargetHealth> live() {
    return plan.targets().stream()
        .map(target -> known.getOrDefault(target, TargetHealth.unknown(at)))
        .toList();
  }
}
