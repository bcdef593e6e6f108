package dev.azimuth.steering;

import java.util.Arrays;

/**
 * Where the ranges of one family begin, in order; the first begins at the lowest address, each ends
 * where the next begins. Immutable; looking up allocates nothing.
 */
abstract sealed class Starts permits Starts.V4, Starts.V6, Packed {
  /** How many ranges there are. */
  abstract int size();

  /** The upper half of a range's first address; 0 for IPv4. */
  abstract long high(int range);

  /** The lower half of a range's first address. */
  abstract long low(int range);

  /** The range that holds an address. */
  public abstract int find(long high, long low);

  /**
   * The length of the shortest prefix around an address that lies within its range.
   *
   * @param range that {@link #find} gives for the address
   */
  public abstract int scope(int range, long high, long low);

  /** IPv4. */
  static final class V4 extends Starts {
    private final int[] starts;
    private final StartIndex index;

    private V4(int[] starts) {
      this.starts = starts;
      index = StartIndex.of(starts.length, i -> Integer.toUnsignedLong(starts[i]));
    }

    @Override
    int size() {
      return starts.length;
    }

    @Override
    long high(int range) {
      return 0;
    }

    @Override
    long low(int range) {
      return Integer.toUnsignedLong(starts[range]);
    }

    @Override
    public int find(long high, long low) {
      int address = (int) low;
      int piece = index.piece(Integer.toUnsignedLong(address));
      int from = index.from(piece);
      int to = index.to(piece);
      // The last start that is not above the address.
      while (to - from > 1) {
        int middle = (from + to) >>> 1;
        if (Integer.compareUnsigned(starts[middle], address) <= 0) {
          from = middle;
        } else {
          to = middle;
        }
      }
      return from;
    }

    @Override
    public int scope(int range, long high, long low) {
      int address = (int) low;
      int scope = 0;
      if (range > 0) {
        scope = 1 + Integer.numberOfLeadingZeros(address ^ (starts[range] - 1));
      }
      if (range + 1 < starts.length) {
        scope = Math.max(scope, 1 + Integer.numberOfLeadingZeros(address ^ starts[range + 1]));
      }
      return scope;
    }
  }

  /** IPv6. */
  static final class V6 extends Starts {
    private final long[] high;

    /** Empty where all are 0, as they are where no prefix is longer than 64 bits. */
    private final long[] low;

    private final StartIndex index;

    private V6(long[] high, long[] low) {
      this.high = high;
      this.low = low;
      index = StartIndex.of(high.length, i -> high[i]);
    }

    @Override
    int size() {
      return high.length;
    }

    @Override
    long high(int range) {
      return high[range];
    }

    @Override
    long low(int range) {
      return low.length == 0 ? 0 : low[range];
    }

    @Override
    public int find(long wantedHigh, long wantedLow) {
      int piece = index.piece(wantedHigh);
      int from = index.from(piece);
      int to = index.to(piece);
      while (to - from > 1) {
        int middle = (from + to) >>> 1;
        if (compare(high[middle], low(middle), wantedHigh, wantedLow) <= 0) {
          from = middle;
        } else {
          to = middle;
        }
      }
      return from;
    }

    @Override
    public int scope(int range, long wantedHigh, long wantedLow) {
      int scope = 0;
      if (range > 0) {
        long first = low(range);
        long lowBefore = first - 1;
        long highBefore = first == 0 ? high[range] - 1 : high[range];
        scope = 1 + leadingZeros(wantedHigh ^ highBefore, wantedLow ^ lowBefore);
      }
      if (range + 1 < high.length) {
        int after = 1 + leadingZeros(wantedHigh ^ high[range + 1], wantedLow ^ low(range + 1));
        scope = Math.max(scope, after);
      }
      return scope;
    }

    private static int leadingZeros(long high, long low) {
      return high != 0 ? Long.numberOfLeadingZeros(high) : 64 + Long.numberOfLeadingZeros(low);
    }
  }

  /** The order of addresses. */
  static int compare(long highA, long lowA, long highB, long lowB) {
    int order = Long.compareUnsigned(highA, highB);
    return order != 0 ? order : Long.compareUnsigned(lowA, lowB);
  }

  /** Takes starts in rising order. */
  static final class Growing {
    private final boolean v4;
    private int[] starts = {};
    private long[] highs = {};
    private long[] lows = {};
    private int size;

    Growing(Family family) {
      v4 = family == Family.V4;
    }

    int size() {
      return size;
    }

    void add(long high, long low) {
      if (v4) {
        if (size == starts.length) {
          starts = Arrays.copyOf(starts, Math.max(16, size + (size >> 1)));
        }
        starts[size++] = (int) low;
      } else {
        if (size == highs.length) {
          highs = Arrays.copyOf(highs, Math.max(16, size + (size >> 1)));
          lows = lows.length == 0 ? lows : Arrays.copyOf(lows, highs.length);
        }
        if (low != 0 && lows.length == 0) {
          lows = new long[highs.length];
        }
        if (lows.length > 0) {
          lows[size] = low;
        }
        highs[size++] = high;
      }
    }

    /** What was added, at least one start. */
    Starts starts() {
      return v4
          ? new V4(Arrays.copyOf(starts, size))
          : new V6(Arrays.copyOf(highs, size), Arrays.copyOf(lows, Math.min(size, lows.length)));
    }
  }
}
