package dev.azimuth.steering;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Which backends of a pool lie nearest to each client. Backends at one point are one site; of the
 * sites near ties count as equally near, and beyond the nearest few of them all the others do. To a
 * client whose place is not known all are. Immutable; asking allocates nothing.
 */
public final class Nearness {
  private static final double EARTH_KILOMETRES = 6371;

  private final SiteOrders orders;
  private final Map<String, Integer> siteOf;

  private Nearness(SiteOrders orders, Map<String, Integer> siteOf) {
    this.orders = orders;
    this.siteOf = siteOf;
  }

  /** Makes those of many pools: pools at the same sites share what is large. For one thread. */
  public static final class Maker {
    private final Places places;
    private final Map<List<Point>, SiteOrders> known = new HashMap<>();

    /**
     * @param places where clients are
     */
    public Maker(Places places) {
      this.places = places;
    }

    /**
     * That of one pool. With a large table of places this takes a while.
     *
     * @param backends where each is, by its name; at least one
     */
    public Nearness of(Map<String, Point> backends) {
      List<Point> sites = backends.values().stream().distinct().toList();
      Map<String, Integer> siteOf = new HashMap<>();
      backends.forEach((name, point) -> siteOf.put(name, sites.indexOf(point)));
      return new Nearness(
          known.computeIfAbsent(sites, those -> SiteOrders.of(places, those)), siteOf);
    }
  }

  /**
   * How much there is to lay out for a pick while all backends are usable: for each different
   * choice each bucket of networks and each backend that it may come to.
   *
   * @param groups what each backend fails together with, by its name; those without are left out
   */
  public long work(Pick pick, Map<String, String> groups) {
    List<String> names = List.copyOf(siteOf.keySet());
    Map<Object, Integer> numbers = new HashMap<>();
    int[] group =
        names.stream()
            .mapToInt(
                name ->
                    numbers.computeIfAbsent(
                        List.of(groups.containsKey(name), groups.getOrDefault(name, name)),
                        any -> numbers.size()))
            .toArray();
    Grouping grouping = Grouping.of(group, numbers.size(), pick.groups());
    int[] sites = names.stream().mapToInt(this::site).toArray();
    return Buckets.COUNT * NearRanks.of(sites, grouping, pick.answers(), this).choices();
  }

  /** How many different orders there are. */
  int orders() {
    return orders.count();
  }

  /** How many sites are told apart from one place. */
  int told() {
    return orders.told();
  }

  /** The site of a backend. */
  int site(String backend) {
    return Objects.requireNonNull(siteOf.get(backend), backend);
  }

  /** How many sites lie nearer than this one; 0 in the order of those nowhere. */
  int rank(int order, int site) {
    return orders.rank(order, site);
  }

  /** How far a backend is from a client along the great circle; NaN where that is not known. */
  double kilometres(Client client, String backend) {
    Places places = orders.places();
    int place = places.find(client.v4, client.high, client.low);
    int point = places.column(Places.Field.COORDINATES)[place];
    Sphere site = Sphere.of(List.of(Optional.of(orders.sites().get(site(backend)))));
    double haversine = places.sphere().haversine(point, site, 0);
    return 2 * EARTH_KILOMETRES * Math.asin(Math.min(1, Math.sqrt(haversine)));
  }

  /** The number of a client's order. */
  int order(Client client) {
    return orders.map().value(client.v4, client.high, client.low);
  }

  /** The number of the order of the decision's client; widens the scope by it. */
  int order(Decision decision) {
    Client client = decision.client;
    PrefixMap map = orders.map();
    int range = map.range(client.v4, client.high, client.low);
    decision.scope = Math.max(decision.scope, map.scope(client, range));
    return map.value(client.v4, range);
  }

  /** The number of the order at a place. */
  int orderAt(int place) {
    return orders.at(place);
  }
}
