package dev.azimuth.balancer;

import java.util.Set;

/**
 * Backends whose connections may have to end. Those of all others stay, though nothing new is
 * forwarded to them.
 *
 * @param down {@code pool/backend}s that are down
 * @param drained {@code pool/backend}s that operators drain
 */
public record Departing(Set<String> down, Set<String> drained) {
  /** All may stay. */
  public static final Departing NONE = new Departing(Set.of(), Set.of());

  public Departing {
    down = Set.copyOf(down);
    drained = Set.copyOf(drained);
  }
}
