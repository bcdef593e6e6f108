package dev.azimuth.steering;

import java.util.BitSet;
import java.util.List;
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
  /** How many destinations clients can be told apart by. */
  static final int MOST_DESTINATIONS = Character.MAX_VALUE;

  private final PrefixMap classOfResolver;
  private final PrefixMap[] destinationOfClient;
  private final List<Destination> destinations;

  /** The destination of all clients; -1 where there are several. */
  private final int everybody;

  /**
   * All of a rule that tells clients apart. Names whose rules agree in it share a map.
   *
   * @param nearest null where the order of pools is given
   * @param views those in which the rule's pools give other addresses
   */
  record Fork(Condition condition, To.@Nullable Nearest nearest, BitSet views) {}

  RouteMap(
      PrefixMap classOfResolver, PrefixMap[] destinationOfClient, List<Destination> destinations) {
    this.classOfResolver = classOfResolver;
    this.destinationOfClient = destinationOfClient;
    this.destinations = destinations;
    PrefixMap clients = destinationOfClient[0];
    boolean alike = destinationOfClient.length == 1 && clients.constant();
    everybody = alike ? clients.value(true, 0) : -1;
  }

  /**
   * @param rules the last one matches every client
   */
  static RouteMap of(List<Fork> rules, List<View> views, Places places) {
    return new RouteMaker(rules, views, places).map();
  }

  /** By the number that {@link #destination} gives. */
  List<Destination> destinations() {
    return destinations;
  }

  /** The rules that any client comes to, by their index. */
  BitSet reached() {
    BitSet reached = new BitSet();
    destinations.forEach(destination -> reached.set(destination.rule()));
    return reached;
  }

  /** How many ranges of addresses the clients of all resolvers are told apart by. */
  int ranges() {
    int ranges = 0;
    for (PrefixMap clients : destinationOfClient) {
      ranges += clients.ranges();
    }
    return ranges;
  }

  /** The number of the destination for a client. Sets the decision's scope. */
  int destination(Asker asker, Decision decision) {
    Client client = decision.client;
    client.of(asker);
    if (everybody >= 0) {
      decision.scope = 0;
      return everybody;
    }
    PrefixMap clients = destinationOfClient[resolverClass(asker)];
    int range = clients.range(client.v4, client.high, client.low);
    decision.scope = clients.scope(client, range);
    return clients.value(client.v4, range);
  }

  /** What decides together: the classes of resolvers where there are several, then the clients. */
  List<PrefixMap> maps() {
    List<PrefixMap> clients = List.of(destinationOfClient);
    return clients.size() == 1
        ? clients
        : Stream.concat(Stream.of(classOfResolver), clients.stream()).toList();
  }

  /**
   * The number of the destination for clients that are their own resolvers.
   *
   * @param ranges theirs in each of the {@link #maps}, from {@code first} on
   */
  int destination(boolean v4, int[] ranges, int first) {
    if (destinationOfClient.length == 1) {
      return destinationOfClient[0].value(v4, ranges[first]);
    }
    int resolver = classOfResolver.value(v4, ranges[first]);
    return destinationOfClient[resolver].value(v4, ranges[first + 1 + resolver]);
  }

  private int resolverClass(Asker asker) {
    return destinationOfClient.length == 1
        ? 0
        : classOfResolver.value(asker.sourceV4, asker.sourceHigh, asker.sourceLow);
  }
}
