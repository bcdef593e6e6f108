package dev.azimuth.steering;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which share of the clients of one mixture comes to which part of another, and who of them comes
 * to another backend. Clients that stick are followed bucket by bucket, so that exactly those move
 * whose bucket does. Of what is given in turn as much stays as both sides have in common. Who
 * sticks on one side alone, or by another network, has a choice that has nothing to do with the
 * other. Pure.
 */
final class Transfer {
  private Transfer() {}

  /** The share that comes from each part of one mixture to each part of another; the sum is 1. */
  static double[][] parts(Mixture before, Mixture after) {
    double[][] moves = new double[before.parts().size()][after.parts().size()];
    if (sameBuckets(before.sticky(), after.sticky())) {
      for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
        moves[before.order()[bucket]][after.order()[bucket]] += 1.0 / Buckets.COUNT;
      }
      return moves;
    }
    double[] from = before.shares();
    double[] to = after.shares();
    return before.sticky() == null && after.sticky() == null
        ? least(before, from, after, to)
        : independent(from, to);
  }

  /** What both have in common stays; what is too much goes where there is too little. */
  private static double[][] least(Mixture before, double[] from, Mixture after, double[] to) {
    double[][] moves = new double[from.length][to.length];
    double left = 1;
    for (int i = 0; i < from.length; i++) {
      for (int j = 0; j < to.length; j++) {
        if (before.parts().get(i).name().equals(after.parts().get(j).name())) {
          double stays = Math.min(from[i], to[j]);
          moves[i][j] = stays;
          from[i] -= stays;
          to[j] -= stays;
          left -= stays;
        }
      }
    }
    if (left > 0) {
      double[][] others = independent(from, to);
      for (int i = 0; i < from.length; i++) {
        for (int j = 0; j < to.length; j++) {
          moves[i][j] += others[i][j] / left;
        }
      }
    }
    return moves;
  }

  private static double[][] independent(double[] from, double[] to) {
    double[][] moves = new double[from.length][to.length];
    for (int i = 0; i < from.length; i++) {
      for (int j = 0; j < to.length; j++) {
        moves[i][j] = from[i] * to[j];
      }
    }
    return moves;
  }

  /** Of clients that stay with a pool the share that comes to another of its backends, 0 to 1. */
  static double inside(Mixture.Part before, Mixture.Part after) {
    if (!before.pool() || !after.pool()) {
      return 0;
    }
    if (sameBuckets(before.sticky(), after.sticky())) {
      double moved = 0;
      for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
        moved += 1 - common(answer(before, bucket), answer(after, bucket));
      }
      return moved / Buckets.COUNT;
    }
    boolean chosen = before.order().length > 1 && after.order().length > 1;
    boolean apart = chosen && (before.sticky() != null || after.sticky() != null);
    double stays = 0;
    for (Map.Entry<String, Double> from : before.backends().entrySet()) {
      double to = after.backends().getOrDefault(from.getKey(), 0.0);
      stays += apart ? from.getValue() * to : Math.min(from.getValue(), to);
    }
    return Math.max(0, 1 - stays);
  }

  /** Where nothing depends on the client every bucket has the only answer. */
  private static Set<String> answer(Mixture.Part part, int bucket) {
    return part.answers().get(part.order()[part.order().length == 1 ? 0 : bucket]);
  }

  /** What two answers have in common, where each counts in equal parts for its backends. */
  private static double common(Set<String> before, Set<String> after) {
    double most = Math.max(before.size(), after.size());
    return before.stream().filter(after::contains).count() / most;
  }

  private static boolean sameBuckets(@Nullable StickyPrefix before, @Nullable StickyPrefix after) {
    return before != null && before.equals(after);
  }
}
