package dev.azimuth.app.orders;

import dev.azimuth.health.Forced;
import dev.azimuth.steering.Basis;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What operators ordered: forced states and weights, and the freeze. Immutable; kept on disk at
 * every change.
 *
 * @param list the newest last
 */
public record Orders(List<Order> list, @Nullable Freeze freeze) {
  /** How many there may be. */
  public static final int MOST = 10_000;

  /** How many of them may be patterns, which are compared with every backend. */
  public static final int MOST_PATTERNS = 250;

  private static final Says DRAIN = new Says.State(Forced.DRAIN);

  public static final Orders NONE = new Orders(List.of(), null);

  public Orders {
    list = list == null ? List.of() : List.copyOf(list);
  }

  /** With one more order, the newest, in the place of what it replaces. */
  public Orders with(Order order) {
    return new Orders(
        Stream.concat(list.stream().filter(old -> !order.replaces(old)), Stream.of(order)).toList(),
        freeze);
  }

  /** Without those that a selector names; those of wider ones stay. */
  public Orders without(Selector selector) {
    return filtered(order -> !order.selector().equals(selector));
  }

  /** Without any order; a freeze stays. */
  public Orders cleared() {
    return new Orders(List.of(), freeze);
  }

  public Orders frozen(@Nullable Freeze by) {
    return new Orders(list, by);
  }

  /** Those that have not ended at an instant; the same object when all have not. */
  public Orders at(long now) {
    if (nextEnd() > now) {
      return this;
    }
    Freeze lasting = freeze != null && freeze.until() <= now ? null : freeze;
    return new Orders(list.stream().filter(o -> o.until() > now).toList(), lasting);
  }

  /** Whether one of them drains a balancer at an instant. */
  public boolean drained(String balancer, long now) {
    return list.stream()
        .anyMatch(
            order ->
                order.selector() instanceof Selector.Balancer of
                    && of.means(balancer)
                    && order.says().equals(DRAIN)
                    && order.counts(now));
  }

  /** The next instant at which one ends by itself; {@link Long#MAX_VALUE} for never. */
  public long nextEnd() {
    long next = freeze == null ? Long.MAX_VALUE : freeze.until();
    for (Order order : list) {
      next = Math.min(next, order.until());
    }
    return next;
  }

  /** Which health table answers stand on. */
  public Basis basis() {
    return freeze == null ? new Basis.Live() : new Basis.Frozen(freeze.until());
  }

  /** Why there are too many; null when there are not. */
  public @Nullable String excess() {
    if (list.size() > MOST) {
      return "there are %d orders already: clear some (azimuth overrides)".formatted(MOST);
    }
    long patterns = list.stream().filter(o -> o.selector() instanceof Selector.Glob).count();
    return patterns > MOST_PATTERNS
        ? "there are %d orders by patterns already: clear some, or use tags"
            .formatted(MOST_PATTERNS)
        : null;
  }

  private Orders filtered(Predicate<Order> stays) {
    return new Orders(list.stream().filter(stays).toList(), freeze);
  }
}
