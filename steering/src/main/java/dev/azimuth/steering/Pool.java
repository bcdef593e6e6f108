package dev.azimuth.steering;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group of backends that belong together.
 *
 * @param allDown what names whose first pool this is answer when nothing is usable; null for none
 * @param measured whether some name picks by the latency of its backends
 */
public record Pool(
    String name,
    List<Backend> backends,
    MinUp minUp,
    FailbackHold failbackHold,
    BelowMinUp belowMinUp,
    @Nullable AllDown allDown,
    boolean measured) {
  public Pool {
    backends = List.copyOf(backends);
  }

  /** A pool out of which nothing is picked by latency. */
  public Pool(
      String name,
      List<Backend> backends,
      MinUp minUp,
      FailbackHold failbackHold,
      BelowMinUp belowMinUp,
      @Nullable AllDown allDown) {
    this(name, backends, minUp, failbackHold, belowMinUp, allDown, false);
  }
}
