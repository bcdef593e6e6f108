package dev.azimuth.health;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What backends said of themselves last, each by its name such as {@code eu/fra1}. It holds nothing
 * of those that nobody asks for, so that strangers cannot make it grow. Safe for use by any number
 * of threads.
 */
public final class Heartbeats {
  private final Map<String, Beat> beats = new ConcurrentHashMap<>();
  private volatile Map<String, Long> since = Map.of();

  /** Nobody has said anything. */
  public Heartbeats() {}

  /**
   * One heartbeat.
   *
   * @param at when it came, in milliseconds of the steady clock
   * @param up whether the backend says that it is well
   * @param weight what it wants, in per cent of its configured weight, 0 to 100; {@link
   *     ProbeResult#NOT_SAID} for nothing
   */
  public record Beat(long at, boolean up, int weight) {}

  /**
   * From now on these may say something; what others said is forgotten.
   *
   * @param now in milliseconds of the steady clock
   */
  void expect(Set<String> names, long now) {
    Map<String, Long> next = new HashMap<>();
    names.forEach(name -> next.put(name, since.getOrDefault(name, now)));
    since = Map.copyOf(next);
    beats.keySet().retainAll(names);
  }

  /**
   * A backend says something.
   *
   * @return false when it is not one that is listened to
   */
  public boolean beat(String name, Beat beat) {
    if (!since.containsKey(name)) {
      return false;
    }
    beats.put(name, beat);
    return true;
  }

  /** What a backend said last; null for nothing yet. */
  @Nullable Beat last(String name) {
    return beats.get(name);
  }

  /**
   * Since when a backend is listened to, in milliseconds of the steady clock; {@link
   * Long#MAX_VALUE} when it is not.
   */
  long since(String name) {
    return since.getOrDefault(name, Long.MAX_VALUE);
  }
}
