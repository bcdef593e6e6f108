package dev.azimuth.bench;

import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long threads of this process are kept waiting because the machine is busy: seen by one that
 * naps and should wake up at once. Safe for use by any number of threads.
 */
final class Lateness implements AutoCloseable {
  private static final long NAP = TimeUnit.MILLISECONDS.toNanos(5);

  /** What is less is usual, in nanoseconds. */
  private static final long LEAST = TimeUnit.MILLISECONDS.toNanos(2);

  /** By when it woke up, when it should have, both by {@link System#nanoTime}. */
  private final NavigableMap<Long, Long> waits = new ConcurrentSkipListMap<>();

  private volatile boolean closed;

  private Lateness() {}

  /** Begins to watch, on a thread of its own. */
  static Lateness watch() {
    Lateness lateness = new Lateness();
    Thread.ofPlatform().daemon().name("lateness").start(lateness::nap);
    return lateness;
  }

  private void nap() {
    while (!closed) {
      long due = System.nanoTime() + NAP;
      LockSupport.parkNanos(NAP);
      long now = System.nanoTime();
      if (now - due > LEAST) {
        waits.put(now, due);
      }
    }
  }

  /** In sum between two instants by {@link System#nanoTime}, in nanoseconds. */
  long between(long from, long to) {
    long sum = 0;
    for (Map.Entry<Long, Long> wait : waits.tailMap(from).entrySet()) {
      if (wait.getValue() >= to) {
        break;
      }
      sum += Math.min(wait.getKey(), to) - Math.max(wait.getValue(), from);
    }
    return sum;
  }

  @Override
  public void close() {
    closed = true;
  }
}
