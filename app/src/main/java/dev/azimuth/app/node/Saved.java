package dev.azimuth.app.node;

import dev.azimuth.app.orders.Orders;
import dev.azimuth.steering.Memory;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a process left to the next one.
 *
 * @param targets by {@link TargetKey}; empty when it was too old
 * @param ordersLost why what was ordered is not in {@code orders}; null when it is
 * @param addresses what host names resolved to, to be used until they resolve again
 */
record Saved(
    Map<String, SavedState> targets,
    Map<String, Resolved> addresses,
    Memory memory,
    Orders orders,
    @Nullable String ordersLost) {
  static final Saved NOTHING = new Saved(Map.of(), Map.of(), Memory.NONE, Orders.NONE, null);
}
