package dev.azimuth.app.node;

import dev.azimuth.app.orders.Orders;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes to disk on a thread of its own, so that a slow disk delays no answer: orders at once, what
 * is known soon after a change, at least every half minute, and both once more at the end.
 */
final class Keeper implements AutoCloseable {
  private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final StateStore store;
  private final LongSupplier clock;
  private final Consumer<Exception> faults;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition told = lock.newCondition();
  private final Condition written = lock.newCondition();
  private final Thread thread;
  private @Nullable Published latest;
  private boolean changed;
  private @Nullable Orders orders;
  private boolean ordersWaiting;
  private @Nullable String notKept;
  private boolean closed;

  /** Whether the files are to be another process's. */
  private boolean held;

  /** Whether they are: what was known was written before. */
  private boolean quiet;

  /**
   * @param held whether nothing is written before {@link #resume}
   * @param faults told what could not be written; everything goes on
   */
  Keeper(StateStore store, LongSupplier clock, boolean held, Consumer<Exception> faults) {
    this.store = store;
    this.clock = clock;
    this.held = held;
    this.quiet = held;
    this.faults = faults;
    thread = Thread.ofVirtual().name("azimuth-keeper").start(this::run);
  }

  /**
   * This is what is known now. Never waits.
   *
   * @param soon whether it is written soon; else when the next half minute is over
   */
  void keep(Published published, boolean soon) {
    lock.lock();
    try {
      latest = published;
      changed |= soon;
      told.signal();
    } finally {
      lock.unlock();
    }
  }

  /** These are the orders now. Never waits. */
  void keep(Orders current) {
    lock.lock();
    try {
      orders = current;
      ordersWaiting = true;
      told.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the newest orders are on disk, at most two seconds.
   *
   * @return null when they are; else why they are not
   */
  @Nullable String awaitOrders() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = TimeUnit.SECONDS.toNanos(2);
      while (ordersWaiting && left > 0) {
        left = written.awaitNanos(left);
      }
      return ordersWaiting ? "the disk does not answer" : notKept;
    } finally {
      lock.unlock();
    }
  }

  /** Why the newest orders that were tried are not on disk; null when they are. */
  @Nullable String notKept() {
    lock.lock();
    try {
      return notKept;
    } finally {
      lock.unlock();
    }
  }

  /** Writes once more, waiting at most two seconds, and then nothing until {@link #resume}. */
  void hold() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      held = true;
      told.signal();
      long left = TimeUnit.SECONDS.toNanos(2);
      while (!quiet && left > 0) {
        left = written.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The files are this process's, again or from now on. */
  void resume() {
    lock.lock();
    try {
      held = false;
      quiet = false;
      changed = true;
      told.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    long last = System.nanoTime() - LEAST_NANOS;
    boolean running = true;
    while (running) {
      try {
        running = await(last);
        boolean holding = holding();
        if (mayWrite()) {
          writeOrders();
          if (!running || holding || System.nanoTime() - last >= LEAST_NANOS) {
            writeHealth();
            last = System.nanoTime();
          }
        }
        if (holding) {
          becomeQuiet();
        }
      } catch (RuntimeException fault) {
        faults.accept(fault);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Waits for something to write; false when it is the last time. */
  private boolean await(long last) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed && (quiet || !(held || ordersWaiting))) {
        if (quiet) {
          told.await();
          continue;
        }
        long left = last + (changed ? LEAST_NANOS : MOST_NANOS) - System.nanoTime();
        if (left <= 0) {
          break;
        }
        told.awaitNanos(left);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private boolean mayWrite() {
    lock.lock();
    try {
      return !quiet;
    } finally {
      lock.unlock();
    }
  }

  private boolean holding() {
    lock.lock();
    try {
      return held;
    } finally {
      lock.unlock();
    }
  }

  private void becomeQuiet() {
    lock.lock();
    try {
      if (held) {
        quiet = true;
        written.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void writeOrders() {
    Orders wanted;
    lock.lock();
    try {
      if (orders == null || !ordersWaiting) {
        return;
      }
      wanted = orders;
    } finally {
      lock.unlock();
    }
    String failure = null;
    try {
      store.writeOrders(wanted);
    } catch (IOException | RuntimeException e) {
      failure = e.toString();
      faults.accept(e);
    }
    lock.lock();
    try {
      notKept = failure;
      ordersWaiting = !wanted.equals(orders);
      written.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void writeHealth() {
    Published wanted;
    lock.lock();
    try {
      wanted = latest;
      changed = false;
    } finally {
      lock.unlock();
    }
    if (wanted != null) {
      try {
        store.writeHealth(wanted, clock.getAsLong());
      } catch (IOException e) {
        faults.accept(e);
      }
    }
  }

  /** Writes once more and ends, waiting at most a second. */
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
