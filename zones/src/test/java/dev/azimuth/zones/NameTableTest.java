package dev.azimuth.zones;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NameTableTest {
  /** Of a small table's slots, as many bits of a hash say which one a name belongs in. */
  private static final int SLOT_BITS = 5;

  private static final int INDEX_BITS = 24;

  private static LookupName name(int index) {
    byte[] octets = {6, 0, 0, 0, 0, 0, 0, 0};
    for (int i = 0; i < 6; i++) {
      octets[1 + i] = (byte) ('a' + ((index >> (4 * i)) & 0x0F));
    }
    var name = new LookupName();
    name.read(octets, 0, octets.length);
    return name;
  }

  @Test
  void aNameIsNotTakenForAnotherWithTheSameHash() {
    long[] seen = new long[1 << (INDEX_BITS - 1)];
    boolean found = false;
    for (int index = 1; !found; index++) {
      LookupName name = name(index);
      long hash = name.hash(0);
      // The part of the hash that is compared, and the part that says in which slot.
      long key = ((hash >>> 32) << SLOT_BITS) | (hash & ((1 << SLOT_BITS) - 1));
      int at = (int) (hash >>> 32) & (seen.length - 1);
      while (seen[at] != 0 && seen[at] >>> INDEX_BITS != key) {
        at = (at + 1) & (seen.length - 1);
      }
      if (seen[at] != 0) {
        var table = new NameTable();
        LookupName other = name((int) seen[at] & ((1 << INDEX_BITS) - 1));
        assertThat(table.add(other, 0)).isZero();
        assertThat(table.find(other, 0)).isZero();
        assertThat(table.find(name, 0)).isEqualTo(-1);
        assertThat(table.add(name, 0)).isEqualTo(1);
        assertThat(table.find(name, 0)).isEqualTo(1);
        found = true;
      }
      seen[at] = (key << INDEX_BITS) | index;
    }
  }
}
