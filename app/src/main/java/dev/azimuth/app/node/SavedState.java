package dev.azimuth.app.node;

import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import java.util.Objects;

/**
 * What was known of a target when it was written to disk.
 *
 * @param since when the state began, in milliseconds since the Unix epoch
 */
record SavedState(State state, long since) {
  SavedState {
    Objects.requireNonNull(state);
  }

  /** The key of a target on disk: it names the place and the whole check. */
  static String key(Target target) {
    return target.toString();
  }
}
