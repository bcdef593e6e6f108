package dev.azimuth.steering;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where each client goes: the first rule of a route that matches it, and what it comes to there.
 * The rules are evaluated once for every range of addresses, never for a query.
 *
 * <p>What depends on the resolver's address splits resolvers into classes; each class has its own
 * map of clients, so that the scope of an answer is the widest that holds for that resolver.
 */
final class RouteMap {
  private final PrefixMap classOfResolver;
  private final PrefixMap[] destinationOfClient;
  private final List<Destination> destinations;

  /**
   * All of a rule that tells clients apart. Names whose rules agree in it share a map.
   *
   * @param nearest null where the order of pools is given
   * @param views those in which the rule's pools give other addresses
   */
  record Fork(Condition condition, To.@Nullable Nearest nearest, BitSet views) {}

  private RouteMap(
      PrefixMap classOfResolver, PrefixMap[] destinationOfClient, List<Destination> destinations) {
    this.classOfResolver = classOfResolver;
    this.destinationOfClient = destinationOfClient;
    this.destinations = destinations;
  }

  /**
   * @param rules the last one matches every client
   */
  static RouteMap of(List<Fork> rules, List<View> views) {
    return new Making(rules, views).map();
  }

  /** By the number that {@link #destination} gives. */
  List<Destination> destinations() {
    return destinations;
  }

  /** The number of the destination for a client. Sets the decision's scope. */
  int destination(Asker asker, Decision decision) {
    Client client = decision.client;
    client.of(asker);
    PrefixMap clients = destinationOfClient[resolverClass(asker)];
    decision.scope =
        client.subnet ? client.scope(clients.scope(client.v4, client.high, client.low)) : 0;
    return clients.value(client.v4, client.high, client.low);
  }

  private int resolverClass(Asker asker) {
    return destinationOfClient.length == 1
        ? 0
        : classOfResolver.value(asker.sourceV4, asker.sourceHigh, asker.sourceLow);
  }

  /** One run of evaluating. */
  private static final class Making {
    /** What stands in the map for addresses that are looked up as the IPv4 address in them. */
    private static final int ELSEWHERE = Character.MAX_VALUE;

    private final List<Fork> rules;
    private final List<View> views;
    private final Map<Destination, Integer> destinations = new HashMap<>();
    private final List<Destination> numbered = new ArrayList<>();
    private final Map<ResolverClass, Integer> classes = new HashMap<>();
    private final List<ResolverClass> numberedClasses = new ArrayList<>();

    /** Resolvers that the rules do not tell apart. */
    private record ResolverClass(BitSet matching, int view) {}

    Making(List<Fork> rules, List<View> views) {
      this.rules = rules;
      this.views = views;
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
      // The first rule of the class without a prefix catches whatever no earlier rule took.
      BitSet matching = resolver.matching;
      int rest = matching.nextSetBit(0);
      while (!rules.get(rest).condition().cidr().isEmpty()) {
        rest = matching.nextSetBit(rest + 1);
      }
      int last = rest;
      List<PrefixMap.Input> inputs =
          matching.stream()
              .takeWhile(i -> i < last)
              .mapToObj(i -> new PrefixMap.Input(i, rules.get(i).condition().cidr()))
              .toList();
      ToIntFunction<BitSet> value =
          inside -> {
            int first = inside.nextSetBit(0);
            return destination(first >= 0 && first < last ? first : last, resolver.view);
          };
      PrefixMap plain = PrefixMap.of(inputs, value);
      return plain.constant() ? plain : withTransition(inputs, value);
    }

    /**
     * The same with the IPv6 prefixes set apart that stand for IPv4 addresses: clients there are
     * looked up as those, so that no scope may reach from outside into them.
     */
    private PrefixMap withTransition(List<PrefixMap.Input> inputs, ToIntFunction<BitSet> value) {
      List<PrefixMap.Input> all = new ArrayList<>(inputs);
      all.add(new PrefixMap.Input(rules.size(), Client.TRANSITION));
      return PrefixMap.of(
          all, inside -> inside.get(rules.size()) ? ELSEWHERE : value.applyAsInt(inside));
    }

    private int destination(int rule, int resolverView) {
      Fork fork = rules.get(rule);
      int view = resolverView >= 0 && fork.views().get(resolverView) ? resolverView : View.NONE;
      return destinations.computeIfAbsent(
          new Destination(rule, order(fork.nearest()), view),
          d -> {
            numbered.add(d);
            return numbered.size() - 1;
          });
    }

    private static @Nullable List<Step> order(To.@Nullable Nearest nearest) {
      return nearest == null
          ? null
          : nearest.pools().stream().limit(nearest.limit()).map(Step::pool).toList();
    }
  }
}
