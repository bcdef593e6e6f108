package dev.azimuth.steering;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;

/**
 * How many clients come from one bearing to another when a route takes the place of another, for
 * all names that have both. Belongs to one thread.
 */
final class RoutePair {
  private static final PrefixMap TRANSITION =
      PrefixMap.of(
          List.of(new PrefixMap.Input(0, Client.TRANSITION)), inside -> inside.get(0) ? 1 : 0);

  /** Progress is told after so many pieces. */
  private static final int OFTEN = 1 << 16;

  private final Bearings before;
  private final Bearings after;
  private final Map<Change, double[]> weights = new HashMap<>();

  /** From one bearing to another; they may be the same. */
  record Change(int before, int after) {}

  RoutePair(Bearings before, Bearings after) {
    this.before = before;
    this.after = after;
  }

  Bearings before() {
    return before;
  }

  Bearings after() {
    return after;
  }

  /** Adds clients of a weight each, spread evenly over all addresses of some spans. */
  void add(Family family, List<Span> spans, double weightOfEach, DoubleConsumer progress) {
    List<Starts> maps = new ArrayList<>();
    maps.add(TRANSITION.starts(family));
    maps.addAll(before.starts(family));
    int second = maps.size();
    maps.addAll(after.starts(family));
    Overlay overlay = new Overlay(maps);
    Overlay.Sink sink =
        new Overlay.Sink() {
          private int pieces;

          @Override
          public void piece(int[] ranges, long high, long low, double addresses) {
            // Who has such an address is steered, and counted, by the IPv4 address in it.
            if (TRANSITION.value(family == Family.V4, ranges[0]) == 0) {
              add(
                  before.at(family, ranges, 1),
                  after.at(family, ranges, second),
                  addresses * weightOfEach);
            }
            if (++pieces % OFTEN == 0) {
              progress.accept(family == Family.V4 ? low * 0x1p-32 : (high >>> 1) * 0x1p-63);
            }
          }
        };
    spans.forEach(span -> overlay.walk(span, sink));
  }

  /** Adds clients that ask as this one does. */
  void add(Asker asker, double weight) {
    add(before.of(asker), after.of(asker), weight);
  }

  private void add(int from, int to, double weight) {
    weights.computeIfAbsent(new Change(from, to), change -> new double[1])[0] += weight;
  }

  /** What was added so far. */
  Map<Change, double[]> weights() {
    return weights;
  }
}
