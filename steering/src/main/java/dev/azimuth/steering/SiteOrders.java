package dev.azimuth.steering;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * In which orders some sites lie from all clients. Number 0 is the order of those who are nowhere:
 * all are alike. Immutable.
 */
final class SiteOrders {
  /** How many sites are told apart from one place; fewer where that makes too many orders. */
  private static final int MOST_TOLD = 8;

  /** How many different orders there may be: schedules look at each whenever health changes. */
  static final int MOST = 1 << 14;

  /** What stands in the map for addresses that are looked up as the IPv4 address in them. */
  private static final int ELSEWHERE = Character.MAX_VALUE;

  private final Places places;
  private final List<Point> sites;
  private final int told;
  private final int[] ofPoint;
  private final byte[][] rankOfSite;
  private final PrefixMap map;

  private SiteOrders(
      Places places,
      List<Point> sites,
      int told,
      int[] ofPoint,
      byte[][] rankOfSite,
      PrefixMap map) {
    this.places = places;
    this.sites = sites;
    this.told = told;
    this.ofPoint = ofPoint;
    this.rankOfSite = rankOfSite;
    this.map = map;
  }

  /**
   * @param sites distinct, at least one
   */
  static SiteOrders of(Places places, List<Point> sites) {
    int[] ofPoint = new int[places.sphere().size()];
    int told = MOST_TOLD;
    Nearby nearby = new Nearby(places.sphere(), sites, told);
    while (!fill(ofPoint, nearby)) {
      told--; // where nobody is told apart there are two
      nearby = new Nearby(places.sphere(), sites, told);
    }
    int orders = 1;
    for (int order : ofPoint) {
      orders = Math.max(orders, order + 1);
    }
    byte[][] rankOfSite = new byte[sites.size()][orders];
    BitSet nobody = new BitSet();
    for (int order = 1; order < orders; order++) {
      List<List<Integer>> turns = nearby.turns(order - 1);
      nobody.set(order, turns.isEmpty() || turns.getFirst().size() == sites.size());
      for (byte[] site : rankOfSite) {
        site[order] = (byte) turns.size();
      }
      for (int turn = 0; turn < turns.size(); turn++) {
        for (int site : turns.get(turn)) {
          rankOfSite[site][order] = (byte) turn;
        }
      }
    }
    // Where no site is nearer than another it is as for those who are nowhere.
    Arrays.setAll(ofPoint, point -> nobody.get(ofPoint[point]) ? 0 : ofPoint[point]);
    return new SiteOrders(places, sites, told, ofPoint, rankOfSite, map(places, ofPoint));
  }

  /** Numbers the orders from all points; false where there are too many. */
  private static boolean fill(int[] ofPoint, Nearby nearby) {
    for (int point = 1; point < ofPoint.length; point++) {
      ofPoint[point] = 1 + nearby.from(point);
      if (ofPoint[point] >= MOST) {
        return false;
      }
    }
    return true;
  }

  /** The number of the order for each address, so that scopes reach as far as the order does. */
  private static PrefixMap map(Places places, int[] ofPoint) {
    int[] points = places.column(Places.Field.COORDINATES);
    PrefixMap map =
        PrefixMap.of(
            List.of(new PrefixMap.Input(0, Client.TRANSITION)),
            places,
            inside -> inside.get(0) ? place -> ELSEWHERE : place -> ofPoint[points[place]]);
    BitSet values = map.values();
    values.clear(ELSEWHERE);
    int only = values.nextSetBit(0);
    return values.cardinality() == 1 ? PrefixMap.of(List.of(), inside -> only) : map;
  }

  /** How many there are. */
  int count() {
    return rankOfSite[0].length;
  }

  /** How many sites are told apart from one place. */
  int told() {
    return told;
  }

  Places places() {
    return places;
  }

  List<Point> sites() {
    return sites;
  }

  /** The number of the order for each address. */
  PrefixMap map() {
    return map;
  }

  /** The number of the order at a place. */
  int at(int place) {
    return ofPoint[places.column(Places.Field.COORDINATES)[place]];
  }

  /** How many sites lie nearer than this one. */
  int rank(int order, int site) {
    return rankOfSite[site][order];
  }
}
