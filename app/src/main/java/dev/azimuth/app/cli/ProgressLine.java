package dev.azimuth.app.cli;

import java.util.function.DoubleConsumer;
import java.util.function.LongSupplier;

/**
 * How much is done, on one line of standard error where somebody watches it, once it has taken a
 * second. Belongs to one thread.
 */
final class ProgressLine implements DoubleConsumer, AutoCloseable {
  private static final long FIRST = 1_000_000_000L;
  private static final long BETWEEN = 200_000_000L;
  private static final String ERASE = "\r\u001b[K";

  private final Terminal terminal;
  private final LongSupplier nanos;
  private final long begun;
  private long next = FIRST;

  ProgressLine(Terminal terminal, LongSupplier nanos) {
    this.terminal = terminal;
    this.nanos = nanos;
    begun = nanos.getAsLong();
  }

  /**
   * @param done 0 to 1
   */
  @Override
  public void accept(double done) {
    if (!terminal.watched()) {
      return;
    }
    long passed = nanos.getAsLong() - begun;
    if (passed >= next) {
      next = passed + BETWEEN;
      int percent = (int) (done * 100);
      terminal.err().print(ERASE + "clients  " + Bar.of(done, 30) + "  " + percent + " %");
      terminal.err().flush();
    }
  }

  /** Takes the line away. */
  @Override
  public void close() {
    if (next > FIRST) {
      terminal.err().print(ERASE);
      terminal.err().flush();
    }
  }
}
