package dev.azimuth.app.node;

import dev.azimuth.app.orders.Orders;
import dev.azimuth.steering.Memory;
import java.util.Map;

/**
 * What a process left to the next one.
 *
 * @param targets by {@link SavedState#key}; empty when it was too old
 * @param addresses what host names resolved to, to be used until they resolve again
 */
record Saved(
    Map<String, SavedState> targets,
    Map<String, Resolved> addresses,
    Memory memory,
    Orders orders) {
  static final Saved NOTHING = new Saved(Map.of(), Map.of(), Memory.NONE, Orders.NONE);
}
