package dev.azimuth.app.node;

import dev.azimuth.app.host.Durations;
import dev.azimuth.app.node.Node.Refused;
import dev.azimuth.app.node.Node.Start;
import dev.azimuth.app.node.Node.Wish;
import dev.azimuth.app.orders.Floor;
import dev.azimuth.app.orders.Forces;
import dev.azimuth.app.orders.Ground;
import dev.azimuth.app.orders.Order;
import dev.azimuth.app.orders.Orders;
import dev.azimuth.app.orders.Roster;
import dev.azimuth.app.orders.Says;
import dev.azimuth.app.orders.Selector;
import dev.azimuth.health.Forced;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes orders of what operators ask for, or says why not. Pure. */
final class Wishes {
  /** Nobody plans further ahead. */
  private static final Duration FURTHEST = Duration.ofDays(365);

  private static final Says DRAIN = new Says.State(Forced.DRAIN);

  private Wishes() {}

  /**
   * @param now in milliseconds of the steady clock
   */
  static Order order(Wish wish, Roster roster, long now) throws Refused {
    Selector selector;
    try {
      String said = wish.selector();
      selector = wish.force() ? evenOfNobody(said, roster) : roster.resolve(said);
    } catch (IllegalArgumentException e) {
      throw new Refused(String.valueOf(e.getMessage()));
    }
    if (selector instanceof Selector.Balancer && !wish.says().equals(DRAIN)) {
      throw new Refused(
          "a balancer can only be drained: azimuth drain %s; its backends take every order"
              .formatted(selector));
    }
    long from =
        switch (wish.start()) {
          case Start.Now() -> now;
          case Start.In(Duration time) -> now + time.toMillis();
          case Start.At(Instant instant) -> {
            if (instant.isAfter(SteadyClock.instant(now).plus(FURTHEST))) {
              throw new Refused("an order begins within 365 days");
            }
            if (instant.toEpochMilli() < now) {
              throw new Refused(
                  "%s is past: it is %s".formatted(instant, SteadyClock.instant(now)));
            }
            yield instant.toEpochMilli();
          }
        };
    Duration lasts = wish.lasts();
    return new Order(
        selector,
        wish.says(),
        wish.reason(),
        wish.author(),
        now,
        from,
        lasts == null ? Long.MAX_VALUE : from + lasts.toMillis());
  }

  /** Forced, an order may wait for backends that are yet to come. */
  private static Selector evenOfNobody(String said, Roster roster) {
    try {
      return roster.resolve(said);
    } catch (IllegalArgumentException e) {
      Selector selector = Selector.of(said);
      if (selector instanceof Selector.Whole) {
        // A bare word may mean a backend as well as a pool.
        throw e;
      }
      return selector;
    }
  }

  /**
   * The orders with one more.
   *
   * @param ground null before the first picture
   * @throws Refused when there are too many, or when too little of a pool would be left
   */
  static Orders granted(Order order, Orders orders, @Nullable Ground ground, boolean force)
      throws Refused {
    String broken = force || ground == null ? null : Floor.broken(ground, orders, order);
    if (broken != null) {
      throw new Refused(broken + ": refused; --force does it all the same");
    }
    return withinBounds(orders.with(order));
  }

  static Orders withinBounds(Orders orders) throws Refused {
    String excess = orders.excess();
    if (excess != null) {
      throw new Refused(excess);
    }
    return orders;
  }

  /**
   * Whose orders are to be cleared.
   *
   * @throws Refused when there are none of exactly this selector
   */
  static Selector cleared(String said, Orders orders, Roster roster) throws Refused {
    // An order may outlive what it was given for.
    for (Order order : orders.list()) {
      if (order.selector().text().equals(said)) {
        return order.selector();
      }
    }
    Selector selector;
    try {
      selector = roster.resolve(said);
    } catch (IllegalArgumentException e) {
      throw new Refused(String.valueOf(e.getMessage()));
    }
    if (orders.list().stream().anyMatch(order -> order.selector().equals(selector))) {
      return selector;
    }
    List<Order> wider =
        selector instanceof Selector.One
            ? new Forces(roster, orders).of(roster.matching(selector)[0])
            : List.of();
    if (wider.isEmpty()) {
      throw new Refused("nothing is ordered of " + selector);
    }
    throw new Refused(
        "nothing is ordered of %s alone, but by %s: azimuth clear %s"
            .formatted(
                selector,
                wider.stream()
                    .map(
                        o ->
                            "\"%s\" (%s, %s)".formatted(o.selector(), o.says().words(), o.author()))
                    .collect(Collectors.joining(", ")),
                wider.getLast().selector()));
  }

  /** What was ordered, in words. */
  static String said(Order order, Roster roster) {
    int matches = roster.count(order.selector());
    String each = order.selector() instanceof Selector.Balancer ? "balancer" : "backend";
    String whom =
        order.selector() instanceof Selector.One
            ? order.selector().text()
            : "%s (%d %s)".formatted(order.selector(), matches, matches == 1 ? each : each + "s");
    String begins =
        order.planned(order.since()) ? " from " + SteadyClock.instant(order.from()) + " on" : "";
    String lasts =
        order.until() == Long.MAX_VALUE
            ? " until it is cleared"
            : " for " + Durations.words(Duration.ofMillis(order.until() - order.from()));
    return whom + ": " + order.says().words() + begins + lasts;
  }
}
