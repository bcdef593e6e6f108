package dev.azimuth.app.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Says on standard error, where somebody watches it, that the node has not answered yet; takes the
 * line away when it has. Made and closed by one thread.
 */
final class WaitingLine implements AutoCloseable {
  private static final String ERASE = "\r\u001b[K";

  private final Terminal terminal;
  private final CountDownLatch over = new CountDownLatch(1);
  private boolean said; // guarded by this

  /**
   * @param soon how long it says nothing
   */
  WaitingLine(Terminal terminal, Duration soon) {
    this.terminal = terminal;
    if (terminal.watched()) {
      Thread.startVirtualThread(() -> sayAfter(soon));
    }
  }

  private void sayAfter(Duration soon) {
    try {
      if (!over.await(soon.toNanos(), TimeUnit.NANOSECONDS)) {
        say();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void say() {
    if (over.getCount() > 0) {
      said = true;
      terminal.err().print("the node is at work on it …");
      terminal.err().flush();
    }
  }

  @Override
  public synchronized void close() {
    over.countDown();
    if (said) {
      terminal.err().print(ERASE);
      terminal.err().flush();
    }
  }
}
