package dev.azimuth.app.node;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The end of a node: it comes once, and any number of threads wait for it. For all threads. */
final class Ending {
  /** How long an end may take that waits for no client. */
  private static final Duration HASTE = Duration.ofSeconds(2);

  private final AtomicBoolean begun = new AtomicBoolean();
  private final CountDownLatch over = new CountDownLatch(1);

  /** Whether nobody is to wait for clients any more: it is over, or is to be at once. */
  private final CountDownLatch hurried = new CountDownLatch(1);

  /** Whether it has begun. */
  boolean begun() {
    return begun.get();
  }

  /**
   * Ends by this, unless it has begun already. Nobody waits any longer after it, also when it
   * fails.
   *
   * @return whether it was this one
   */
  boolean by(Runnable leaving) {
    if (!begun.compareAndSet(false, true)) {
      return false;
    }
    try {
      leaving.run();
    } finally {
      over.countDown();
      hurried.countDown();
    }
    return true;
  }

  /** Has it wait for no client any more. */
  void hurry() {
    hurried.countDown();
  }

  /** Whether it is over. */
  boolean over() {
    return over.getCount() == 0;
  }

  /** Waits until it is over. */
  void await() throws InterruptedException {
    over.await();
  }

  /** Waits until it is over, or was hurried and takes too long; returns whether it is over. */
  boolean awaitOrHaste() {
    try {
      hurried.await();
      return over.await(HASTE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true; // who is interrupted has nothing to say of it
    }
  }
}
