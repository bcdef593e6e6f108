package dev.azimuth.steering;

import java.util.HashMap;
import java.util.Map;

/**
 * Numbers for things that are counted, given once and kept for as long as the process runs, so that
 * a counter survives rebuilds and reloads. Grows with the distinct things that configurations ever
 * named, never with what clients send. Not for use by several threads.
 */
public final class Slots {
  private final Map<String, Integer> numbers = new HashMap<>();

  /** No numbers given yet. */
  public Slots() {}

  /** The number of a thing: 0 for the first one, one more for each new one. */
  public int of(String thing) {
    return numbers.computeIfAbsent(thing, t -> numbers.size());
  }

  /** How many numbers were given. */
  public int size() {
    return numbers.size();
  }
}
