package dev.azimuth.steering;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which rule of a route a client comes under: the first that matches. The rules are evaluated once
 * for every range of addresses, never for a query.
 *
 * <p>What the rules say of the resolver's address splits resolvers into classes; each class has its
 * own map of clients, so that the scope of an answer is the widest that holds for that resolver.
 */
final class RouteMap {
  private final PrefixMap classOfResolver;
  private final PrefixMap[] ruleOfClient;

  private RouteMap(PrefixMap classOfResolver, PrefixMap[] ruleOfClient) {
    this.classOfResolver = classOfResolver;
    this.ruleOfClient = ruleOfClient;
  }

  /**
   * @param rules the last one matches every client
   */
  static RouteMap of(List<Rule> rules) {
    Map<BitSet, Integer> classes = new HashMap<>();
    List<BitSet> matching = new ArrayList<>();
    PrefixMap classOfResolver =
        PrefixMap.of(
            IntStream.range(0, rules.size())
                .mapToObj(i -> new PrefixMap.Input(i, rules.get(i).resolver()))
                .toList(),
            inside -> {
              BitSet match = (BitSet) inside.clone();
              for (int i = 0; i < rules.size(); i++) {
                if (rules.get(i).resolver().isEmpty()) {
                  match.set(i);
                }
              }
              return classes.computeIfAbsent(
                  match,
                  m -> {
                    matching.add(m);
                    return matching.size() - 1;
                  });
            });
    return new RouteMap(
        classOfResolver,
        matching.stream().map(match -> clients(rules, match)).toArray(PrefixMap[]::new));
  }

  private static PrefixMap clients(List<Rule> rules, BitSet matching) {
    // The first rule of the class without a prefix catches whatever no earlier rule took.
    int rest = matching.nextSetBit(0);
    while (!rules.get(rest).cidr().isEmpty()) {
      rest = matching.nextSetBit(rest + 1);
    }
    int last = rest;
    List<PrefixMap.Input> inputs =
        matching.stream()
            .takeWhile(i -> i < last)
            .mapToObj(i -> new PrefixMap.Input(i, rules.get(i).cidr()))
            .toList();
    return PrefixMap.of(
        inputs,
        inside -> {
          int first = inside.nextSetBit(0);
          return first >= 0 ? first : last;
        });
  }

  /**
   * The number of the rule for a client: its subnet where the query carried a usable one, else the
   * address that the query came from. Sets the decision's scope.
   */
  int rule(Asker asker, Decision decision) {
    PrefixMap clients = ruleOfClient[resolverClass(asker)];
    if (asker.subnet && Subnets.usable(asker)) {
      decision.scope = clients.scope(asker.subnetV4, asker.subnetHigh, asker.subnetLow);
      return clients.value(asker.subnetV4, asker.subnetHigh, asker.subnetLow);
    }
    decision.scope = 0;
    return clients.value(asker.sourceV4, asker.sourceHigh, asker.sourceLow);
  }

  private int resolverClass(Asker asker) {
    return ruleOfClient.length == 1
        ? 0
        : classOfResolver.value(asker.sourceV4, asker.sourceHigh, asker.sourceLow);
  }
}
