package dev.azimuth.health;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What backends said of themselves last, each by its name such as {@code eu/fra1}. It holds nothing
 * of those that nobody asks for, so that strangers cannot make it grow. Only silence that could be
 * heard counts: not the time in which nobody listened, nor that in which this process stood still.
 * Safe for use by any number of threads.
 */
public final class Heartbeats {
  private final Map<String, Beat> beats = new ConcurrentHashMap<>();
  private volatile Map<String, Long> since = Map.of(); // writes guarded by this
  private volatile boolean listening; // writes guarded by this
  private long shut; // since when nobody listens; guarded by this

  /** Nobody has said anything, and nobody listens yet. */
  public Heartbeats() {}

  /**
   * One heartbeat.
   *
   * @param at when it came, in milliseconds of the steady clock; later by the time that does not
   *     count
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
  synchronized void expect(Set<String> names, long now) {
    Map<String, Long> next = new HashMap<>();
    names.forEach(name -> next.put(name, since.getOrDefault(name, now)));
    since = Map.copyOf(next);
    beats.keySet().retainAll(names);
  }

  /** Whether anybody is expected to say something. */
  boolean expected() {
    return !since.isEmpty();
  }

  /**
   * Heartbeats can come from now on.
   *
   * @param now in milliseconds of the steady clock
   */
  public synchronized void listen(long now) {
    if (!listening) {
      missed(shut, now);
      listening = true;
    }
  }

  /**
   * None can come from now on, until {@link #listen}.
   *
   * @param now in milliseconds of the steady clock
   */
  public synchronized void shut(long now) {
    if (listening) {
      listening = false;
      shut = now;
    }
  }

  /** Whether heartbeats can come. */
  boolean listening() {
    return listening;
  }

  /** What was said in this time may not have been heard yet: everybody was silent for less. */
  synchronized void missed(long from, long to) {
    beats.replaceAll(
        (name, beat) -> new Beat(moved(beat.at(), from, to), beat.up(), beat.weight()));
    Map<String, Long> next = new HashMap<>();
    since.forEach((name, at) -> next.put(name, moved(at, from, to)));
    since = Map.copyOf(next);
  }

  /** An instant such that at {@code to} as much time has passed since as had at {@code from}. */
  private static long moved(long at, long from, long to) {
    return at >= to ? at : to - Math.max(0, from - at);
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
