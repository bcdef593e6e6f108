package dev.azimuth.bench;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Notices when threads of this process do not run in time because the machine is busy: what was
 * measured then tells of the machine.
 */
final class Stumbles implements AutoCloseable {
  private static final long NAP = TimeUnit.MILLISECONDS.toNanos(5);

  /** A thread that runs so late has stumbled, in nanoseconds. */
  private static final long LATE = TimeUnit.MILLISECONDS.toNanos(50);

  private final Queue<Stumble> all = new ConcurrentLinkedQueue<>();
  private final Thread thread = Thread.ofPlatform().daemon().name("stumbles").unstarted(this::nap);
  private volatile boolean closed;

  /** From an instant to another, by {@link System#nanoTime}. */
  private record Stumble(long from, long to) {}

  private Stumbles() {}

  static Stumbles watch() {
    Stumbles stumbles = new Stumbles();
    stumbles.thread.start();
    return stumbles;
  }

  private void nap() {
    long last = System.nanoTime();
    while (!closed) {
      LockSupport.parkNanos(NAP);
      long now = System.nanoTime();
      if (now - last > NAP + LATE) {
        all.add(new Stumble(last, now));
      }
      last = now;
    }
  }

  /** Whether there was one at any time between two instants, by {@link System#nanoTime}. */
  boolean between(long from, long to) {
    return all.stream().anyMatch(stumble -> stumble.to - from > 0 && to - stumble.from > 0);
  }

  @Override
  public void close() {
    closed = true;
  }
}
