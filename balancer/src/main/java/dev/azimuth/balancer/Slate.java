package dev.azimuth.balancer;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whom a balancer forwards to at one instant, ready to choose from. Immutable. */
final class Slate {
  /** Nothing is known yet. */
  static final Slate EMPTY =
      new Slate(List.of(), Departing.NONE, List.of(), new Chooser[0], Map.of());

  final List<Supply> supplies;
  final Departing departing;
  private final List<Settings.Pick> picks;
  private final Chooser[] choosers;
  private final Map<Backend, InetSocketAddress[]> addresses;

  private Slate(
      List<Supply> supplies,
      Departing departing,
      List<Settings.Pick> picks,
      Chooser[] choosers,
      Map<Backend, InetSocketAddress[]> addresses) {
    this.supplies = supplies;
    this.departing = departing;
    this.picks = picks;
    this.choosers = choosers;
    this.addresses = addresses;
  }

  /**
   * The next one. A chooser stays where its candidates and weights do.
   *
   * @param known the backends by key; new ones are put in
   */
  Slate next(
      List<Supply> supplied, Departing leaving, Settings.Pick pick, Map<String, Backend> known) {
    Map<Backend, InetSocketAddress[]> where = new HashMap<>();
    List<Settings.Pick> by = new ArrayList<>();
    Chooser[] made = new Chooser[supplied.size()];
    for (int i = 0; i < made.length; i++) {
      Supply supply = supplied.get(i);
      List<Backend> backends = new ArrayList<>();
      for (Supply.Candidate candidate : supply.candidates()) {
        Backend backend = known.computeIfAbsent(candidate.key(), Backend::new);
        backends.add(backend);
        where.put(backend, candidate.addresses().toArray(InetSocketAddress[]::new));
      }
      by.add(pick);
      made[i] =
          i < choosers.length && picks.get(i).equals(pick) && alike(supply, supplies.get(i))
              ? choosers[i]
              : Choosers.of(pick, backends, weights(supply));
    }
    return new Slate(List.copyOf(supplied), leaving, by, made, where);
  }

  private static boolean alike(Supply now, Supply before) {
    return now.candidates().equals(before.candidates());
  }

  private static int[] weights(Supply supply) {
    return supply.candidates().stream().mapToInt(Supply.Candidate::weight).toArray();
  }

  /** Whether there is nothing to forward to. */
  boolean empty(int supply) {
    return supply >= supplies.size() || supplies.get(supply).candidates().isEmpty();
  }

  /** Whether clients come to another pool than the first since that has nothing. */
  boolean rescues(int supply) {
    return supplies.get(supply).elsewhere();
  }

  private @Nullable Backend choose(int supply, Ask ask) {
    return supply < choosers.length ? choosers[supply].choose(ask) : null;
  }

  /** Chooses one and takes a place there; null when all are barred, or there are none. */
  @Nullable Backend take(int supply, Ask ask) {
    Backend found = choose(supply, ask);
    while (found != null && !found.enter(ask.most)) {
      ask.tried(found); // another loop took its last place
      found = choose(supply, ask);
    }
    return found;
  }

  /** Where a backend is, of several addresses the next; null when it is not in any supply now. */
  @Nullable InetSocketAddress address(Backend backend) {
    InetSocketAddress[] all = addresses.get(backend);
    return all == null ? null : all[backend.turn(all.length)];
  }
}
