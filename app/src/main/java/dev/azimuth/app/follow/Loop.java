package dev.azimuth.app.follow;

import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.DiscardPolicy;
import java.util.concurrent.TimeUnit;

/** Runs tasks one after the other, so that what only they touch needs no lock. */
interface Loop extends Executor, AutoCloseable {

  /** Runs a task once, this many milliseconds from now. */
  void schedule(Runnable task, long delay);

  /** Runs no further task; those handed over from now on are dropped. */
  @Override
  void close();

  /** A loop on a thread of its own, which does not keep the process alive. */
  static Loop onThread(String name) {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name(name).factory(), new DiscardPolicy());
    return new Loop() {
      @Override
      public void execute(Runnable task) {
        executor.execute(task);
      }

      @Override
      public void schedule(Runnable task, long delay) {
        var _ = executor.schedule(task, delay, TimeUnit.MILLISECONDS);
      }

      @Override
      public void close() {
        var _ = executor.shutdownNow();
      }
    };
  }
}
