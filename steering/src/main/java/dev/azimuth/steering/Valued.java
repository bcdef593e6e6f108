package dev.azimuth.steering;

import java.util.BitSet;

/** The ranges of one family and the value of each. Immutable; looking up allocates nothing. */
sealed interface Valued permits Valued.Listed, Packed {

  /**
   * @param values by range of the starts, neighbours different
   */
  static Valued of(Family family, Starts starts, char[] values) {
    return family == Family.V4 && values.length >= Packed.WORTHWHILE
        ? Packed.of(starts, values)
        : new Listed(starts, values);
  }

  /** How many ranges there are, neighbours different. */
  int count();

  /** The number of the range that holds an address. */
  int find(long high, long low);

  /** The value of a range. */
  int value(int range);

  /**
   * The length of the shortest prefix around an address in which every address has its value.
   *
   * @param range of the address
   */
  int scope(int range, long high, long low);

  /** Where the ranges begin. */
  Starts starts();

  /** Adds the values of all ranges. */
  default void collect(BitSet values) {
    for (int range = 0; range < starts().size(); range++) {
      values.set(value(range));
    }
  }

  /** Starts and values beside each other. */
  final class Listed implements Valued {
    private final Starts starts;
    private final char[] values;

    private Listed(Starts starts, char[] values) {
      this.starts = starts;
      this.values = values;
    }

    @Override
    public int count() {
      return values.length;
    }

    @Override
    public int find(long high, long low) {
      return starts.find(high, low);
    }

    @Override
    public int value(int range) {
      return values[range];
    }

    @Override
    public int scope(int range, long high, long low) {
      return starts.scope(range, high, low);
    }

    @Override
    public Starts starts() {
      return starts;
    }
  }
}
