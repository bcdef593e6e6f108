package dev.azimuth.zones;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LookupNameTest {
  @Test
  void readsANameAndFoldsAsciiOnly() {
    byte[] packet = {9, 9, 3, 'W', 'w', 'Z', 4, '@', '[', 'A', (byte) 0xc1, 0, 7};
    var name = new LookupName();
    assertThat(name.read(packet, 2, packet.length)).isEqualTo(12);
    assertThat(name.labels).isEqualTo(2);
    assertThat(name.length).isEqualTo(10);
    assertThat(Arrays.copyOf(name.octets, 10))
        .containsExactly(3, 'w', 'w', 'z', 4, '@', '[', 'a', 0xc1, 0);
    assertThat(Arrays.copyOf(name.starts, 3)).containsExactly(0, 4, 9);
  }

  @Test
  void refusesWhatIsNotAName() {
    assertThat(read(1, 'a')).isEqualTo(-1);
    assertThat(read(2, 'a', 0)).isEqualTo(-1);
    assertThat(read()).isEqualTo(-1);
    assertThat(read(0xc0, 0x0c, 0)).isEqualTo(-1);
    assertThat(read(0x40, 0, 0)).isEqualTo(-1);
    assertThat(read(0x80, 0, 0)).isEqualTo(-1);
    assertThat(read(0)).isEqualTo(1);
    byte[] longest = new byte[300];
    for (int at : new int[] {0, 64, 128, 192}) {
      longest[at] = 63;
    }
    longest[192] = 61;
    longest[254] = 0;
    assertThat(new LookupName().read(longest, 0, 300)).isEqualTo(255);
    longest[192] = 62;
    longest[255] = 0;
    assertThat(new LookupName().read(longest, 0, 300)).isEqualTo(-1);
  }

  private static int read(int... octets) {
    byte[] packet = new byte[octets.length];
    for (int i = 0; i < octets.length; i++) {
      packet[i] = (byte) octets[i];
    }
    return new LookupName().read(packet, 0, packet.length);
  }

  @Test
  void equalSuffixesHaveEqualHashesWhateverStandsBeforeThem() {
    var random = new Random(7);
    for (int round = 0; round < 20_000; round++) {
      byte[] tail = random(random, 1 + random.nextInt(120));
      var plain = new LookupName();
      plain.read(tail, 0, tail.length);
      byte[] head = random(random, 1 + random.nextInt(120));
      byte[] both = new byte[head.length - 1 + tail.length + random.nextInt(10)];
      System.arraycopy(head, 0, both, 0, head.length - 1);
      for (int i = 0; i < tail.length; i++) {
        int octet = tail[i];
        both[head.length - 1 + i] = (byte) (octet >= 'a' && octet <= 'z' ? octet - 32 : octet);
      }
      var longer = new LookupName();
      Arrays.fill(longer.octets, (byte) random.nextInt());
      assertThat(longer.read(both, 0, both.length)).isEqualTo(head.length - 1 + tail.length);
      int label = longer.labels - plain.labels;
      assertThat(longer.hash(label)).isEqualTo(plain.hash(0));
      assertThat(longer.suffixEquals(label, plain.octets, 0)).isTrue();
      if (label > 0) {
        assertThat(longer.hash(0)).isNotEqualTo(plain.hash(0));
      }
    }
  }

  /** A name of about so many octets, its labels made of letters and odd octets. */
  private static byte[] random(Random random, int octets) {
    byte[] name = new byte[octets];
    int at = 0;
    while (at < octets - 2) {
      int size = 1 + random.nextInt(Math.min(63, octets - 2 - at));
      name[at++] = (byte) size;
      for (int i = 0; i < size; i++) {
        name[at++] = (byte) "az@[`{Ab\0-.".charAt(random.nextInt(11));
      }
    }
    return Arrays.copyOf(name, at + 1);
  }

  @Test
  void anyOctetsAreReadWithoutException() {
    var random = new Random(11);
    var name = new LookupName();
    byte[] packet = new byte[300];
    int good = 0;
    for (int round = 0; round < 200_000; round++) {
      for (int i = 0; i < packet.length; i++) {
        packet[i] = (byte) (random.nextInt(4) == 0 ? random.nextInt(256) : random.nextInt(6));
      }
      int from = random.nextInt(300);
      int limit = from + random.nextInt(301 - from);
      int end = name.read(packet, from, limit);
      if (end >= 0) {
        good++;
        assertThat(end).isBetween(from + 1, Math.min(limit, from + 255));
        assertThat(name.octets[name.length - 1]).isZero();
        assertThat(name.starts[name.labels]).isEqualTo(name.length - 1);
      }
    }
    assertThat(good).isGreaterThan(10_000);
  }
}
