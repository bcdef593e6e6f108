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
      new Slate(List.of(), Departing.NONE, Settings.Pick.by(Settings.By.P2C), List.of(), Map.of());

  final List<Supply> supplies;
  final Departing departing;
  private final Settings.Pick pick;
  private final List<Stage> stages;
  private final Map<Backend, InetSocketAddress[]> addresses;

  /** A supply, ready to choose from. */
  static final class Stage {
    private final Supply supply;
    private final Chooser chooser;
    private final @Nullable Stage next;

    private Stage(Supply supply, Chooser chooser, @Nullable Stage next) {
      this.supply = supply;
      this.chooser = chooser;
      this.next = next;
    }

    /** Whether there is nothing to forward to. */
    boolean isEmpty() {
      return supply.candidates().isEmpty();
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

  private static final Stage NOTHING = new Stage(Supply.NOTHING, ask -> null, null);

  private Slate(
      List<Supply> supplies,
      Departing departing,
      Settings.Pick pick,
      List<Stage> stages,
      Map<Backend, InetSocketAddress[]> addresses) {
    this.supplies = supplies;
    this.departing = departing;
    this.pick = pick;
    this.stages = stages;
    this.addresses = addresses;
  }

  /**
   * The next one. A chooser stays where its candidates and weights do.
   *
   * @param known the backends by key; new ones are put in
   */
  Slate next(
      List<Supply> supplied, Departing leaving, Settings.Pick by, Map<String, Backend> known) {
    Map<Backend, InetSocketAddress[]> where = new HashMap<>();
    List<Stage> made = new ArrayList<>();
    for (int i = 0; i < supplied.size(); i++) {
      Stage before = i < stages.size() && pick.equals(by) ? stages.get(i) : null;
      made.add(stage(supplied.get(i), before, by, known, where));
    }
    return new Slate(List.copyOf(supplied), leaving, by, List.copyOf(made), where);
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
    return new Stage(supply, chooser, next);
  }

  private static int[] weights(Supply supply) {
    return supply.candidates().stream().mapToInt(Supply.Candidate::weight).toArray();
  }

  /** Where clients go first who are for this supply. */
  Stage first(int supply) {
    return supply < stages.size() ? stages.get(supply) : NOTHING;
  }

  /** Where a backend is, of several addresses the next; null when it is not in any supply now. */
  @Nullable InetSocketAddress address(Backend backend) {
    InetSocketAddress[] all = addresses.get(backend);
    return all == null ? null : all[backend.turn(all.length)];
  }
}
