package dev.azimuth.app.node;

import dev.azimuth.app.orders.Orders;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes to disk on a thread of its own, so that a slow disk delays no answer: orders at once, what
 * is known soon after a change, at least every half minute, and both once more at the end. Orders
 * that the disk does not take are tried again until it does.
 */
final class Keeper implements AutoCloseable {
  private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** After how long orders are tried again. */
  static final Duration RETRY = Duration.ofSeconds(3);

  private final StateStore store;
  private final LongSupplier clock;
  private final long retryNanos;
  private final Listener listener;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition told = lock.newCondition();
  private final Condition written = lock.newCondition();
  private final Thread thread;
  private @Nullable Published latest;
  private boolean changed;
  private @Nullable Orders orders;
  private boolean ordersWaiting;
  private @Nullable String notKept;

  /** Why health is not on disk; null when it is. Belongs to the thread. */
  private @Nullable String healthNotKept;

  private boolean closed;

  /** Whether the files are to be another process's. */
  private boolean held;

  /** Whether they are: what was known was written before. */
  private boolean quiet;

  /** Whether the node ends: what comes of that is not to be kept. */
  private boolean parting;

  /** Whether what was known before is written, or was tried to be. */
  private boolean parted;

  /** Hears, on the thread that writes, what becomes of it. Once for each change. */
  interface Listener {
    /** This could not be written; everything goes on, and it is tried again. */
    void notKept(String why);

    /** What could not be written is on disk. */
    void keptAfterAll(String what);

    /**
     * Tells of a change: why something was not on disk before, and why it is not now; null when it
     * was, and is.
     */
    default void tell(@Nullable String before, @Nullable String now, String what) {
      if (now != null && before == null) {
        notKept(now);
      } else if (now == null && before != null) {
        keptAfterAll(what);
      }
    }

    /** Something went wrong that is no fault of the disk's. */
    void fault(RuntimeException fault);
  }

  /**
   * @param held whether nothing is written before {@link #resume}
   * @param retry after how long orders are tried again
   */
  Keeper(StateStore store, LongSupplier clock, boolean held, Duration retry, Listener listener) {
    this.store = store;
    this.clock = clock;
    this.held = held;
    this.quiet = held;
    this.retryNanos = retry.toNanos();
    this.listener = listener;
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

  /**
   * The node is about to end: writes what is known now, waiting at most two seconds, and after that
   * orders alone. What balancers lose by the node's end is no failure that the next process would
   * have to wait over.
   */
  void part() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      parting = true;
      told.signal();
      long left = TimeUnit.SECONDS.toNanos(2);
      while (!parted && !quiet && left > 0) {
        left = written.awaitNanos(left);
      }
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
          if (!running || holding || lastOfHealth() || System.nanoTime() - last >= LEAST_NANOS) {
            writeHealth();
            last = System.nanoTime();
          }
        }
        if (holding) {
          becomeQuiet();
        }
      } catch (RuntimeException fault) {
        listener.fault(fault);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Waits for something to write; false when it is the last time. */
  private boolean await(long last) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long retry = System.nanoTime() + retryNanos;
      while (!closed && (quiet || !(held || ordersWaiting || (parting && !parted)))) {
        if (quiet) {
          told.await();
          continue;
        }
        long left = last + (changed ? LEAST_NANOS : MOST_NANOS) - System.nanoTime();
        left = notKept == null ? left : Math.min(left, retry - System.nanoTime());
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

  private boolean lastOfHealth() {
    lock.lock();
    try {
      return parting && !parted;
    } finally {
      lock.unlock();
    }
  }

  private void becomeParted() {
    lock.lock();
    try {
      parted = true;
      written.signalAll();
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
      if (orders == null || !(ordersWaiting || notKept != null)) {
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
      failure = String.valueOf(e.getMessage());
    }
    listener.tell(notKept(), failure, "what was ordered");
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
    boolean last;
    lock.lock();
    try {
      wanted = parted ? null : latest;
      last = parting;
      changed = false;
    } finally {
      lock.unlock();
    }
    try {
      if (wanted != null) {
        write(wanted);
      }
    } finally {
      if (last) {
        becomeParted();
      }
    }
  }

  private void write(Published wanted) {
    String failure = null;
    try {
      store.writeHealth(wanted, clock.getAsLong());
    } catch (IOException e) {
      failure = String.valueOf(e.getMessage());
    }
    listener.tell(healthNotKept, failure, "the health of the backends");
    healthNotKept = failure;
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
