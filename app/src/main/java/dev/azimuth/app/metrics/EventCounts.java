package dev.azimuth.app.metrics;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/** How often each kind of a closed set of events has happened. */
final class EventCounts<E extends Enum<E>> {
  private final Map<E, LongAdder> counts;

  EventCounts(Class<E> kinds) {
    counts = new EnumMap<>(kinds);
    for (E kind : kinds.getEnumConstants()) {
      counts.put(kind, new LongAdder());
    }
  }

  void happened(E kind) {
    Objects.requireNonNull(counts.get(kind)).increment();
  }

  /** Writes one sample for each kind, in the order of declaration. */
  void writeTo(TextFormat format, String name, String label) {
    writeTo(format, name, label, kind -> kind.name().toLowerCase(Locale.ROOT));
  }

  /**
   * The same.
   *
   * @param words how a kind is called
   */
  void writeTo(TextFormat format, String name, String label, Function<E, String> words) {
    counts.forEach((kind, count) -> format.sample(name, count.sum(), label, words.apply(kind)));
  }
}
