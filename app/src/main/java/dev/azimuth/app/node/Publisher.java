package dev.azimuth.app.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
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

  /** How long what is only noted may wait. */
  private static final long NOTED_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** The thread is stuck when one round takes so long. */
  private static final long STUCK_MILLIS = 10_000;

  /** The longest rest of a thread that is told nothing: so that it shows that it is not stuck. */
  private static final long REST_MILLIS = STUCK_MILLIS / 2;

  private final Queue<Event> events = new ConcurrentLinkedQueue<>();

  /** How many of them were told: it tells the thread that more have come. */
  private final AtomicLong told = new AtomicLong();

  /** Whether some were noted since the thread took what there was. */
  private final AtomicBoolean noted = new AtomicBoolean();

  private final Desk desk;
  private final LongSupplier clock;
  private final Consumer<Throwable> faults;
  private final Thread thread;

  /** When its newest round began, by the steady clock. */
  private volatile long round;

  /** How many of those told the thread has taken; belongs to it. */
  private long taken;

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
    round = clock.getAsLong();
    thread.start();
  }

  /** Whether the thread runs, and has begun a round within the last ten seconds. */
  boolean healthy() {
    return thread.isAlive() && clock.getAsLong() - round <= STUCK_MILLIS;
  }

  /** Tells the publisher something; never waits. */
  void tell(Event event) {
    events.add(event);
    told.incrementAndGet();
    LockSupport.unpark(thread);
  }

  /**
   * Tells the publisher something that changes no answer, in its order among all that it is told,
   * and without hurry: very many results of probes say that all is as it was. Only the first of
   * those that it then takes together wakes it. Never waits.
   */
  void note(Event event) {
    events.add(event);
    if (!noted.get() && noted.compareAndSet(false, true)) {
      LockSupport.unpark(thread);
    }
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
      round = clock.getAsLong();
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
    } catch (RuntimeException | Error fault) {
      faults.accept(fault);
      return before == null ? fault : before;
    }
  }

  private List<Event> next(long wake) {
    long wait = Math.clamp(wake - clock.getAsLong(), 0, REST_MILLIS);
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait);
    rest(until, () -> told.get() != taken || noted.get());
    if (noted.get()) {
      long soon = System.nanoTime() + NOTED_NANOS;
      rest(soon - until < 0 ? soon : until, () -> told.get() != taken);
    }
    if (told.get() != taken) {
      awaitLull();
    }
    taken = told.get();
    noted.set(false); // before the events are taken: one that comes now is taken, or wakes
    List<Event> batch = new ArrayList<>();
    for (Event event; (event = events.poll()) != null; ) {
      batch.add(event);
    }
    return batch;
  }

  /** Rests until an instant of {@link System#nanoTime}, or until something is so. */
  private void rest(long until, BooleanSupplier over) {
    for (long left; !over.getAsBoolean() && (left = until - System.nanoTime()) > 0; ) {
      LockSupport.parkNanos(this, left);
    }
  }

  /** Waits for events that come together with the first. */
  private void awaitLull() {
    long until = System.nanoTime() + COALESCE_NANOS;
    long seen;
    do {
      seen = told.get();
      long before = seen;
      rest(System.nanoTime() + LULL_NANOS, () -> told.get() != before);
    } while (told.get() != seen && System.nanoTime() - until < 0);
  }
}
