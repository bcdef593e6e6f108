package dev.azimuth.steering;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;

/**
 * Who is sent elsewhere when one plan, bound to what is known of its backends, takes the place of
 * another. Names are compared that both have; of each, what the family gives that decides for it.
 * Clients are added first, then the flows are asked for. Belongs to one thread.
 */
public final class WhatIf {
  private final Side before;
  private final Side after;
  private final List<Pairing> pairings = new ArrayList<>();
  private final Map<List<RouteMap>, RoutePair> routes = new LinkedHashMap<>();

  /** One of the two plans, with what is found out of it on the way. */
  private static final class Side {
    final Bound bound;
    final NearOrders near;
    final Map<String, Integer> names = new LinkedHashMap<>();
    final Map<Integer, String> pools = new HashMap<>();

    private final Map<Known, Mixture> mixtures = new HashMap<>();

    /** What is bound to some terms, for clients of one order of nearness. */
    private record Known(Same binding, int order) {}

    Side(Bound bound) {
      this.bound = bound;
      near = new NearOrders(bound.plan);
      bound.plan.names().forEach(name -> names.put(name.name(), names.size()));
      for (Pool pool : bound.plan.pools()) {
        pool.backends().forEach(backend -> pools.put(backend.number(), pool.name()));
      }
    }

    Mixture mixture(int name, Bearings bearings, int bearing) {
      RuleBinding binding = bound.bindings[name][bearings.destination(bearing)];
      int order = bearings.order(bearing);
      return mixtures.computeIfAbsent(
          new Known(new Same(binding), order), key -> Mixture.of(binding, near, order, pools));
    }
  }

  /**
   * A name by its numbers in both plans.
   *
   * @param routes that it has
   */
  private record Pairing(String name, int before, int after, RoutePair routes) {}

  private WhatIf(Side before, Side after) {
    this.before = before;
    this.after = after;
  }

  /**
   * @param names which of those that both plans have are compared, by their absolute names
   */
  public static WhatIf of(Bound before, Bound after, Predicate<String> names) {
    WhatIf whatIf = new WhatIf(new Side(before), new Side(after));
    whatIf.after.names.forEach(
        (name, number) -> {
          Integer old = whatIf.before.names.get(name);
          if (old != null && names.test(name)) {
            whatIf.pairings.add(new Pairing(name, old, number, whatIf.routes(old, number)));
          }
        });
    return whatIf;
  }

  private RoutePair routes(int old, int number) {
    RouteMap from = before.bound.routes[old];
    RouteMap to = after.bound.routes[number];
    return routes.computeIfAbsent(
        List.of(from, to),
        key -> new RoutePair(new Bearings(from, before.near), new Bearings(to, after.near)));
  }

  /** The names that are compared, in the order of the later plan. */
  public List<String> names() {
    return pairings.stream().map(Pairing::name).toList();
  }

  /** The names that only the later plan has. */
  public List<String> added() {
    return after.names.keySet().stream().filter(name -> !before.names.containsKey(name)).toList();
  }

  /** The names that only the earlier plan has. */
  public List<String> removed() {
    return before.names.keySet().stream().filter(name -> !after.names.containsKey(name)).toList();
  }

  /**
   * Adds one client for every address of a family that the databases of the later plan know, else
   * those of the earlier one; without databases for every public address.
   *
   * @param progress hears now and then how much is done, 0 to 1
   */
  public void addEverybody(Family family, DoubleConsumer progress) {
    Places known = after.near.places();
    List<Span> spans = Everybody.of(known.count() > 1 ? known : before.near.places(), family);
    double done = 0;
    for (RoutePair pair : routes.values()) {
      double begun = done;
      pair.add(family, spans, 1, part -> progress.accept((begun + part) / routes.size()));
      done++;
    }
  }

  /** Adds clients of a weight together, spread evenly over the addresses of a prefix. */
  public void add(Cidr prefix, double weight) {
    Cidr clients = Client.embedded(prefix);
    Span span = Span.of(clients);
    Family family = clients.v4() ? Family.V4 : Family.V6;
    for (RoutePair pair : routes.values()) {
      pair.add(family, List.of(span), weight / span.addresses(), part -> {});
    }
  }

  /** Adds clients that ask as this one does. */
  public void add(Asker asker, double weight) {
    routes.values().forEach(pair -> pair.add(asker, weight));
  }

  /** What becomes of each name, those together of which the same becomes. */
  public List<Flow.OfNames> flows() {
    Map<String, Integer> ranks = ranks();
    Map<List<Object>, Flow> known = new HashMap<>();
    Map<Flow, List<String>> names = new LinkedHashMap<>();
    for (Pairing pairing : pairings) {
      Flow flow = known.computeIfAbsent(terms(pairing), key -> flow(pairing, ranks));
      names.computeIfAbsent(flow, key -> new ArrayList<>()).add(pairing.name);
    }
    return names.entrySet().stream()
        .map(entry -> new Flow.OfNames(entry.getValue(), entry.getKey()))
        .toList();
  }

  /** What becomes of all names together, each counting as much as any other. */
  public Flow together(List<Flow.OfNames> flows) {
    FlowSum sum = new FlowSum();
    flows.forEach(each -> sum.add(each.flow(), each.names().size()));
    return sum.flow(ranks());
  }

  /** What a flow follows from: names that agree in it share what they were bound to. */
  private List<Object> terms(Pairing pairing) {
    List<Object> terms = new ArrayList<>();
    terms.add(pairing.routes);
    for (RuleBinding binding : before.bound.bindings[pairing.before]) {
      terms.add(new Same(binding));
    }
    for (RuleBinding binding : after.bound.bindings[pairing.after]) {
      terms.add(new Same(binding));
    }
    return terms;
  }

  /** A binding that is equal to itself alone. */
  private record Same(RuleBinding binding) {
    // To compare what a binding holds would cost more than what is saved.
    @SuppressWarnings("ReferenceEquality")
    @Override
    public boolean equals(Object other) {
      return other instanceof Same same && same.binding == binding;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(binding);
    }
  }

  private Flow flow(Pairing pairing, Map<String, Integer> ranks) {
    FlowSum sum = new FlowSum();
    RoutePair pair = pairing.routes;
    pair.weights()
        .forEach(
            (change, weight) ->
                sum.add(
                    before.mixture(pairing.before, pair.before(), change.before()),
                    after.mixture(pairing.after, pair.after(), change.after()),
                    weight[0]));
    return sum.flow(ranks);
  }

  /** Pools and backends of the later plan, then those that only the earlier one has. */
  private Map<String, Integer> ranks() {
    Map<String, Integer> ranks = new HashMap<>();
    for (Side side : List.of(after, before)) {
      for (Pool pool : side.bound.plan.pools()) {
        ranks.putIfAbsent(pool.name(), ranks.size());
        for (Backend backend : pool.backends()) {
          ranks.putIfAbsent(pool.name() + "/" + backend.name(), ranks.size());
        }
      }
    }
    return ranks;
  }
}
