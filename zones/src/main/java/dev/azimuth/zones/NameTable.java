package dev.azimuth.zones;

import java.util.Arrays;

/**
 * A set of names, each with a number counted from 0 in the order of adding: open addressing over
 * the hashes of {@link LookupName}. The octets of the names stand back to back in one array, lower
 * case and in wire form. Once no more names are added, safe for any number of threads.
 */
final class NameTable {
  /** Two ints for each slot: the upper half of the hash, and the number of the name plus 1. */
  private int[] slots;

  private byte[] octets;
  private int[] starts;
  private int end;
  private int size;

  NameTable() {
    this(0, 0);
  }

  /**
   * @param names about how many there will be
   * @param size about how many octets they will have
   */
  NameTable(int names, int size) {
    starts = new int[Math.max(8, names)];
    octets = new byte[Math.max(LookupName.MAX_OCTETS, size) + LookupName.ROOM];
    slots = new int[Integer.highestOneBit(starts.length) << 3];
  }

  /** How many names there are. */
  int size() {
    return size;
  }

  /** The octets of all names, with room behind them. */
  byte[] octets() {
    return octets;
  }

  /** How many of {@link #octets()} are in use. */
  int end() {
    return end;
  }

  /** Where a name begins in {@link #octets()}. */
  int start(int number) {
    return starts[number];
  }

  /**
   * The number of the suffix of {@code name} that begins with {@code label}; -1 when it is not in
   * the table. Allocates nothing.
   */
  int find(LookupName name, int label) {
    long hash = name.hash(label);
    int tag = (int) (hash >>> 32);
    int mask = slots.length - 2;
    for (int slot = ((int) hash << 1) & mask; ; slot = (slot + 2) & mask) {
      int number = slots[slot + 1] - 1;
      if (number < 0 || (slots[slot] == tag && name.suffixEquals(label, octets, starts[number]))) {
        return number;
      }
    }
  }

  /** Adds a suffix that is not in the table, and returns its number. */
  int add(LookupName name, int label) {
    int length = name.length - name.starts[label];
    if (end + length + LookupName.ROOM > octets.length) {
      octets = Arrays.copyOf(octets, 2 * octets.length);
    }
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, 2 * size);
    }
    if (4 * (size + 1) > slots.length) {
      grow();
    }
    System.arraycopy(name.octets, name.starts[label], octets, end, length);
    starts[size] = end;
    end += length;
    size++;
    insert(name.hash(label), size);
    return size - 1;
  }

  /**
   * Ends the adding: gives memory back.
   *
   * @param image begins with the same names, behind which are {@link LookupName#ROOM} octets more
   */
  void freeze(byte[] image) {
    octets = image;
    starts = Arrays.copyOf(starts, size);
  }

  private void grow() {
    slots = new int[2 * slots.length];
    var name = new LookupName();
    for (int number = 0; number < size; number++) {
      name.read(octets, starts[number], end);
      insert(name.hash(0), number + 1);
    }
  }

  private void insert(long hash, int entry) {
    int mask = slots.length - 2;
    int slot = ((int) hash << 1) & mask;
    while (slots[slot + 1] != 0) {
      slot = (slot + 2) & mask;
    }
    slots[slot] = (int) (hash >>> 32);
    slots[slot + 1] = entry;
  }
}
