package dev.azimuth.app.node;

import dev.azimuth.health.Latency;
import dev.azimuth.health.Past;
import dev.azimuth.health.State;
import dev.azimuth.health.TargetHealth;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What was known of a target when it was written to disk.
 *
 * @param since when the state began, in milliseconds since the Unix epoch
 * @param falls when it fell, likewise, as {@link Past} has it; none where an older version wrote it
 * @param weight what it asked for, as {@link Past} has it; null where an older version wrote it
 * @param streak results in a row against the state, as {@link TargetHealth} has it; null where an
 *     older version wrote it
 * @param window its newest failures, as {@link Past} has them; null where an older version wrote it
 */
record SavedState(
    State state,
    long since,
    List<Long> falls,
    @Nullable Integer weight,
    @Nullable Integer streak,
    @Nullable Long window) {
  SavedState {
    Objects.requireNonNull(state);
    falls = falls == null ? List.of() : List.copyOf(falls);
  }

  static SavedState of(TargetHealth known) {
    return new SavedState(
        known.state(),
        known.since(),
        known.past().falls(),
        known.past().weight(),
        known.streak(),
        known.past().failures());
  }

  /** The same, settled: how far a change had come is forgotten. */
  SavedState settled() {
    return new SavedState(state, since, falls, weight, null, null);
  }

  /** What it was. */
  TargetHealth health() {
    return new TargetHealth(
        state,
        streak == null ? 0 : Math.max(0, streak),
        since,
        null,
        Latency.NONE,
        Past.of(falls, weight == null ? Past.WHOLE : weight, window == null ? 0 : window));
  }
}
