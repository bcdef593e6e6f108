package dev.azimuth.app.orders;

import dev.azimuth.health.State;
import java.util.Map;
import java.util.Objects;

/**
 * The table that an operator froze.
 *
 * @param states what was known at that instant, by the key of the target on disk
 * @param since in milliseconds of the steady clock
 * @param until when it ends by itself; {@link Long#MAX_VALUE} for until it is taken back
 */
public record Freeze(
    Map<String, State> states, String reason, String author, long since, long until) {
  public Freeze {
    states = Map.copyOf(states);
    Objects.requireNonNull(reason);
    Objects.requireNonNull(author);
  }
}
