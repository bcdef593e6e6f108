package dev.azimuth.steering;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Where the names of a plan and its pools meet: the routes, and what depends on what. Made once for
 * the same list of names.
 *
 * @param routes by name; names whose rules tell clients apart alike share one
 * @param terms every distinct one
 * @param termsOf by name and destination: the index into {@code terms}
 * @param namesOfPool by pool: the names that may lead to it, ascending
 * @param neighbours by pool: the other pools that stand in one list with it
 * @param keeping the names with a rule that gives what served last when all is down
 */
// Nobody else has the arrays, and crossings are not compared.
@SuppressWarnings("ArrayRecordComponent")
record Crossings(
    RouteMap[] routes,
    List<Terms> terms,
    int[][] termsOf,
    int[][] namesOfPool,
    int[][] neighbours,
    BitSet keeping) {
  static Crossings of(SteeringPlan plan) {
    int pools = plan.pools().size();
    List<BitSet> names = IntStream.range(0, pools).mapToObj(pool -> new BitSet()).toList();
    List<Set<Integer>> beside =
        IntStream.range(0, pools).<Set<Integer>>mapToObj(pool -> new TreeSet<>()).toList();
    BitSet keeping = new BitSet();
    for (int number = 0; number < plan.names().size(); number++) {
      SteeredName name = plan.names().get(number);
      for (Rule rule : name.rules()) {
        List<Integer> to = rule.to().pools();
        for (int pool : to) {
          names.get(pool).set(number);
          beside.get(pool).addAll(to);
        }
        Pool first = plan.pools().get(to.getFirst());
        if (Terms.allDown(name, rule, first).form() instanceof AllDown.LastGood) {
          keeping.set(number);
        }
      }
    }
    for (Forward forward : plan.forwards()) {
      forward.pools().forEach(pool -> beside.get(pool).addAll(forward.pools()));
    }
    RouteMap[] routes = plan.routes().byName();
    Map<Terms, Integer> terms = new LinkedHashMap<>();
    int[][] termsOf = termsOf(plan, routes, terms);
    return new Crossings(
        routes,
        List.copyOf(terms.keySet()),
        termsOf,
        names.stream().map(each -> each.stream().toArray()).toArray(int[][]::new),
        IntStream.range(0, pools)
            .mapToObj(i -> beside.get(i).stream().mapToInt(p -> p).filter(p -> p != i).toArray())
            .toArray(int[][]::new),
        keeping);
  }

  private static int[][] termsOf(
      SteeringPlan plan, RouteMap[] routes, Map<Terms, Integer> numbers) {
    int[][] termsOf = new int[routes.length][];
    for (int i = 0; i < termsOf.length; i++) {
      SteeredName name = plan.names().get(i);
      termsOf[i] =
          routes[i].destinations().stream()
              .map(destination -> Terms.of(name, destination, plan.pools()))
              .mapToInt(terms -> numbers.computeIfAbsent(terms, t -> numbers.size()))
              .toArray();
    }
    return termsOf;
  }
}
