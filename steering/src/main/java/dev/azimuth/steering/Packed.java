package dev.azimuth.steering;

import java.util.Arrays;

/**
 * Very many ranges of IPv4 with their values, so that a lookup touches few lines of the cache. The
 * address space is cut into 65,536 pieces. A range is one number that stands in its piece: the
 * lower half of its first address, and its value. One that reaches into further pieces stands in
 * each of them, as a range of its own that begins with the piece.
 */
final class Packed extends Starts implements Valued {
  /** From so many ranges on it is not larger than starts and values with their index. */
  static final int WORTHWHILE = 1 << 16;

  private static final int HALF = 16;
  private static final int PIECES = 1 << HALF;
  private static final int LOWER = PIECES - 1;

  private final int count;

  /** By piece the number of its first range, and behind the last piece that of all. */
  private final int[] first;

  /**
   * By range: in the lower half its value; in the upper half, where the first range of a piece
   * would have 0, that of one which fills its piece has the scope of the addresses there.
   */
  private final int[] ranges;

  private Packed(int count, int[] first, int[] ranges) {
    this.count = count;
    this.first = first;
    this.ranges = ranges;
  }

  /**
   * @param starts of IPv4
   * @param values by range, neighbours different
   */
  static Packed of(Starts starts, char[] values) {
    int[] first = new int[PIECES + 1];
    int[] ranges = new int[PIECES + values.length];
    int size = 0;
    int range = 0;
    for (int piece = 0; piece < PIECES; piece++) {
      first[piece] = size;
      long begin = (long) piece << HALF;
      if (range + 1 < values.length && starts.low(range + 1) == begin) {
        range++;
      }
      ranges[size++] = values[range];
      long end = begin + PIECES;
      if (range + 1 == values.length || starts.low(range + 1) >= end) {
        ranges[size - 1] |= starts.scope(range, 0, begin) << HALF;
      }
      while (range + 1 < values.length && starts.low(range + 1) < end) {
        range++;
        ranges[size++] = (int) starts.low(range) << HALF | values[range];
      }
    }
    first[PIECES] = size;
    return new Packed(values.length, first, Arrays.copyOf(ranges, size));
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int find(long high, long low) {
    int piece = (int) low >>> HALF;
    int from = first[piece];
    int length = first[piece + 1] - from;
    int after = ((int) low & LOWER) + 1;
    // The last range that begins before `after`. Without a branch that depends on the address,
    // which would be foreseen wrongly every other time.
    while (length > 1) {
      int half = length >>> 1;
      from += half & (((ranges[from + half] >>> HALF) - after) >> (Integer.SIZE - 1));
      length -= half;
    }
    return from;
  }

  @Override
  public int value(int range) {
    return ranges[range] & LOWER;
  }

  @Override
  public int scope(int range, long high, long low) {
    int piece = (int) low >>> HALF;
    int from = first[piece];
    int to = first[piece + 1];
    if (to - from == 1) {
      return ranges[range] >>> HALF;
    }
    // The piece has another range, so that an end outside of it is never the nearer one.
    int address = (int) low & LOWER;
    int before = range == from ? LOWER : address ^ ((ranges[range] >>> HALF) - 1);
    int behind = range + 1 == to ? LOWER : address ^ (ranges[range + 1] >>> HALF);
    return 1 + Integer.numberOfLeadingZeros(Math.min(before, behind));
  }

  @Override
  public Starts starts() {
    return this;
  }

  @Override
  int size() {
    return ranges.length;
  }

  @Override
  long high(int range) {
    return 0;
  }

  @Override
  long low(int range) {
    int found = Arrays.binarySearch(first, range);
    return found >= 0
        ? (long) found << HALF
        : (long) (-found - 2) << HALF | (ranges[range] >>> HALF);
  }
}
