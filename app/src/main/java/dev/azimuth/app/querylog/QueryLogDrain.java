package dev.azimuth.app.querylog;

import dev.azimuth.app.host.IoWords;
import dev.azimuth.resolver.QueryFormat;
import dev.azimuth.resolver.QueryLog;
import dev.azimuth.resolver.QueryRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The thread that takes records out of the rings and writes them. While nothing takes them they
 * stay where they are, as far as there is room.
 */
final class QueryLogDrain implements AutoCloseable {
  /** How many records are written at once. */
  private static final int MOST = 64;

  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** How long the end may take, and how long the thread then has to notice an interrupt. */
  private static final long LAST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long JOIN_MILLIS = 1_500;

  private final QueryLog log;
  private final QueryFormat format;
  private final QueryRecord record;
  private final Sink.Opener opener;
  private final String what;
  private final LongAdder written;
  private final LongAdder lost;
  private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
  private final Thread thread;

  private volatile boolean stopping;
  private volatile boolean connected;
  private volatile @Nullable String trouble;
  private @Nullable Sink sink;
  private boolean told;
  private int formatted;
  private boolean waiting;
  private long pause = FIRST_PAUSE_NANOS;
  private long opened;
  private long faults;
  private long looked;

  /**
   * @param backends from the slot of a backend to its {@code pool/backend}, for any thread
   * @param what the sink is, in words
   * @param written counts the records that were written
   * @param lost counts the records that were taken out and could not be written
   */
  QueryLogDrain(
      QueryLog log,
      QueryFormat format,
      boolean cut,
      IntFunction<String> backends,
      Sink.Opener opener,
      String what,
      LongAdder written,
      LongAdder lost) {
    this.log = log;
    this.format = format;
    this.record = new QueryRecord(cut, backends);
    this.opener = opener;
    this.what = what;
    this.written = written;
    this.lost = lost;
    this.thread = Thread.ofPlatform().name("azimuth-query-log").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Why it does not write; null when it does, or has not tried yet. */
  @Nullable String trouble() {
    return trouble;
  }

  boolean connected() {
    return connected;
  }

  /** Writes what is recorded, and ends; a sink that does not take it is left after a moment. */
  @Override
  public void close() {
    stopping = true;
    LockSupport.unpark(thread);
    try {
      if (!thread.join(Duration.ofMillis(JOIN_MILLIS))) {
        thread.interrupt();
        thread.join(JOIN_MILLIS);
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!stopping) {
      step();
    }
    long end = System.nanoTime() + LAST_NANOS;
    while (sink != null && System.nanoTime() - end < 0 && write() > 0) {
      // until the rings are empty
    }
    end();
  }

  private void step() {
    if (waiting) {
      waiting = false;
      LockSupport.parkNanos(this, pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
      return;
    }
    if (sink == null && !open()) {
      return;
    }
    if (write() == 0) {
      long now = System.nanoTime();
      if (now - looked >= LOOK_NANOS) {
        looked = now;
        renew();
      }
      LockSupport.parkNanos(this, IDLE_NANOS);
    }
  }

  private boolean open() {
    try {
      sink = opener.open();
      connected = true;
      trouble = null;
      told = false;
      opened = System.nanoTime();
      QueryLogWriter.tell(what, null);
      return true;
    } catch (IOException e) {
      failed(e);
      return false;
    }
  }

  /** Writes the next records; returns how many were taken. */
  private int write() {
    Sink to = sink;
    if (to == null) {
      return 0;
    }
    octets.reset();
    formatted = 0;
    int taken = log.drain(record, MOST, this::format);
    if (formatted > 0) {
      try {
        to.write(ByteBuffer.wrap(octets.toByteArray()));
        written.add(formatted);
      } catch (IOException e) {
        lost.add(formatted);
        if (System.nanoTime() - opened > LONGEST_PAUSE_NANOS) {
          pause = FIRST_PAUSE_NANOS; // it has worked for a while
        }
        failed(e);
        end();
      }
    }
    return taken;
  }

  private void format(QueryRecord each) {
    try {
      format.write(each).forEach(octets::writeBytes);
      formatted++;
    } catch (RuntimeException fault) {
      lost.increment();
      if (Long.bitCount(++faults) == 1) {
        QueryLogWriter.fault(fault);
      }
    }
  }

  /** Opens the sink anew where it leads nowhere. */
  private void renew() {
    if (sink != null && sink.stale()) {
      end();
    }
  }

  private void failed(IOException why) {
    connected = false;
    trouble = "%s does not take it (%s)".formatted(what, IoWords.of(why));
    waiting = true;
    if (!told && !stopping) {
      told = true;
      QueryLogWriter.tell(what, why);
    }
  }

  private void end() {
    Sink last = sink;
    sink = null;
    connected = false;
    if (last != null) {
      try {
        last.close();
      } catch (IOException e) {
        failed(e);
      }
    }
  }
}
