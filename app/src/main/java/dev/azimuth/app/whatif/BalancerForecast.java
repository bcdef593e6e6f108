package dev.azimuth.app.whatif;

import dev.azimuth.app.config.BalancerConfig;
import dev.azimuth.app.node.Loading;
import dev.azimuth.steering.Bound;
import dev.azimuth.steering.Flow.BackendShare;
import dev.azimuth.steering.Forwarding;
import dev.azimuth.steering.Forwarding.Given;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the connections of a balancer.
 *
 * @param balancer its name
 * @param change "added", "removed" or "changed"
 * @param routes its own pools first, then those of each of its matches
 */
public record BalancerForecast(String balancer, String change, List<RouteForecast> routes) {
  public BalancerForecast {
    routes = List.copyOf(routes);
  }

  /**
   * Where connections go that come to the same pools.
   *
   * @param backends with a share before or after, of these connections, 0 to 1 and by weight
   */
  public record RouteForecast(List<BackendShare> backends) {
    public RouteForecast {
      backends = List.copyOf(backends);
    }
  }

  /** Those that differ, in the order of the configurations. */
  static List<BalancerForecast> of(
      Loading.Whole before, Bound is, Loading.Whole after, Bound then) {
    Map<String, List<Forwarding>> was = forwardings(before, is);
    Map<String, List<Forwarding>> becomes = forwardings(after, then);
    Set<String> names = new LinkedHashSet<>(was.keySet());
    names.addAll(becomes.keySet());
    List<BalancerForecast> all = new ArrayList<>();
    for (String name : names) {
      List<RouteForecast> routes =
          routes(was.getOrDefault(name, List.of()), becomes.getOrDefault(name, List.of()));
      BalancerConfig old = before.config().balancers().get(name);
      BalancerConfig next = after.config().balancers().get(name);
      boolean moves =
          routes.stream()
              .flatMap(route -> route.backends.stream())
              .anyMatch(backend -> backend.before() != backend.after());
      String change = change(old, next, moves);
      if (change != null) {
        all.add(new BalancerForecast(name, change, routes));
      }
    }
    return all;
  }

  private static @Nullable String change(
      @Nullable BalancerConfig old, @Nullable BalancerConfig next, boolean moves) {
    if (old == null || next == null) {
      return old == null ? "added" : "removed";
    }
    return moves || !old.equals(next) ? "changed" : null;
  }

  private static Map<String, List<Forwarding>> forwardings(Loading.Whole whole, Bound bound) {
    Map<String, List<Forwarding>> byName = new LinkedHashMap<>();
    int from = 0;
    for (Map.Entry<String, BalancerConfig> each : whole.config().balancers().entrySet()) {
      int to = from + each.getValue().to().size();
      byName.put(each.getKey(), bound.forwardings().subList(from, to));
      from = to;
    }
    return byName;
  }

  private static List<RouteForecast> routes(List<Forwarding> was, List<Forwarding> becomes) {
    List<RouteForecast> routes = new ArrayList<>();
    for (int i = 0; i < Math.max(was.size(), becomes.size()); i++) {
      Map<String, Double> before = i < was.size() ? shares(was.get(i)) : Map.of();
      Map<String, Double> after = i < becomes.size() ? shares(becomes.get(i)) : Map.of();
      Set<String> backends = new LinkedHashSet<>(before.keySet());
      backends.addAll(after.keySet());
      routes.add(
          new RouteForecast(
              backends.stream()
                  .map(
                      backend ->
                          new BackendShare(
                              backend,
                              before.getOrDefault(backend, 0.0),
                              after.getOrDefault(backend, 0.0)))
                  .toList()));
    }
    return routes;
  }

  private static Map<String, Double> shares(Forwarding forwarding) {
    long all = forwarding.given().stream().mapToLong(Given::weight).sum();
    Map<String, Double> shares = new LinkedHashMap<>();
    for (Given given : forwarding.given()) {
      shares.put(given.pool() + "/" + given.backend().name(), (double) given.weight() / all);
    }
    return shares;
  }
}
