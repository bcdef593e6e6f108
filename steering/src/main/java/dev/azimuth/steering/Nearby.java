package dev.azimuth.steering;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * In which order candidates lie from a point, by the great circle. Those that lie 5 % farther than
 * the nearest of the rest, or less, share its turn, so that a small correction of a database moves
 * no client from one to the other. Orders are numbered; a point from which the candidates lie as
 * from another has the same number. Remembers each point that it was asked for. Not for use by
 * several threads.
 */
final class Nearby {
  private static final long TIE = 1L << 32;
  private static final long END = -1;

  private final Sphere points;
  private final Sphere candidates;
  private final int count;
  private final int most;
  private final Numbers orders;
  private final int[] known;
  private final double[] distances;
  private final long[] order;

  /**
   * @param points to ask for; the number 0 is the unknown one
   * @param most turns that an order has; those that tie have one
   */
  Nearby(Sphere points, List<Point> candidates, int most) {
    this.points = points;
    this.candidates = Sphere.of(candidates.stream().map(Optional::of).toList());
    count = candidates.size();
    this.most = most;
    orders = new Numbers(count);
    known = new int[points.size()];
    distances = new double[count];
    order = new long[count];
  }

  /** The number of the order from a point; from the unknown one as the candidates were given. */
  int from(int point) {
    if (known[point] == 0) {
      if (point == 0) {
        Arrays.setAll(order, i -> i);
      } else {
        sort(point);
        cut();
      }
      known[point] = 1 + orders.of(order);
    }
    return known[point] - 1;
  }

  /** The turns of an order: in each the indices of one candidate or of several that tie. */
  List<List<Integer>> turns(int number) {
    List<List<Integer>> turns = new ArrayList<>();
    for (int i = 0; i < count && orders.at(number, i) != END; i++) {
      long entry = orders.at(number, i);
      if ((entry & TIE) == 0) {
        turns.add(new ArrayList<>());
      }
      turns.getLast().add((int) entry);
    }
    return turns;
  }

  /** By insertion: there are few, and equally far ones stay as they were given. */
  private void sort(int point) {
    for (int candidate = 0; candidate < count; candidate++) {
      double distance = points.haversine(point, candidates, candidate);
      int at = candidate;
      for (; at > 0 && distances[at - 1] > distance; at--) {
        distances[at] = distances[at - 1];
        order[at] = order[at - 1];
      }
      distances[at] = distance;
      order[at] = candidate;
    }
  }

  /** Marks those that share the turn of the one before; ends the order after the last turn. */
  private void cut() {
    int turns = 0;
    for (int first = 0; first < count; ) {
      int end = first + 1;
      while (end < count && Sphere.nearTie(distances[first], distances[end])) {
        end++;
      }
      if (turns++ == most) {
        Arrays.fill(order, first, count, END);
        return;
      }
      // Which of a tie is the nearest makes no difference, so it must make no other order.
      Arrays.sort(order, first, end);
      for (int i = first + 1; i < end; i++) {
        order[i] |= TIE;
      }
      first = end;
    }
  }
}
