package dev.azimuth.zones;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Memory that grows while a zone is read, outside the heap: the collector neither moves it nor has
 * to find out that it is garbage. It grows by chunks, so that what is large is never copied. For
 * the thread that made it.
 */
final class OffHeap implements AutoCloseable {
  private static final int SHIFT = 20;

  /** How many octets stand together. */
  static final int CHUNK = 1 << SHIFT;

  private static final int SMALLEST = 1 << 12;

  private final Arena arena = Arena.ofConfined();
  private MemorySegment[] chunks = new MemorySegment[4];
  private int count;

  /** Makes room for the octets below {@code end}. */
  void reserve(long end) {
    if (count == 0 || (count == 1 && chunks[0].byteSize() < Math.min(end, CHUNK))) {
      growFirst(end);
    }
    while ((long) count << SHIFT < end) {
      if (count == chunks.length) {
        chunks = Arrays.copyOf(chunks, 2 * count);
      }
      chunks[count++] = arena.allocate(CHUNK, Long.BYTES);
    }
  }

  /** Only the first chunk begins small: most zones are, and there may be thousands. */
  private void growFirst(long end) {
    long size = Math.clamp(Long.highestOneBit(end) << 1, SMALLEST, CHUNK);
    MemorySegment first = arena.allocate(size, Long.BYTES);
    if (count > 0) {
      first.copyFrom(chunks[0]);
    }
    chunks[0] = first;
    count = 1;
  }

  /** The int at a multiple of four. */
  int get(long at) {
    return chunks[(int) (at >>> SHIFT)].get(ValueLayout.JAVA_INT, at & (CHUNK - 1));
  }

  void set(long at, int value) {
    chunks[(int) (at >>> SHIFT)].set(ValueLayout.JAVA_INT, at & (CHUNK - 1), value);
  }

  /** Copies octets in, within one chunk. */
  void put(byte[] octets, int from, int length, long at) {
    MemorySegment.copy(
        octets,
        from,
        chunks[(int) (at >>> SHIFT)],
        ValueLayout.JAVA_BYTE,
        at & (CHUNK - 1),
        length);
  }

  /** Copies octets of one chunk out. */
  void copy(long at, int length, byte[] octets, int to) {
    MemorySegment.copy(
        chunks[(int) (at >>> SHIFT)], ValueLayout.JAVA_BYTE, at & (CHUNK - 1), octets, to, length);
  }

  /** Gives the memory back. */
  @Override
  public void close() {
    arena.close();
  }
}
