package dev.azimuth.balancer;

import org.jspecify.annotations.Nullable;

/**
 * Always the same for a client, by a table of {@link Maglev#SLOTS}. Where that one is barred, or
 * has more than its bound of the connections ("Consistent Hashing with Bounded Loads", Mirrokni et
 * al., 2016), the next one that suits on the client's walk through the table: the same each time.
 */
final class Sticky implements Chooser {
  /** How far the walk goes, for each backend, before all are looked at in their order. */
  private static final int WALK = 4;

  private final Draw draw;
  private final int[] table;
  private final boolean bounded;

  /** Of all connections, what each may have. */
  private final double[] shares;

  /**
   * @param bound above 1; 0 for none
   */
  Sticky(Draw draw, int[] table, double bound) {
    this.draw = draw;
    this.table = table;
    bounded = bound > 0;
    shares = new double[draw.size()];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = bounded ? bound * draw.weight(i) / draw.sum() : Double.POSITIVE_INFINITY;
    }
  }

  @Override
  public @Nullable Backend choose(Ask ask) {
    long hash = Hash.mixed(ask.source);
    int slot = Maglev.part(hash >>> 32, Maglev.SLOTS);
    long connections = 1 + (bounded ? draw.open() : 0);
    int home = table[slot];
    if (suits(home, ask, connections)) {
      return draw.backend(home);
    }
    int step = 1 + Maglev.part(hash, Maglev.SLOTS - 1);
    int most = Math.min(Maglev.SLOTS, WALK * draw.size());
    int free = Draw.NONE;
    for (int i = 0; i < most; i++) {
      slot = Maglev.next(slot, step);
      int number = table[slot];
      if (suits(number, ask, connections)) {
        return draw.backend(number);
      }
      free = free == Draw.NONE && !draw.barred(number, ask) ? number : free;
    }
    return draw.backend(rest(home, free, ask, connections));
  }

  /** Of all, from one on: the first that suits, else one that is free though beyond its bound. */
  private int rest(int from, int free, Ask ask, long connections) {
    int other = free;
    for (int i = 0, at = from; i < draw.size(); i++) {
      if (suits(at, ask, connections)) {
        return at;
      }
      other = other == Draw.NONE && !draw.barred(at, ask) ? at : other;
      at = at + 1 == draw.size() ? 0 : at + 1;
    }
    return other;
  }

  /**
   * @param connections all of them, with this one
   */
  private boolean suits(int number, Ask ask, long connections) {
    return draw.open(number) < shares[number] * connections && !draw.barred(number, ask);
  }
}
