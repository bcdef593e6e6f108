package dev.azimuth.resolver;

import dev.azimuth.zones.LookupName;
import java.util.Arrays;

/** A small set of names in wire form, lower case; nothing is allocated after construction. */
final class NameSet {
  private final byte[] octets;
  private final int[] lengths;
  private int size;

  /** An empty set. */
  NameSet(int most) {
    octets = new byte[most * LookupName.MAX_OCTETS];
    lengths = new int[most];
  }

  void clear() {
    size = 0;
  }

  /**
   * Adds the suffix of a name.
   *
   * @param from where the suffix starts in the name's octets
   * @return whether it was not there yet; a full set takes nothing and says false
   */
  boolean add(LookupName name, int from) {
    int length = name.length - from;
    for (int i = 0; i < size; i++) {
      int at = i * LookupName.MAX_OCTETS;
      if (Arrays.equals(octets, at, at + lengths[i], name.octets, from, name.length)) {
        return false;
      }
    }
    if (size == lengths.length) {
      return false;
    }
    System.arraycopy(name.octets, from, octets, size * LookupName.MAX_OCTETS, length);
    lengths[size++] = length;
    return true;
  }
}
