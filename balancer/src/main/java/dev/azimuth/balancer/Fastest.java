package dev.azimuth.balancer;

import org.jspecify.annotations.Nullable;

/**
 * Of two drawn by weight the one that is quicker, times how many more a client would wait with
 * there. One that nobody was sent to for {@link Backend#STALE}, or ever, gets the next client for
 * whom it is drawn, and no more until that one has measured it.
 */
final class Fastest implements Chooser {
  /** What is not measured yet counts as slower than what is, in microseconds. */
  private static final double UNKNOWN = 1e9;

  private final Draw draw;

  /** Connections count in relation to the mean of all weights. */
  private final double[] load;

  Fastest(Draw draw) {
    this.draw = draw;
    load = new double[draw.size()];
    for (int i = 0; i < load.length; i++) {
      load[i] = (double) draw.sum() / load.length / draw.weight(i);
    }
  }

  @Override
  public @Nullable Backend choose(Ask ask) {
    int one = draw.free(ask, Draw.NONE);
    Backend first = draw.backend(one);
    if (first == null || first.worthALook(ask.now)) {
      return first;
    }
    int two = draw.free(ask, one);
    Backend second = draw.backend(two);
    if (second == null) {
      return first;
    }
    return second.worthALook(ask.now) || cost(second, load[two]) < cost(first, load[one])
        ? second
        : first;
  }

  private static double cost(Backend backend, double load) {
    double latency = backend.latency();
    return (Double.isNaN(latency) ? UNKNOWN : latency) * (1 + backend.open() * load);
  }
}
