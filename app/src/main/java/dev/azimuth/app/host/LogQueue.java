package dev.azimuth.app.host;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.LoggerFactory;

/**
 * The way of every log line: a bounded queue and a thread that writes. Whoever logs never waits for
 * a reader of standard error that has stopped; lines that find no room are dropped and counted.
 */
public final class LogQueue extends AsyncAppender {
  private static final int LINES = 4096;
  private static final LongAdder DROPPED = new LongAdder();

  /** Made by the log's configuration; what it writes to is nested there. */
  public LogQueue() {
    setQueueSize(LINES);
    setDiscardingThreshold(0);
    setNeverBlock(true);
  }

  /** How many lines the process has dropped since it began. */
  public static long dropped() {
    return DROPPED.sum();
  }

  /** Writes what is queued, waiting at most a second, and ends the log of this process. */
  public static void end() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext log) {
      log.stop();
    }
  }

  /** One at a time, so that no line is lost between the look at the queue and taking its place. */
  @Override
  protected synchronized void append(ILoggingEvent line) {
    if (getRemainingCapacity() == 0) {
      DROPPED.increment();
    } else {
      super.append(line);
    }
  }
}
