package dev.azimuth.balancer;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines of many entries, each looked at when its time may have come: a hashed wheel of
 * intrusive lists, so that setting one later costs nothing and nothing is allocated. Belongs to a
 * loop.
 */
final class Wheel {
  /** How late a deadline may be seen, in nanoseconds. */
  static final long TICK_NANOS = 100_000_000;

  private static final int SLOTS = 1024;

  private final Entry[] heads = new Entry[SLOTS];
  private final Consumer<Throwable> faults;
  private long tick;

  /** Something that has a deadline, in at most one wheel. */
  abstract static class Entry {
    private @Nullable Entry before;
    private @Nullable Entry after;

    /** The slot that it waits in, by its tick; -1 for none. */
    private long at = -1;

    /** When its time comes, in nanoseconds of {@link System#nanoTime}. */
    abstract long deadline();

    /** The time has come. It is in no wheel now. */
    abstract void expired(long now);
  }

  /**
   * @param now as of {@link System#nanoTime}
   * @param faults told of what an entry throws
   */
  Wheel(long now, Consumer<Throwable> faults) {
    this.faults = faults;
    for (int i = 0; i < SLOTS; i++) {
      Entry head =
          new Entry() {
            @Override
            long deadline() {
              return Long.MAX_VALUE;
            }

            @Override
            void expired(long at) {
              throw new IllegalStateException("the head of a list has no deadline");
            }
          };
      head.before = head;
      head.after = head;
      heads[i] = head;
    }
    tick = now / TICK_NANOS;
  }

  /** Has an entry looked at by its deadline; one that waits is moved if it has to be earlier. */
  void add(Entry entry) {
    long due = due(entry);
    if (entry.at >= 0 && entry.at <= due) {
      return;
    }
    remove(entry);
    Entry head = heads[(int) (due & (SLOTS - 1))];
    Entry last = head.before;
    entry.before = last;
    entry.after = head;
    entry.at = due;
    if (last != null) {
      last.after = entry;
    }
    head.before = entry;
  }

  void remove(Entry entry) {
    Entry before = entry.before;
    Entry after = entry.after;
    if (entry.at >= 0 && before != null && after != null) {
      before.after = after;
      after.before = before;
      entry.before = null;
      entry.after = null;
      entry.at = -1;
    }
  }

  /** The tick at which to look, at most one turn of the wheel away. */
  private long due(Entry entry) {
    long due = (entry.deadline() + TICK_NANOS - 1) / TICK_NANOS;
    return Math.clamp(due, tick + 1, tick + SLOTS - 1);
  }

  /** Lets those act whose time has come by now. */
  @SuppressWarnings("ReferenceEquality") // the very head is where a list ends
  void turn(long now) {
    long until = now / TICK_NANOS;
    while (tick < until) {
      tick++;
      Entry head = heads[(int) (tick & (SLOTS - 1))];
      for (Entry entry; (entry = head.after) != null && entry != head; ) {
        remove(entry);
        if (entry.deadline() > now) {
          add(entry);
          continue;
        }
        try {
          entry.expired(now);
        } catch (RuntimeException fault) {
          faults.accept(fault); // all others have their time too
        }
      }
    }
  }
}
