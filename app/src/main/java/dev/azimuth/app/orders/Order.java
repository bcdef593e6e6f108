package dev.azimuth.app.orders;

import java.util.Objects;

/**
 * What an operator ordered.
 *
 * @param reason why, for whoever looks at the status
 * @param author who
 * @param since when it was given, in milliseconds of the steady clock
 * @param from when it begins to count; not before {@code since}
 * @param until when it ends by itself; {@link Long#MAX_VALUE} for until it is cleared
 */
public record Order(
    Selector selector, Says says, String reason, String author, long since, long from, long until) {
  public Order {
    Objects.requireNonNull(selector);
    Objects.requireNonNull(says);
    Objects.requireNonNull(reason);
    Objects.requireNonNull(author);
    if (from < since || until <= from) {
      throw new IllegalArgumentException("an order begins after it is given, and then ends");
    }
  }

  /** Whether it counts at an instant. */
  public boolean counts(long now) {
    return from <= now && now < until;
  }

  /** Whether it is to begin later. */
  public boolean planned(long now) {
    return from > now;
  }

  /**
   * Whether this order, given now, takes another's place: the same is said of the same backends,
   * and both count already, or both are planned for times that overlap. What is planned does not
   * end what counts until then.
   */
  boolean replaces(Order old) {
    return selector.equals(old.selector)
        && says.alike(old.says)
        && planned(since) == old.planned(since)
        && from < old.until
        && old.from < until;
  }
}
