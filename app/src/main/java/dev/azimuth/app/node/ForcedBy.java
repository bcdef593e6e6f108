package dev.azimuth.app.node;

import dev.azimuth.health.Forced;
import java.util.Objects;

/**
 * A forced state with who set it and why.
 *
 * @param since in milliseconds of the steady clock
 * @param until when it ends by itself; {@link Long#MAX_VALUE} for until it is cleared
 */
record ForcedBy(Forced forced, String reason, String author, long since, long until) {
  ForcedBy {
    Objects.requireNonNull(forced);
    Objects.requireNonNull(reason);
    Objects.requireNonNull(author);
  }
}
