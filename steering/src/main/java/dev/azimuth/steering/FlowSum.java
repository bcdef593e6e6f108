package dev.azimuth.steering;

import dev.azimuth.steering.Flow.BackendShare;
import dev.azimuth.steering.Flow.Move;
import dev.azimuth.steering.Flow.PoolShare;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Adds up who is given what before and after. Belongs to one thread. */
final class FlowSum {
  private static final int BEFORE = 0;
  private static final int AFTER = 1;

  /** What is less than this part of some clients is left over by rounding. */
  private static final double ROUNDING = 1e-12;

  /** By pool. */
  private final Map<String, double[]> pools = new LinkedHashMap<>();

  /** By pool and backend. */
  private final Map<String, Map<String, double[]>> backends = new LinkedHashMap<>();

  private final Map<Ends, double[]> moves = new LinkedHashMap<>();
  private double weight;

  private record Ends(String from, String to) {}

  /** Adds clients of a weight that come from one mixture to another. */
  void add(Mixture before, Mixture after, double clients) {
    weight += clients;
    side(before, BEFORE, clients);
    side(after, AFTER, clients);
    double[][] shares = Transfer.parts(before, after);
    for (int i = 0; i < shares.length; i++) {
      for (int j = 0; j < shares[i].length; j++) {
        Mixture.Part from = before.parts().get(i);
        Mixture.Part to = after.parts().get(j);
        boolean stays = from.name().equals(to.name());
        double moved = stays && shares[i][j] > 0 ? Transfer.inside(from, to) : 1;
        if (shares[i][j] * moved > ROUNDING) {
          move(from.name(), to.name(), clients * shares[i][j] * moved);
        }
      }
    }
  }

  private void side(Mixture mixture, int side, double clients) {
    double[] shares = mixture.shares();
    for (int i = 0; i < shares.length; i++) {
      Mixture.Part part = mixture.parts().get(i);
      double share = clients * shares[i];
      pool(part.name(), side, share);
      part.backends().forEach((name, odds) -> backend(part.name(), name, side, share * odds));
    }
  }

  /**
   * Adds the flow of some names.
   *
   * @param times how many names they are
   */
  void add(Flow flow, int times) {
    weight += times;
    for (PoolShare pool : flow.pools()) {
      pool(pool.pool(), BEFORE, pool.before() * times);
      pool(pool.pool(), AFTER, pool.after() * times);
      for (BackendShare backend : pool.backends()) {
        String name = backend.backend().substring(pool.pool().length() + 1);
        backend(pool.pool(), name, BEFORE, backend.before() * times);
        backend(pool.pool(), name, AFTER, backend.after() * times);
      }
    }
    flow.moves().forEach(move -> move(move.from(), move.to(), move.share() * times));
  }

  private void pool(String pool, int side, double share) {
    pools.computeIfAbsent(pool, name -> new double[2])[side] += share;
    backends.computeIfAbsent(pool, name -> new LinkedHashMap<>());
  }

  private void backend(String pool, String name, int side, double share) {
    Map<String, double[]> inPool = Objects.requireNonNull(backends.get(pool));
    inPool.computeIfAbsent(name, backend -> new double[2])[side] += share;
  }

  private void move(String from, String to, double share) {
    moves.computeIfAbsent(new Ends(from, to), ends -> new double[1])[0] += share;
  }

  /**
   * What it comes to; nothing where no clients were added.
   *
   * @param ranks the places of pools, and of {@code pool/backend}s, in a list; others come last
   */
  Flow flow(Map<String, Integer> ranks) {
    Comparator<String> listed =
        Comparator.<String>comparingInt(name -> ranks.getOrDefault(name, Integer.MAX_VALUE))
            .thenComparing(Comparator.naturalOrder());
    List<PoolShare> shares = new ArrayList<>();
    pools.forEach(
        (pool, share) -> {
          List<BackendShare> inside = new ArrayList<>();
          Objects.requireNonNull(backends.get(pool))
              .forEach(
                  (name, odds) ->
                      inside.add(
                          new BackendShare(
                              pool + "/" + name, odds[BEFORE] / weight, odds[AFTER] / weight)));
          inside.sort(Comparator.comparing(BackendShare::backend, listed));
          shares.add(new PoolShare(pool, share[BEFORE] / weight, share[AFTER] / weight, inside));
        });
    shares.removeIf(pool -> pool.before() == 0 && pool.after() == 0);
    shares.sort(Comparator.comparing(PoolShare::pool, listed));
    List<Move> all = new ArrayList<>();
    moves.forEach((ends, share) -> all.add(new Move(ends.from, ends.to, share[0] / weight)));
    all.sort(
        Comparator.comparingDouble(Move::share)
            .reversed()
            .thenComparing(Move::from, listed)
            .thenComparing(Move::to, listed));
    return new Flow(all.stream().mapToDouble(Move::share).sum(), shares, all);
  }
}
