package dev.azimuth.balancer;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What one listener has counted since it was opened. For any thread. */
final class Counts {
  final LongAdder accepted = new LongAdder();

  /** Open now. */
  final LongAdder open = new LongAdder();

  final LongAdder fromClients = new LongAdder();
  final LongAdder toClients = new LongAdder();

  /** Octets of these that were passed on without being copied. */
  final LongAdder spliced = new LongAdder();

  /** Attempts beyond a connection's first. */
  final LongAdder retries = new LongAdder();

  /** Connections that went to another pool than the first, since that has nothing. */
  final LongAdder rescued = new LongAdder();

  /** Connections that had to wait for a place at a backend. */
  final LongAdder queued = new LongAdder();

  /** That came over UDP, of a session or not. */
  final LongAdder datagramsFromClients = new LongAdder();

  /** That were sent over UDP. */
  final LongAdder datagramsToClients = new LongAdder();

  /** That the kernel did not take, or whose backend was found to be gone. */
  final LongAdder unsentToBackends = new LongAdder();

  /** That the kernel did not take. */
  final LongAdder unsentToClients = new LongAdder();

  private final Map<End, LongAdder> ends = new EnumMap<>(End.class);

  Counts() {
    for (End end : End.values()) {
      ends.put(end, new LongAdder());
    }
  }

  void ended(End how) {
    LongAdder count = ends.get(how);
    if (count != null) {
      count.increment();
    }
  }

  Map<End, Long> ends() {
    Map<End, Long> sums = new EnumMap<>(End.class);
    ends.forEach((end, count) -> sums.put(end, count.sum()));
    return sums;
  }
}
