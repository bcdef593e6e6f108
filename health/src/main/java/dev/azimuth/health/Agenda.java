package dev.azimuth.health;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done, each thing at its time: a binary heap. The times stand side by side, so that
 * those of very many things are compared without looking at the things. Confined to one thread.
 */
final class Agenda<T> {
  private long[] times = new long[16];
  private @Nullable Object[] things = new Object[16];
  private int size;

  /** When the first is due; {@link Long#MAX_VALUE} where nothing is. */
  long next() {
    return size == 0 ? Long.MAX_VALUE : times[0];
  }

  void add(T thing, long time) {
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
      things = Arrays.copyOf(things, 2 * size);
    }
    int at = size++;
    while (at > 0 && times[(at - 1) / 2] > time) {
      set(at, (at - 1) / 2);
      at = (at - 1) / 2;
    }
    times[at] = time;
    things[at] = thing;
  }

  /** Takes out the first that is due by an instant; null when none is. */
  @Nullable T poll(long now) {
    if (size == 0 || times[0] > now) {
      return null;
    }
    @SuppressWarnings("unchecked") // nothing else is put in
    T first = (T) things[0];
    size--;
    long time = times[size];
    int at = 0;
    for (int child; (child = 2 * at + 1) < size; at = child) {
      if (child + 1 < size && times[child + 1] < times[child]) {
        child++;
      }
      if (times[child] >= time) {
        break;
      }
      set(at, child);
    }
    set(at, size);
    things[size] = null;
    return first;
  }

  private void set(int at, int from) {
    times[at] = times[from];
    things[at] = things[from];
  }

  void clear() {
    Arrays.fill(things, 0, size, null);
    size = 0;
  }
}
