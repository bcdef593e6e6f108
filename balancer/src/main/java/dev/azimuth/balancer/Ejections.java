package dev.azimuth.balancer;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Which backends are left out for a while because of what connections to them came to. Immutable
 * and equal by content; all times are of one clock, in milliseconds.
 *
 * @param ejections by the backend's key, {@code pool/backend}: those that are, and those that were
 *     so lately that the next one will last longer
 */
public record Ejections(Map<String, Ejection> ejections) {
  /** Nobody is ejected, or was. */
  public static final Ejections NONE = new Ejections(Map.of());

  /** So that shares which are whole numbers of backends come out as these. */
  private static final double ROUNDING = 1e-9;

  public Ejections {
    ejections = Map.copyOf(ejections);
  }

  /**
   * The last ejection of a backend.
   *
   * @param times how often it has been ejected, less what was forgotten since; it decides how long
   * @param from when it began
   * @param until when it ends
   * @param down whether the checks have found the backend down since
   */
  public record Ejection(int times, long from, long until, boolean down) {
    /** One less for each time as long as this one that has passed since it ended. */
    int remembered(long now) {
      return (int) Math.max(0, times - Math.max(0, now - until) / Math.max(1, until - from));
    }
  }

  /**
   * A row of failures of a backend has reached its length: it is ejected, unless it is already, or
   * as many of its pool are as may be.
   *
   * @param usable the keys of those backends of its pool that are usable by their checks and by
   *     orders, whether ejected or not
   */
  public Ejections failed(
      String key, Settings.Passive passive, Collection<String> usable, long now) {
    Set<String> out = out(usable, passive.most(), now);
    if (out.contains(key) || !usable.contains(key) || out.size() >= most(usable, passive.most())) {
      return this;
    }
    Ejection last = ejections.get(key);
    long first = Math.max(1, passive.eject().toMillis());
    long longest = Math.max(first, passive.longest().toMillis());
    long times = Math.min(1 + (last == null ? 0L : last.remembered(now)), 1 + longest / first);
    long until = now + Math.min(times * first, longest);
    return changed(map -> map.put(key, new Ejection(Math.toIntExact(times), now, until, false)));
  }

  /**
   * What the checks say now: whoever they found down, and find up again, is as good as new.
   *
   * @param down the keys of all backends that they find down
   */
  public Ejections checked(Set<String> down) {
    Ejections next = this;
    for (Map.Entry<String, Ejection> entry : ejections.entrySet()) {
      Ejection each = entry.getValue();
      if (each.down() && !down.contains(entry.getKey())) {
        next = next.changed(map -> map.remove(entry.getKey()));
      } else if (!each.down() && down.contains(entry.getKey())) {
        var found = new Ejection(each.times(), each.from(), each.until(), true);
        next = next.changed(map -> map.put(entry.getKey(), found));
      }
    }
    return next;
  }

  /** Nothing is remembered of any but these backends. */
  public Ejections only(Set<String> keys) {
    return keys.containsAll(ejections.keySet())
        ? this
        : changed(map -> map.keySet().retainAll(keys));
  }

  /**
   * Who is left out now: of a pool no more than may be, and never the last; those who have been for
   * longest stay so.
   *
   * @param usable the keys of those backends of a pool that are usable by their checks and by
   *     orders
   * @param most share of them, 0 to 1
   */
  public Set<String> out(Collection<String> usable, double most, long now) {
    return usable.stream()
        .filter(key -> until(key) > now)
        .sorted(Comparator.comparingLong(this::from).thenComparing(key -> key))
        .limit(most(usable, most))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** When the ejection of a backend ends or has ended; {@link Long#MIN_VALUE} without one. */
  public long until(String key) {
    Ejection ejection = ejections.get(key);
    return ejection == null ? Long.MIN_VALUE : ejection.until();
  }

  /** When who is left out changes though nothing happens; {@link Long#MAX_VALUE} for never. */
  public long nextChange(long now) {
    return ejections.values().stream()
        .mapToLong(Ejection::until)
        .filter(until -> until > now)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private long from(String key) {
    Ejection ejection = ejections.get(key);
    return ejection == null ? Long.MAX_VALUE : ejection.from();
  }

  private static int most(Collection<String> usable, double most) {
    return Math.max(0, Math.min((int) (most * usable.size() + ROUNDING), usable.size() - 1));
  }

  private Ejections changed(Consumer<Map<String, Ejection>> change) {
    Map<String, Ejection> map = new HashMap<>(ejections);
    change.accept(map);
    return new Ejections(map);
  }
}
