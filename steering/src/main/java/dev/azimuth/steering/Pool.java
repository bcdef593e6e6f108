package dev.azimuth.steering;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group of backends that belong together.
 *
 * @param allDown what names whose first pool this is answer when nothing is usable; null for none
 * @param slowStart how long the weight of a backend rises after it recovered or was added; zero for
 *     its whole weight at once
 * @param maxEject the share of its ordinary backends, 0 to 1 and by count, that checks may leave
 *     out while it is given; 1 for no limit
 * @param measured whether some name picks by the latency of its backends
 * @param nearness of its backends to clients; null where no name picks by it
 */
public record Pool(
    String name,
    List<Backend> backends,
    MinUp minUp,
    FailbackHold failbackHold,
    BelowMinUp belowMinUp,
    @Nullable AllDown allDown,
    Duration slowStart,
    double maxEject,
    boolean measured,
    @Nullable Nearness nearness) {
  public Pool {
    backends = List.copyOf(backends);
  }

  /** A pool out of which nothing is picked by latency or distance. */
  public Pool(
      String name,
      List<Backend> backends,
      MinUp minUp,
      FailbackHold failbackHold,
      BelowMinUp belowMinUp,
      @Nullable AllDown allDown,
      Duration slowStart,
      double maxEject) {
    this(
        name, backends, minUp, failbackHold, belowMinUp, allDown, slowStart, maxEject, false, null);
  }
}
