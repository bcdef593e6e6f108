package dev.azimuth.app.follow;

import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Queue;

/** A loop that moves when the test says so, with a clock of its own. */
final class ManualLoop implements Loop {

  private record Timed(long at, long order, Runnable task) implements Comparable<Timed> {
    @Override
    public int compareTo(Timed other) {
      return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
    }
  }

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Timed> timed = new PriorityQueue<>();
  private long order;
  private long now = 1_000_000;
  private boolean closed;

  long now() {
    return now;
  }

  @Override
  public void execute(Runnable task) {
    if (!closed) {
      tasks.add(task);
    }
  }

  @Override
  public void schedule(Runnable task, long delay) {
    if (!closed) {
      timed.add(new Timed(now + delay, order++, task));
    }
  }

  @Override
  public void close() {
    closed = true;
    tasks.clear();
    timed.clear();
  }

  /** Runs all that is due now. */
  void run() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  /** Lets time pass, with everything that comes due meanwhile. */
  void pass(long millis) {
    run();
    long end = now + millis;
    while (!timed.isEmpty() && timed.peek().at() <= end) {
      Timed next = timed.remove();
      now = next.at();
      next.task().run();
      run();
    }
    now = end;
  }
}
