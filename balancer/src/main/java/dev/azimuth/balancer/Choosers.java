package dev.azimuth.balancer;

import dev.azimuth.steering.Layout;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ways to choose. Where the one that it would be is barred, all of them find another if there
 * is one.
 */
final class Choosers {
  private Choosers() {}

  /**
   * @param weights as many as backends, each at least 1
   */
  static Chooser of(Settings.Pick pick, List<Backend> backends, int[] weights) {
    if (backends.isEmpty()) {
      return ask -> null;
    }
    Draw draw = new Draw(backends, weights);
    return switch (pick.by()) {
      case P2C -> ask -> ofTwo(draw, ask);
      case ROTATE -> new Rotation(draw, Layout.order(weights));
      case WEIGHTED -> drawn(draw);
      case LEAST_CONNECTIONS -> ask -> leastLoaded(draw, ask);
      case FASTEST -> new Fastest(draw);
      case STICKY -> new Sticky(draw, Maglev.table(backends, weights), pick.bound());
      case RANDOM -> drawn(new Draw(backends, ones(weights.length)));
    };
  }

  private static Chooser drawn(Draw draw) {
    return ask -> draw.backend(draw.free(ask, Draw.NONE));
  }

  private static int[] ones(int count) {
    int[] ones = new int[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** With as many connections for their weights, the one that was drawn first. */
  private static @Nullable Backend ofTwo(Draw draw, Ask ask) {
    int first = draw.free(ask, Draw.NONE);
    int second = first == Draw.NONE ? Draw.NONE : draw.free(ask, first);
    return draw.backend(second != Draw.NONE && draw.lighter(second, first) ? second : first);
  }

  /** Begins with any, by weight, so that those that carry nothing yet get their shares too. */
  private static @Nullable Backend leastLoaded(Draw draw, Ask ask) {
    int least = draw.free(ask, Draw.NONE);
    int size = draw.size();
    for (int i = 1, at = least; least != Draw.NONE && i < size; i++) {
      at = at + 1 == size ? 0 : at + 1;
      if (draw.lighter(at, least) && !draw.barred(at, ask)) {
        least = at;
      }
    }
    return draw.backend(least);
  }
}
