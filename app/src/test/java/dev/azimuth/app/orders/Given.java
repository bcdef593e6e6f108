package dev.azimuth.app.orders;

import dev.azimuth.health.Forced;

/** Orders as tests give them. */
public final class Given {
  private Given() {}

  /** An order that counts from when it was given on. */
  public static Order order(String selector, Forced state, long since, long until) {
    return order(selector, new Says.State(state), since, since, until);
  }

  public static Order order(String selector, Says says, long since, long from, long until) {
    return new Order(Selector.of(selector), says, "why", "me", since, from, until);
  }

  /** A backend that is down since the first millisecond, until it is cleared. */
  public static Order down(String selector) {
    return order(selector, Forced.DOWN, 1, Long.MAX_VALUE);
  }
}
