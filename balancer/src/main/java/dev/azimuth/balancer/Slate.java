package dev.azimuth.balancer;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whom a balancer forwards to at one instant, ready to choose from. Immutable. */
final class Slate {
  /** Nothing is known yet. */
  static final Slate EMPTY =
      new Slate(
          List.of(),
          Departing.NONE,
          Settings.Pick.by(Settings.By.P2C),
          new Matches(List.of()),
          List.of(),
          Map.of());

  final List<Supply> supplies;
  final Departing departing;
  private final Settings.Pick pick;
  private final Matches matches;
  private final List<Stage> stages;
  private final Map<Backend, InetSocketAddress[]> addresses;

  private static final InetSocketAddress[] NOWHERE = {};

  /** A supply, ready to choose from. */
  static final class Stage {
    private final Supply supply;
    private final List<Backend> backends;
    private final Chooser chooser;
    private final @Nullable Stage next;

    private Stage(Supply supply, List<Backend> backends, Chooser chooser, @Nullable Stage next) {
      this.supply = supply;
      this.backends = backends;
      this.chooser = chooser;
      this.next = next;
    }

    /** Whether there is nothing to forward to. */
    boolean isEmpty() {
      return supply.candidates().isEmpty();
    }

    /** Whether there are others than these, here or where to go next. */
    boolean hasOthers(Collection<Backend> than) {
      return !than.containsAll(backends) || (next != null && next.hasOthers(than));
    }

    /** Whether clients are rescued who come to one of these. */
    boolean rescues() {
      return supply.elsewhere();
    }

    /** Where to go when none of these can be reached; null for nowhere. */
    @Nullable Stage next() {
      return next;
    }

    /** Chooses one and takes a place there; null when all are barred, or there are none. */
    @Nullable Backend take(Ask ask) {
      Backend found = chooser.choose(ask);
      while (found != null && !found.enter(ask.most)) {
        ask.tried(found); // another loop took its last place
        found = chooser.choose(ask);
      }
      return found;
    }
  }

  private static final Stage NOTHING = new Stage(Supply.NOTHING, List.of(), ask -> null, null);

  private Slate(
      List<Supply> supplies,
      Departing departing,
      Settings.Pick pick,
      Matches matches,
      List<Stage> stages,
      Map<Backend, InetSocketAddress[]> addresses) {
    this.supplies = supplies;
    this.departing = departing;
    this.pick = pick;
    this.matches = matches;
    this.stages = stages;
    this.addresses = addresses;
  }

  /**
   * The next one. A chooser stays where its candidates and weights do.
   *
   * @param supplied for clients without a match, then for each match
   * @param known the backends by key; new ones are put in
   */
  Slate next(
      List<Supply> supplied,
      Departing leaving,
      Settings.Pick by,
      Matches matching,
      Map<String, Backend> known) {
    Map<Backend, InetSocketAddress[]> where = new HashMap<>();
    List<Stage> made = new ArrayList<>();
    for (int i = 0; i < supplied.size(); i++) {
      Stage before = i < stages.size() && pick.equals(by) ? stages.get(i) : null;
      made.add(stage(supplied.get(i), before, by, known, where));
    }
    return new Slate(List.copyOf(supplied), leaving, by, matching, List.copyOf(made), where);
  }

  /**
   * @param before what stood in its place and may have the same chooser; null for nothing
   */
  private static Stage stage(
      Supply supply,
      @Nullable Stage before,
      Settings.Pick pick,
      Map<String, Backend> known,
      Map<Backend, InetSocketAddress[]> where) {
    List<Backend> backends = new ArrayList<>();
    for (Supply.Candidate candidate : supply.candidates()) {
      Backend backend = known.computeIfAbsent(candidate.key(), Backend::new);
      backends.add(backend);
      where.put(backend, candidate.addresses().toArray(InetSocketAddress[]::new));
    }
    Chooser chooser =
        before != null && before.supply.candidates().equals(supply.candidates())
            ? before.chooser
            : Choosers.of(pick, backends, weights(supply));
    Supply behind = supply.next();
    Stage next =
        behind == null
            ? null
            : stage(behind, before == null ? null : before.next, pick, known, where);
    return new Stage(supply, List.copyOf(backends), chooser, next);
  }

  private static int[] weights(Supply supply) {
    return supply.candidates().stream().mapToInt(Supply.Candidate::weight).toArray();
  }

  /**
   * The number of the supply that a client is for.
   *
   * @param hello its first words; null when they were not looked at
   */
  int supply(@Nullable ClientHello hello) {
    return hello == null ? 0 : 1 + matches.first(hello);
  }

  /** Where clients go first who are for this supply. */
  Stage first(int supply) {
    return supply < stages.size() ? stages.get(supply) : NOTHING;
  }

  /**
   * Where a backend is, of several addresses the next, or where clients stick always the same for
   * the same one.
   *
   * @param source of the client's address, as of {@link Balancer#keyOf}
   * @param except those that were of no use
   * @return null when there is no other, or it is not in any supply now
   */
  @Nullable InetSocketAddress address(
      Backend backend, long source, Collection<InetSocketAddress> except) {
    InetSocketAddress[] all = addresses.getOrDefault(backend, NOWHERE);
    int from = 0;
    if (pick.by() == Settings.By.STICKY && all.length > 1) {
      from = (int) Long.remainderUnsigned(Hash.mixed(source), all.length);
    } else if (except.isEmpty()) {
      from = backend.turn(all.length); // who tries again takes nobody's turn
    }
    for (int i = 0; i < all.length; i++) {
      InetSocketAddress each = all[from + i < all.length ? from + i : from + i - all.length];
      if (!except.contains(each)) {
        return each;
      }
    }
    return null;
  }

  /** Whether a backend has no other address than these. */
  boolean nowhereBut(Backend backend, Collection<InetSocketAddress> these) {
    return these.containsAll(List.of(addresses.getOrDefault(backend, NOWHERE)));
  }
}
