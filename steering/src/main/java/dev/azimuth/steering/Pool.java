package dev.azimuth.steering;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group of backends that belong together.
 *
 * @param allDown what names whose first pool this is answer when nothing is usable; null for none
 */
public record Pool(
    String name,
    List<Backend> backends,
    MinUp minUp,
    FailbackHold failbackHold,
    BelowMinUp belowMinUp,
    @Nullable AllDown allDown) {
  public Pool {
    backends = List.copyOf(backends);
  }
}
