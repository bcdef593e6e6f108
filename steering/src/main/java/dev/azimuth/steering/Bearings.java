package dev.azimuth.steering;

import java.util.ArrayList;
import java.util.List;

/**
 * Where clients are sent by one route: their destination and, where backends are picked by it, the
 * order of nearness, as one number. Whoever is known by an address alone asks by itself: it counts
 * as its own resolver. Belongs to one thread.
 */
final class Bearings {
  private final RouteMap map;
  private final NearOrders near;
  private final Decision decision = new Decision();

  Bearings(RouteMap map, NearOrders near) {
    this.map = map;
    this.near = near;
  }

  int destination(int bearing) {
    return bearing % map.destinations().size();
  }

  int order(int bearing) {
    return bearing / map.destinations().size();
  }

  /** Everything that decides for addresses of a family. */
  List<Starts> starts(Family family) {
    List<Starts> starts = new ArrayList<>();
    map.maps().forEach(each -> starts.add(each.starts(family)));
    if (!near.none()) {
      starts.add(near.places().of(family).starts);
    }
    return starts;
  }

  /**
   * The bearing of the clients in one range of each of the {@link #starts}.
   *
   * @param ranges theirs, from {@code first} on
   */
  int at(Family family, int[] ranges, int first) {
    int destination = map.destination(family == Family.V4, ranges, first);
    int place =
        near.none() ? 0 : near.places().of(family).places[ranges[first + map.maps().size()]];
    return number(destination, place);
  }

  int of(Asker asker) {
    int destination = map.destination(asker, decision);
    Client client = decision.client;
    return number(
        destination, near.none() ? 0 : near.places().find(client.v4, client.high, client.low));
  }

  private int number(int destination, int place) {
    return near.number(place) * map.destinations().size() + destination;
  }
}
