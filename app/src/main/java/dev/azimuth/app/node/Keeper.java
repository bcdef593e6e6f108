package dev.azimuth.app.node;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes what is known to disk on a thread of its own, so that a slow disk delays nobody: soon
 * after a change, at least every half minute, and once more at the end.
 */
final class Keeper implements AutoCloseable {
  private static final long LEAST_MILLIS = 200;
  private static final long MOST_MILLIS = 30_000;

  private final StateStore store;
  private final LongSupplier clock;
  private final Consumer<IOException> faults;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition told = lock.newCondition();
  private final Thread thread;
  private @Nullable Published latest;
  private boolean changed;
  private boolean closed;

  Keeper(StateStore store, LongSupplier clock, Consumer<IOException> faults) {
    this.store = store;
    this.clock = clock;
    this.faults = faults;
    thread = Thread.ofVirtual().name("azimuth-keeper").start(this::run);
  }

  /** This is what is known now. */
  void keep(Published published) {
    lock.lock();
    try {
      latest = published;
      changed = true;
      told.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (true) {
        Published next = next();
        if (next != null) {
          write(next);
        }
        if (isClosed()) {
          return;
        }
        Thread.sleep(LEAST_MILLIS);
      }
    } catch (InterruptedException e) {
      // Only the end of the process interrupts it.
    }
  }

  private @Nullable Published next() throws InterruptedException {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(MOST_MILLIS);
      while (!changed && !closed && left > 0) {
        left = told.awaitNanos(left);
      }
      changed = false;
      return latest;
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed && !changed;
    } finally {
      lock.unlock();
    }
  }

  private void write(Published published) {
    try {
      store.writeHealth(published, clock.getAsLong());
    } catch (IOException e) {
      faults.accept(e);
    }
  }

  /** Writes once more and ends. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      told.signal();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
