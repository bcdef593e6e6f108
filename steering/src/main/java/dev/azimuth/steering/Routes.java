package dev.azimuth.steering;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The routes of all names, evaluated for every address: what is needed of the table of places when
 * answers are decided. Names whose rules tell clients apart alike share a map. Immutable. With a
 * large table this takes seconds, so it is not for the thread that follows health.
 */
public final class Routes {
  /** The most destinations of all names together: an answer of each is kept ready. */
  static final int MOST_READY = 2_000_000;

  private final List<View> views;
  private final Places places;
  private final Map<List<RouteMap.Fork>, RouteMap> distinct;
  private final RouteMap[] byName;

  private Routes(
      List<View> views,
      Places places,
      Map<List<RouteMap.Fork>, RouteMap> distinct,
      RouteMap[] byName) {
    this.views = views;
    this.places = places;
    this.distinct = distinct;
    this.byName = byName;
  }

  /** The routes of no names. */
  public static final Routes NONE = new Routes(List.of(), Places.NONE, Map.of(), new RouteMap[0]);

  /**
   * Evaluates the rules of names.
   *
   * @param viewsOfPool by the number of the pool: the views in which it gives other addresses
   * @param before may lend what did not change
   */
  public static Routes of(
      List<View> views,
      List<BitSet> viewsOfPool,
      List<SteeredName> names,
      Places places,
      Routes before)
      throws TooManyDestinations {
    long all = 0;
    boolean alike = before.places == places && before.views.equals(views);
    Map<List<RouteMap.Fork>, RouteMap> distinct = new HashMap<>();
    RouteMap[] byName = new RouteMap[names.size()];
    for (int i = 0; i < byName.length; i++) {
      List<RouteMap.Fork> forks = new ArrayList<>();
      for (Rule rule : names.get(i).rules()) {
        BitSet inViews = new BitSet();
        rule.to().pools().forEach(pool -> inViews.or(viewsOfPool.get(pool)));
        To.Nearest nearest = rule.to() instanceof To.Nearest byPlace ? byPlace : null;
        forks.add(new RouteMap.Fork(rule.condition(), nearest, inViews));
      }
      RouteMap map = distinct.get(forks);
      if (map == null) {
        RouteMap old = alike ? before.distinct.get(forks) : null;
        map = old != null ? old : RouteMap.of(forks, views, places);
        bounded(map, names.get(i).rules());
        distinct.put(forks, map);
      }
      byName[i] = map;
      all += map.destinations().size();
    }
    if (all > MOST_READY) {
      throw tooMany(names, byName, all);
    }
    return new Routes(views, places, distinct, byName);
  }

  /** How many different rule sets there are. */
  public int distinct() {
    return distinct.size();
  }

  /** How many ranges of addresses they tell apart. */
  public long ranges() {
    return distinct.values().stream().mapToLong(RouteMap::ranges).sum();
  }

  /**
   * The rules of a name that no client comes to, by their index: earlier ones take all that they
   * match, or no address is in their area.
   *
   * @param name its number
   */
  public BitSet unreached(int name, int rules) {
    BitSet unreached = byName[name].reached();
    unreached.flip(0, rules);
    return unreached;
  }

  /** Where addresses are, as far as the databases know. */
  Places places() {
    return places;
  }

  /** By the number of the name. */
  RouteMap[] byName() {
    return byName;
  }

  /** Blames the route by which most of them come to be. */
  private static TooManyDestinations tooMany(List<SteeredName> names, RouteMap[] byName, long all) {
    Map<RouteMap, Integer> users = new HashMap<>();
    int worst = 0;
    long most = 0;
    for (int i = 0; i < byName.length; i++) {
      long its = (long) users.merge(byName[i], 1, Integer::sum) * byName[i].destinations().size();
      if (its > most) {
        most = its;
        worst = i;
      }
    }
    RouteMap map = byName[worst];
    Rule rule = names.get(worst).rules().get(busiest(map).getKey());
    return TooManyDestinations.ofNames(
        rule.label(), Objects.requireNonNull(users.get(map)), map.destinations().size(), all);
  }

  /** The rule that leads to most destinations, by its index, and how many these are. */
  private static Map.Entry<Integer, Long> busiest(RouteMap map) {
    return map.destinations().stream()
        .collect(Collectors.groupingBy(Destination::rule, Collectors.counting()))
        .entrySet()
        .stream()
        .max(Map.Entry.comparingByValue())
        .orElseThrow();
  }

  private static void bounded(RouteMap map, List<Rule> rules) throws TooManyDestinations {
    int all = map.destinations().size();
    if (all <= RouteMap.MOST_DESTINATIONS) {
      return;
    }
    Map.Entry<Integer, Long> most = busiest(map);
    throw TooManyDestinations.ofRoute(
        rules.get(most.getKey()).label(), most.getValue().intValue(), all);
  }
}
