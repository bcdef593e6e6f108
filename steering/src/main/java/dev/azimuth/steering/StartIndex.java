package dev.azimuth.steering;

/**
 * Makes the search among sorted starts short: cuts the span that they cover into equal pieces, and
 * knows for each the range that its first address lies in. Which bits of an address tell ranges
 * apart thus need not be known beforehand: IPv6 uses a small part of its space.
 */
final class StartIndex {
  /** Below so many ranges an index gains nothing. */
  private static final int INDEXED_FROM = 64;

  /** 256 KiB: more would no longer stay in a core's cache. */
  private static final int MOST_PIECES = 1 << 16;

  /** From the number of a range to the upper 64 bits of its start; rising, unsigned. */
  interface Keys {
    long at(int range);
  }

  private final long base;
  private final int shift;

  /** By piece the range that holds its beginning; the piece before {@link #base} comes first. */
  private final int[] ranges;

  private StartIndex(long base, int shift, int[] ranges) {
    this.base = base;
    this.shift = shift;
    this.ranges = ranges;
  }

  /**
   * @param size how many ranges there are; the first begins at 0
   */
  static StartIndex of(int size, Keys keys) {
    if (size < INDEXED_FROM) {
      return new StartIndex(0, 0, new int[] {0, 0, size - 1}); // one piece
    }
    // The first range begins at 0, often far below the second.
    long base = keys.at(1);
    long span = keys.at(size - 1) - base;
    int most = Math.min(MOST_PIECES, Integer.highestOneBit(size));
    int bits = 64 - Long.numberOfLeadingZeros(span);
    int shift = Math.max(0, bits - Integer.numberOfTrailingZeros(most));
    int pieces = (int) (span >>> shift) + 1;
    int[] ranges = new int[pieces + 2];
    int range = 0;
    for (int piece = 0; piece < pieces; piece++) {
      long first = base + ((long) piece << shift);
      // Several IPv6 ranges may have one key: the one before all of them may reach into it.
      while (range + 1 < size && Long.compareUnsigned(keys.at(range + 1), first) < 0) {
        range++;
      }
      ranges[piece + 1] = range;
    }
    ranges[pieces + 1] = size - 1;
    return new StartIndex(base, shift, ranges);
  }

  /** The number of the piece that a key lies in. */
  int piece(long key) {
    if (Long.compareUnsigned(key, base) < 0) {
      return 0;
    }
    long piece = (key - base) >>> shift;
    int last = ranges.length - 3;
    return 1 + (Long.compareUnsigned(piece, last) < 0 ? (int) piece : last);
  }

  /** The first range that keys of a piece may lie in. */
  int from(int piece) {
    return ranges[piece];
  }

  /** The number after the last such range. */
  int to(int piece) {
    return ranges[piece + 1] + 1;
  }
}
