package dev.azimuth.app.node;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that changes what is answered: takes all queued events, waits a moment for those
 * that come with them, lets the {@link Desk} publish once.
 */
final class Publisher implements AutoCloseable {
  /** The longest wait for events that come together. */
  private static final long COALESCE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** None for so long, and those that come together have come. */
  private static final long LULL_NANOS = TimeUnit.MICROSECONDS.toNanos(250);

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Desk desk;
  private final LongSupplier clock;
  private final Consumer<Throwable> faults;
  private final Thread thread;

  /**
   * @param faults told what went wrong; the last good picture serves on
   */
  Publisher(Desk desk, LongSupplier clock, Consumer<Throwable> faults) {
    this.desk = desk;
    this.clock = clock;
    this.faults = faults;
    thread = Thread.ofPlatform().name("azimuth-publisher").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Tells the publisher something; never waits. */
  void tell(Event event) {
    events.add(event);
  }

  /** Ends the thread after what it was told before, waiting at most half a second for it. */
  @Override
  public void close() {
    tell(new Event.Stop(new CompletableFuture<>()));
    try {
      thread.join(500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    long wake = clock.getAsLong();
    boolean running = true;
    while (running) {
      List<Event> batch = next(wake);
      running = batch.stream().noneMatch(event -> event instanceof Event.Stop);
      wake = carryOut(batch);
    }
  }

  private long carryOut(List<Event> batch) {
    @Nullable Throwable fault = null;
    for (Event event : batch) {
      fault = guarded(() -> desk.apply(event, clock.getAsLong()), fault);
    }
    long[] wake = {clock.getAsLong() + 1000};
    fault = guarded(() -> wake[0] = desk.settle(clock.getAsLong()), fault);
    for (Event event : batch) {
      for (CompletableFuture<Void> waiting : Event.waiting(event)) {
        if (fault == null) {
          waiting.complete(null);
        } else {
          waiting.completeExceptionally(fault);
        }
      }
    }
    return wake[0];
  }

  /** A fault in one event must not end the thread, nor keep the others from being carried out. */
  private @Nullable Throwable guarded(Runnable step, @Nullable Throwable before) {
    try {
      step.run();
      return before;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError fault) {
      faults.accept(fault);
      return before == null ? fault : before;
    }
  }

  private List<Event> next(long wake) {
    List<Event> batch = new ArrayList<>();
    try {
      long wait = Math.min(Math.max(0, wake - clock.getAsLong()), 60_000);
      Event first = events.poll(wait, TimeUnit.MILLISECONDS);
      if (first != null) {
        batch.add(first);
        long until = System.nanoTime() + COALESCE_NANOS;
        events.drainTo(batch);
        for (long left; (left = until - System.nanoTime()) > 0; ) {
          Event more = events.poll(Math.min(left, LULL_NANOS), TimeUnit.NANOSECONDS);
          if (more == null) {
            break;
          }
          batch.add(more);
          events.drainTo(batch);
        }
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread on purpose; the loop ends by a Stop.
    }
    return batch;
  }
}
