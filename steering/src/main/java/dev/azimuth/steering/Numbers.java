package dev.azimuth.steering;

import java.util.Arrays;

/**
 * Numbers sequences of longs in the order in which they first come, equal ones alike. Takes no
 * object for each. Not for use by several threads.
 */
final class Numbers {
  private final int length;
  private long[] sequences = {};
  private int[] table = new int[16];
  private int count;

  /**
   * @param length of every sequence, at least 1
   */
  Numbers(int length) {
    this.length = length;
  }

  /** How many different ones there were. */
  int count() {
    return count;
  }

  /** The number of a sequence, from 0. */
  int of(long... sequence) {
    int mask = table.length - 1;
    int slot = hash(sequence, 0) & mask;
    while (table[slot] != 0) {
      int number = table[slot] - 1;
      int at = number * length;
      if (Arrays.equals(sequences, at, at + length, sequence, 0, length)) {
        return number;
      }
      slot = (slot + 1) & mask;
    }
    if ((count + 1) * length > sequences.length) {
      sequences = Arrays.copyOf(sequences, Math.max(16 * length, (count + (count >> 1)) * length));
    }
    System.arraycopy(sequence, 0, sequences, count * length, length);
    table[slot] = ++count;
    if (count * 2 > table.length) {
      grow();
    }
    return count - 1;
  }

  /** One long of the sequence with a number. */
  long at(int number, int index) {
    return sequences[number * length + index];
  }

  private void grow() {
    table = new int[table.length * 2];
    int mask = table.length - 1;
    for (int number = 0; number < count; number++) {
      int slot = hash(sequences, number * length) & mask;
      while (table[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      table[slot] = number + 1;
    }
  }

  private int hash(long[] of, int from) {
    long hash = 0;
    for (int i = from; i < from + length; i++) {
      hash = (hash ^ of[i]) * 0x9e3779b97f4a7c15L;
      hash ^= hash >>> 32;
    }
    return (int) hash;
  }
}
