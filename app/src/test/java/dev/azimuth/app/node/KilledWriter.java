package dev.azimuth.app.node;

import dev.azimuth.app.orders.Given;
import dev.azimuth.app.orders.Order;
import dev.azimuth.app.orders.Orders;
import dev.azimuth.health.Doubt;
import dev.azimuth.health.Forced;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.steering.Basis;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Bound;
import dev.azimuth.steering.Memory;
import dev.azimuth.steering.Slots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes the state of a node over and over, as a node does, until it is killed. Says on standard
 * output which round is on disk: {@code health N} and {@code orders N}.
 */
final class KilledWriter {
  private KilledWriter() {}

  /**
   * Writes until it is killed.
   *
   * @param args the state directory, a configuration, and the round to begin with
   */
  public static void main(String[] args) throws IOException {
    StateStore store = new StateStore(Path.of(args[0]));
    Loading.Whole whole = Loading.load(Path.of(args[1])).whole();
    if (whole == null) {
      throw new IOException("no configuration");
    }
    Plan plan = Plan.of(whole, Map.of(), new Slots());
    for (long round = Long.parseLong(args[2]); ; round++) {
      store.writeHealth(published(plan, round), round);
      said("health " + round);
      store.writeOrders(Orders.NONE.with(Given.down("eu/fra1")).with(order(round)));
      said("orders " + round);
    }
  }

  private static void said(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private static Order order(long round) {
    return Given.order("us/iad1", Forced.DRAIN, round, Long.MAX_VALUE);
  }

  private static Published published(Plan plan, long round) {
    Map<Target, TargetHealth> known = new HashMap<>();
    plan.targets().forEach(t -> known.put(t, new TargetHealth(State.DOWN, 0, round, null)));
    Bound bound =
        new Binder(Questions::octets)
            .bind(
                plan.steering(),
                new HealthTable(
                    plan.targets(),
                    plan.verdicts(),
                    plan.targets().stream().map(known::get).toList(),
                    Collections.nCopies(plan.roster().size(), null)),
                Memory.NONE,
                new Basis.Live(),
                round);
    return new Published(
        1,
        plan,
        bound,
        Map.of(),
        known,
        Map.of(),
        Held.NOTHING,
        Orders.NONE,
        Doubt.None.FIRST,
        Map.of(),
        round);
  }
}
