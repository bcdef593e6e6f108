package dev.azimuth.resolver;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What became of the TCP connections of one listener. Safe for use by any number of threads. */
final class ConnectionCounts {
  private final Map<TrafficVisitor.Connection, LongAdder> counts =
      new EnumMap<>(TrafficVisitor.Connection.class);

  ConnectionCounts() {
    for (TrafficVisitor.Connection what : TrafficVisitor.Connection.values()) {
      counts.put(what, new LongAdder());
    }
  }

  void count(TrafficVisitor.Connection what) {
    Objects.requireNonNull(counts.get(what)).increment();
  }

  /** Visits every counter. */
  void visit(Listener listener, TrafficVisitor visitor) {
    counts.forEach((what, count) -> visitor.connections(listener, what, count.sum()));
  }
}
