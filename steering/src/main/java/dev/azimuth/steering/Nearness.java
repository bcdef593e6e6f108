package dev.azimuth.steering;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Which backends of a pool lie nearest to each client. Backends at one point are one site; of the
 * sites near ties count as equally near, and beyond the nearest few of them all the others do. To a
 * client whose place is not known all are. Immutable; asking allocates nothing.
 */
public final class Nearness {
  /** How many sites are told apart from one place. */
  private static final int MOST = 8;

  private static final double EARTH_KILOMETRES = 6371;

  private final Places places;
  private final int[] orderOfPoint;
  private final int[][] rankOfSite;
  private final Map<String, Integer> siteOf;
  private final Sphere sites;

  private Nearness(
      Places places,
      int[] orderOfPoint,
      int[][] rankOfSite,
      Map<String, Integer> siteOf,
      Sphere sites) {
    this.places = places;
    this.siteOf = siteOf;
    this.sites = sites;
    this.orderOfPoint = orderOfPoint;
    this.rankOfSite = rankOfSite;
  }

  /**
   * @param backends where each is, by its name; at least one
   */
  public static Nearness of(Places places, Map<String, Point> backends) {
    List<Point> sites = backends.values().stream().distinct().toList();
    Map<String, Integer> siteOf = new HashMap<>();
    backends.forEach((name, point) -> siteOf.put(name, sites.indexOf(point)));
    Sphere sphere = places.sphere();
    Nearby nearby = new Nearby(sphere, sites, MOST);
    // Number 0 is that of those who are nowhere.
    int[] orderOfPoint =
        IntStream.range(0, sphere.size())
            .map(point -> point == 0 ? 0 : 1 + nearby.from(point))
            .toArray();
    int orders = 1 + IntStream.of(orderOfPoint).max().orElse(0);
    int[][] rankOfSite = new int[sites.size()][orders];
    for (int order = 1; order < orders; order++) {
      List<List<Integer>> turns = nearby.turns(order - 1);
      for (int[] site : rankOfSite) {
        site[order] = turns.size();
      }
      for (int turn = 0; turn < turns.size(); turn++) {
        for (int site : turns.get(turn)) {
          rankOfSite[site][order] = turn;
        }
      }
    }
    return new Nearness(
        places,
        orderOfPoint,
        rankOfSite,
        siteOf,
        Sphere.of(sites.stream().map(Optional::of).toList()));
  }

  /** How many different orders there are. */
  int orders() {
    return rankOfSite[0].length;
  }

  /** How many sites lie nearer than the one of a backend; 0 in the order of those nowhere. */
  int rank(int order, String backend) {
    return rankOfSite[site(backend)][order];
  }

  /** How far a backend is from a client along the great circle; NaN where that is not known. */
  double kilometres(Client client, String backend) {
    double haversine = places.sphere().haversine(point(client), sites, site(backend));
    return 2 * EARTH_KILOMETRES * Math.asin(Math.min(1, Math.sqrt(haversine)));
  }

  private int site(String backend) {
    return Objects.requireNonNull(siteOf.get(backend), backend);
  }

  /** The number of a client's order. */
  int order(Client client) {
    return orderOfPoint[point(client)];
  }

  /** The number of the order at a place. */
  int orderAt(int place) {
    return orderOfPoint[places.column(Places.Field.COORDINATES)[place]];
  }

  private int point(Client client) {
    int place = places.find(client.v4, client.high, client.low);
    return places.column(Places.Field.COORDINATES)[place];
  }

  /**
   * The scope of an answer that depends on the client's place and perhaps on more.
   *
   * @param scope as far as it is known
   */
  int scope(Client client, int scope) {
    if (!client.subnet) {
      return scope;
    }
    int length = places.length(client.v4, client.high, client.low);
    return Math.max(scope, client.scope(client.apart(length)));
  }
}
