package dev.azimuth.app.node;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What operators ordered: forced states and the freeze. Immutable; kept on disk at every change.
 *
 * @param forced by {@code pool/backend}
 */
record Orders(Map<String, ForcedBy> forced, @Nullable Freeze freeze) {
  static final Orders NONE = new Orders(Map.of(), null);

  Orders {
    forced = forced == null ? Map.of() : Map.copyOf(forced);
  }

  Orders with(String backend, ForcedBy by) {
    Map<String, ForcedBy> changed = new HashMap<>(forced);
    changed.put(backend, by);
    return new Orders(changed, freeze);
  }

  Orders without(String backend) {
    Map<String, ForcedBy> changed = new LinkedHashMap<>(forced);
    changed.remove(backend);
    return new Orders(changed, freeze);
  }

  Orders frozen(@Nullable Freeze by) {
    return new Orders(forced, by);
  }

  /** Those that are still in force at an instant. */
  Orders at(long now) {
    Map<String, ForcedBy> lasting = new HashMap<>(forced);
    lasting.values().removeIf(by -> by.until() <= now);
    Freeze lastingFreeze = freeze != null && freeze.until() <= now ? null : freeze;
    return new Orders(lasting, lastingFreeze);
  }

  /** The next instant at which one ends by itself; {@link Long#MAX_VALUE} for never. */
  long nextEnd() {
    long next = freeze == null ? Long.MAX_VALUE : freeze.until();
    for (ForcedBy by : forced.values()) {
      next = Math.min(next, by.until());
    }
    return next;
  }
}
