package dev.azimuth.balancer;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a balancer knows of one backend, for as long as it is configured: what it carries now and
 * how it did. Any loop may read and write at any time.
 */
final class Backend {
  /** {@code pool/backend}. */
  final String key;

  final LongAdder connections = new LongAdder();
  final LongAdder toBackend = new LongAdder();
  final LongAdder fromBackend = new LongAdder();

  /** From the first packet to an open connection. */
  final Latency connect = new Latency();

  /** From an open connection to the first octet of the backend. */
  final Latency firstOctet = new Latency();

  private final Map<Failure, LongAdder> failures = new EnumMap<>(Failure.class);
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger turn = new AtomicInteger();

  Backend(String key) {
    this.key = key;
    for (Failure failure : Failure.values()) {
      failures.put(failure, new LongAdder());
    }
  }

  /** Connections and attempts to connect, now. */
  int open() {
    return open.getOpaque();
  }

  /** One more; false, and not counted, when there are as many as may be. */
  boolean enter(int most) {
    if (open.getAndIncrement() < most) {
      return true;
    }
    open.decrementAndGet();
    return false;
  }

  void leave() {
    open.decrementAndGet();
  }

  /** Which of its addresses is next. */
  int turn(int addresses) {
    return addresses == 1 ? 0 : Math.floorMod(turn.getAndIncrement(), addresses);
  }

  void failed(Failure how) {
    LongAdder count = failures.get(how);
    if (count != null) {
      count.increment();
    }
  }

  Map<Failure, Long> failures() {
    Map<Failure, Long> sums = new EnumMap<>(Failure.class);
    failures.forEach((failure, count) -> sums.put(failure, count.sum()));
    return sums;
  }

  @Override
  public String toString() {
    return key;
  }
}
