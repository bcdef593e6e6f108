package dev.azimuth.zones;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
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
  void aNameIsComparedToItsLastOctetAndNoFurther() {
    var random = new Random(1);
    for (int size = 1; size <= 2 + 63; size++) {
      byte[] octets = new byte[size];
      for (int i = 1; i < size - 1; i++) {
        octets[i] = (byte) ('a' + random.nextInt(26));
      }
      octets[0] = (byte) Math.max(0, size - 2);
      var name = new LookupName();
      if (name.read(octets, 0, size) != size) {
        continue; // no name has two octets
      }
      int from = random.nextInt(9);
      byte[] names = new byte[from + size + LookupName.ROOM];
      random.nextBytes(names);
      System.arraycopy(octets, 0, names, from, size);
      assertThat(name.suffixEquals(0, names, from)).isTrue();
      assertThat(name.suffixEquals(0, names, from + 1)).as("it would not fit there").isFalse();
      for (int i = 0; i < size; i++) {
        names[from + i] ^= 1;
        assertThat(name.suffixEquals(0, names, from)).as("octet %d of %d", i, size).isFalse();
        names[from + i] ^= 1;
      }
    }
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
