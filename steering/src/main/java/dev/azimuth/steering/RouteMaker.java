package dev.azimuth.steering;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One run of evaluating the rules of a route. */
final class RouteMaker {
  /** What stands in the map for addresses that are looked up as the IPv4 address in them. */
  private static final int ELSEWHERE = Character.MAX_VALUE;

  private final List<RouteMap.Fork> rules;
  private final List<View> views;
  private final Places places;
  private final AreaSets areas;
  private final Map<Integer, Nearby> nearby = new HashMap<>();
  private final Map<Destination, Integer> destinations = new HashMap<>();
  private final List<Destination> numbered = new ArrayList<>();
  private final Map<ResolverClass, Integer> classes = new HashMap<>();
  private final List<ResolverClass> numberedClasses = new ArrayList<>();

  /** Resolvers that the rules do not tell apart. */
  private record ResolverClass(BitSet matching, int view) {}

  RouteMaker(List<RouteMap.Fork> rules, List<View> views, Places places) {
    this.rules = rules;
    this.views = views;
    this.places = places;
    areas = AreaSets.of(rules.stream().map(rule -> rule.condition().area()).toList(), places);
  }

  RouteMap map() {
    PrefixMap resolvers = PrefixMap.of(resolverInputs(), this::resolverClass);
    PrefixMap[] clients = numberedClasses.stream().map(this::clients).toArray(PrefixMap[]::new);
    return new RouteMap(resolvers, clients, List.copyOf(numbered));
  }

  /** Rules by their index, then views. */
  private List<PrefixMap.Input> resolverInputs() {
    return Stream.concat(
            IntStream.range(0, rules.size())
                .mapToObj(i -> new PrefixMap.Input(i, rules.get(i).condition().resolver())),
            IntStream.range(0, views.size())
                .mapToObj(i -> new PrefixMap.Input(rules.size() + i, views.get(i).prefixes())))
        .toList();
  }

  private int resolverClass(BitSet inside) {
    int firstView = inside.nextSetBit(rules.size());
    int view = firstView < 0 ? View.NONE : firstView - rules.size();
    BitSet matching = new BitSet();
    boolean told = false;
    for (int i = 0; i < rules.size(); i++) {
      Condition condition = rules.get(i).condition();
      boolean resolver = condition.resolver().isEmpty() || inside.get(i);
      matching.set(
          i, resolver && (condition.views().isEmpty() || condition.views().contains(view)));
      told |= view >= 0 && rules.get(i).views().get(view);
    }
    ResolverClass found = new ResolverClass(matching, told ? view : View.NONE);
    return classes.computeIfAbsent(
        found,
        c -> {
          numberedClasses.add(c);
          return numberedClasses.size() - 1;
        });
  }

  private PrefixMap clients(ResolverClass resolver) {
    // The first rule of the class that takes every client; none after it gets any.
    BitSet candidates = (BitSet) resolver.matching.clone();
    int last = candidates.nextSetBit(0);
    while (!rules.get(last).condition().everyClient()) {
      last = candidates.nextSetBit(last + 1);
    }
    candidates.clear(last + 1, rules.size());
    List<PrefixMap.Input> inputs = new ArrayList<>();
    BitSet anywhere = new BitSet();
    for (int i : candidates.stream().toArray()) {
      List<Cidr> cidr = rules.get(i).condition().cidr();
      anywhere.set(i, cidr.isEmpty());
      inputs.add(new PrefixMap.Input(i, cidr));
    }
    // IPv6 prefixes that stand for IPv4 addresses are set apart: clients there are looked up as
    // those, so that no scope may reach from outside into them.
    inputs.add(new PrefixMap.Input(rules.size(), Client.TRANSITION));
    Map<BitSet, IntUnaryOperator> known = new HashMap<>();
    PrefixMap map =
        PrefixMap.of(
            inputs,
            places,
            inside -> {
              if (inside.get(rules.size())) {
                return place -> ELSEWHERE;
              }
              BitSet matching = (BitSet) inside.clone();
              matching.or(anywhere);
              return known.computeIfAbsent(matching, m -> new ByPlace(m, resolver.view));
            });
    BitSet values = map.values();
    values.clear(ELSEWHERE);
    int only = values.nextSetBit(0);
    return values.cardinality() == 1 ? PrefixMap.of(List.of(), inside -> only) : map;
  }

  private int number(Destination destination) {
    return destinations.computeIfAbsent(
        destination,
        d -> {
          numbered.add(d);
          return numbered.size() - 1;
        });
  }

  private Nearby nearby(int rule, To.Nearest nearest) {
    return nearby.computeIfAbsent(
        rule, r -> new Nearby(places.sphere(), nearest.at(), nearest.limit()));
  }

  /** From the place of a client to its destination, for clients that these rules may match. */
  private final class ByPlace implements IntUnaryOperator {
    private static final int NOT_YET = -1;

    private final BitSet matching;
    private final int view;

    /** By the set of areas; for rules that go by distance {@link #NOT_YET} − 1 − their index. */
    private final int[] ofSet = new int[areas.count()];

    private final ByDistance[] byDistance = new ByDistance[rules.size()];

    ByPlace(BitSet matching, int view) {
      this.matching = matching;
      this.view = view;
      Arrays.fill(ofSet, NOT_YET);
    }

    @Override
    public int applyAsInt(int place) {
      int set = areas.number(place);
      if (ofSet[set] == NOT_YET) {
        ofSet[set] = first(set);
      }
      int known = ofSet[set];
      return known >= 0 ? known : byDistance(NOT_YET - 1 - known).destination(place);
    }

    private int first(int set) {
      int rule = matching.nextSetBit(0);
      while (!areas.contains(set, rule)) {
        rule = matching.nextSetBit(rule + 1);
      }
      return rules.get(rule).nearest() == null
          ? number(new Destination(rule, null, told(rule)))
          : NOT_YET - 1 - rule;
    }

    private ByDistance byDistance(int rule) {
      if (byDistance[rule] == null) {
        byDistance[rule] = new ByDistance(rule, told(rule));
      }
      return byDistance[rule];
    }

    private int told(int rule) {
      return view >= 0 && rules.get(rule).views().get(view) ? view : View.NONE;
    }
  }

  /** From the place of a client to its destination, by the order of a rule's candidates. */
  private final class ByDistance {
    private final int rule;
    private final int view;
    private final To.Nearest nearest;
    private final Nearby nearby;
    private final int[] points = places.column(Places.Field.COORDINATES);
    private int[] ofOrder = new int[16];

    ByDistance(int rule, int view) {
      this.rule = rule;
      this.view = view;
      nearest = Objects.requireNonNull(rules.get(rule).nearest());
      nearby = nearby(rule, nearest);
    }

    int destination(int place) {
      int order = nearby.from(points[place]);
      if (order >= ofOrder.length) {
        ofOrder = Arrays.copyOf(ofOrder, 2 * order);
      }
      if (ofOrder[order] == 0) {
        ofOrder[order] = 1 + number(new Destination(rule, steps(order), view));
      }
      return ofOrder[order] - 1;
    }

    private List<Step> steps(int order) {
      return nearby.turns(order).stream()
          .map(turn -> Step.equal(turn.stream().map(nearest.pools()::get).toList()))
          .toList();
    }
  }
}
