package dev.azimuth.app.node;

import dev.azimuth.app.orders.Forces;
import dev.azimuth.app.orders.Orders;
import dev.azimuth.app.orders.Roster;
import dev.azimuth.health.ForcedState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What orders come to by backend number, worked out anew only where that may have changed. */
final class Ordered {
  private List<@Nullable ForcedState> forced = List.of();
  private @Nullable Roster in;
  private Orders by = Orders.NONE;
  private long edge = Long.MAX_VALUE;

  /** When the next order begins or ends; {@link Long#MAX_VALUE} for never. */
  long edge() {
    return edge;
  }

  /** The same object until something differs. */
  // A roster is one object for as long as the configuration is, orders until they change.
  @SuppressWarnings("ReferenceEquality")
  List<@Nullable ForcedState> at(Roster roster, Orders orders, long now) {
    if (in != roster || by != orders || edge <= now) {
      Forces forces = new Forces(roster, orders);
      forced = forces.at(now);
      edge = forces.nextEdge(now);
      in = roster;
      by = orders;
    }
    return forced;
  }
}
