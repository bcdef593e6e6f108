package dev.azimuth.resolver;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Records of queries between the thread that answers and the one that writes them: a ring of octets
 * with one producer and one consumer. Neither waits, locks or allocates; what finds no room is
 * counted.
 *
 * <pre>
 *   0  i32  length of the record with this field, a multiple of 8; 0 when the rest of the ring is
 *           skipped
 *   4       the record
 * </pre>
 *
 * Both ends count octets since the beginning, so that they differ by what is in the ring.
 */
final class QueryRing {
  private static final int LENGTH = 4;
  private static final int ALIGNMENT = 8;
  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

  /** Each number that one thread writes is two cache lines from those of the other. */
  private static final int TAIL = 16;

  private static final int DROPPED = TAIL + 1;
  private static final int HEAD = TAIL + 16;

  final byte[] octets;
  private final long[] cells = new long[HEAD + 16];
  private final int mask;

  /** The producer's: where its next record ends once it is published, and the newest known head. */
  private long claimed;

  private long seenHead;

  /** The consumer's: how long the record is that it looks at. */
  private long polled;

  /**
   * @param capacity a power of two, in octets
   */
  QueryRing(int capacity) {
    if (Integer.bitCount(capacity) != 1 || capacity < ALIGNMENT) {
      throw new IllegalArgumentException("a ring of " + capacity + " octets");
    }
    octets = new byte[capacity];
    mask = capacity - 1;
  }

  /**
   * Takes room for a record. It is not seen before {@link #publish}; claiming anew gives it back.
   *
   * @param length in octets, at least 0
   * @return where in {@link #octets} the record begins; -1 when there is no room, which is counted
   */
  int claim(int length) {
    long tail = cells[TAIL];
    int size = (LENGTH + length + ALIGNMENT - 1) & -ALIGNMENT;
    int at = (int) tail & mask;
    int rest = octets.length - at;
    long end = tail + size + (size > rest ? rest : 0);
    if (!room(end)) {
      CELL.setOpaque(cells, DROPPED, cells[DROPPED] + 1);
      return -1;
    }
    if (size > rest) {
      Wire.put32(octets, at, 0);
      at = 0;
    }
    Wire.put32(octets, at, size);
    claimed = end;
    return at + LENGTH;
  }

  private boolean room(long end) {
    if (end - seenHead > octets.length) {
      seenHead = (long) CELL.getAcquire(cells, HEAD);
    }
    return end - seenHead <= octets.length;
  }

  /** Lets the consumer see the record that was claimed last. */
  void publish() {
    CELL.setRelease(cells, TAIL, claimed);
  }

  /** Where the oldest record begins, valid until {@link #release}; -1 when there is none. */
  int poll() {
    long head = cells[HEAD];
    if (head == (long) CELL.getAcquire(cells, TAIL)) {
      return -1;
    }
    int at = (int) head & mask;
    int size = Wire.i32(octets, at);
    polled = head + size;
    if (size == 0) {
      polled = head + octets.length - at + Wire.i32(octets, 0);
      at = 0;
    }
    return at + LENGTH;
  }

  /** Gives the room of the polled record back. */
  void release() {
    CELL.setRelease(cells, HEAD, polled);
  }

  /** How many records found no room. For any thread. */
  long dropped() {
    return (long) CELL.getOpaque(cells, DROPPED);
  }
}
