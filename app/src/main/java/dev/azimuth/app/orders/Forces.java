package dev.azimuth.app.orders;

import dev.azimuth.health.Forced;
import dev.azimuth.health.ForcedState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What orders come to for each backend. Several that match one backend do not add up: the newest
 * that counts decides, of its state and of its weight each by itself. Pure.
 */
public final class Forces {
  private final Orders orders;

  /** By backend number: those that match it, the newest last; null for none. */
  private final @Nullable List<Order>[] matching;

  public Forces(Roster roster, Orders orders) {
    this.orders = orders;
    matching = lists(roster.size());
    for (Order order : orders.list()) {
      for (int backend : roster.matching(order.selector())) {
        List<Order> list = matching[backend];
        if (list == null) {
          list = new ArrayList<>(1);
          matching[backend] = list;
        }
        list.add(order);
      }
    }
  }

  // Java has no arrays of generic types; nothing but such lists is put into it.
  @SuppressWarnings("unchecked")
  private static @Nullable List<Order>[] lists(int size) {
    return (List<Order>[]) new List<?>[size];
  }

  /** What all orders come to at an instant, by backend number; null where nothing is ordered. */
  public List<@Nullable ForcedState> at(long now) {
    List<@Nullable ForcedState> states = new ArrayList<>(matching.length);
    for (int backend = 0; backend < matching.length; backend++) {
      states.add(at(backend, now));
    }
    return states;
  }

  /** The same of some of them alone; of the others as if nothing were ordered. */
  List<@Nullable ForcedState> at(int[] backends, long now) {
    @Nullable ForcedState[] states = new ForcedState[matching.length];
    for (int backend : backends) {
      states[backend] = at(backend, now);
    }
    return Arrays.asList(states);
  }

  /** The same of one backend. */
  private @Nullable ForcedState at(int backend, long now) {
    List<Order> list = matching[backend];
    if (list == null) {
      return null;
    }
    Effect is = effect(list, now);
    long[] edges =
        list.stream()
            .flatMapToLong(order -> LongStream.of(order.from(), order.until()))
            .filter(edge -> edge > now && edge != Long.MAX_VALUE)
            .sorted()
            .toArray();
    for (long edge : edges) {
      if (!effect(list, edge).equals(is)) {
        boolean begins = list.stream().anyMatch(order -> order.from() == edge);
        return new ForcedState(
            is.forced, is.weight, begins ? Long.MAX_VALUE : edge, begins ? edge : Long.MAX_VALUE);
      }
    }
    return is.equals(Effect.NONE)
        ? null
        : new ForcedState(is.forced, is.weight, Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /** The next instant at which any order begins or ends; {@link Long#MAX_VALUE} for never. */
  public long nextEdge(long now) {
    return orders.list().stream()
        .flatMapToLong(order -> LongStream.of(order.from(), order.until()))
        .filter(edge -> edge > now)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** The orders that match a backend, the newest last. */
  public List<Order> of(int backend) {
    List<Order> list = matching[backend];
    return list == null ? List.of() : List.copyOf(list);
  }

  /** Every instant of a span, both ends left out, at which an order for these begins. */
  long[] beginnings(int[] backends, long after, long before) {
    return Arrays.stream(backends)
        .mapToObj(this::of)
        .flatMap(List::stream)
        .mapToLong(Order::from)
        .filter(from -> from > after && from < before)
        .distinct()
        .sorted()
        .toArray();
  }

  private record Effect(@Nullable Forced forced, int weight) {
    static final Effect NONE = new Effect(null, 0);
  }

  private static Effect effect(List<Order> list, long at) {
    Forced forced = null;
    int weight = 0;
    for (Order order : list) {
      if (order.counts(at)) {
        switch (order.says()) {
          case Says.State(Forced state) -> forced = state;
          case Says.Weight(int replaced) -> weight = replaced;
        }
      }
    }
    return new Effect(forced, weight);
  }
}
