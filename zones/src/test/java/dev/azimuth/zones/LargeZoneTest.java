package dev.azimuth.zones;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LargeZoneTest {
  private static final int SIZE = 100_000;
  private static Zone zone;
  private static Zones zones;

  @BeforeAll
  static void load() {
    var text = new StringBuilder(ZoneText.APEX);
    for (int i = 0; i < SIZE; i++) {
      text.append("h").append(i).append(".s").append(i % 1000).append(" A 10.");
      text.append(i >> 16).append('.').append((i >> 8) & 255).append('.').append(i & 255);
      text.append('\n');
    }
    text.append("*.s7 A 192.0.2.7\nsub NS ns1\nd DNAME x.\n");
    zone =
        ZoneText.zone(
            text.toString().substring(ZoneText.APEX.length()), Map.of("st.example.com.", 1));
    zones = new Zones(List.of(zone));
  }

  @Test
  void everyRecordOfALargeZoneIsFound() {
    var result = new LookupResult();
    var name = new LookupName();
    byte[] wire = new byte[LookupName.MAX_OCTETS];
    for (int i = 0; i < SIZE; i++) {
      try {
        String text = "h" + i + ".S" + i % 1000 + ".example.com.";
        name.read(wire, 0, NameText.parse(text, new byte[] {0}, wire));
      } catch (NameText.BadName e) {
        throw new AssertionError(e);
      }
      assertThat(zone.lookup(name, Types.A, result)).isEqualTo(Outcome.ANSWER);
      int end = zone.offset(result.set) + zone.length(result.set);
      byte[] data = zone.data();
      int address =
          (data[end - 3] & 255) << 16 | (data[end - 2] & 255) << 8 | (data[end - 1] & 255);
      assertThat(address).isEqualTo(i);
    }
    assertThat(ZoneText.look(zone, "x.s8.example.com.", "A")).isEqualTo("NAME_ERROR");
    assertThat(ZoneText.look(zone, "x.s7.example.com.", "A")).endsWith("*");
    assertThat(ZoneText.look(zone, "s999.example.com.", "A")).isEqualTo("NODATA");
  }

  @Test
  void readingFindingAndLookingUpAllocateNothing() throws NameText.BadName {
    String[] texts = {
      "h5.s5.example.com.",
      "nope.example.com.",
      "a.b.c.d.e.f.s7.example.com.",
      "x.sub.example.com.",
      "st.example.com.",
      "x.d.example.com.",
      "s9.example.com.",
      "example.com.",
      "else.where."
    };
    byte[][] packets = new byte[texts.length][LookupName.MAX_OCTETS];
    for (int i = 0; i < texts.length; i++) {
      NameText.parse(texts[i], new byte[] {0}, packets[i]);
    }
    var name = new LookupName();
    var result = new LookupResult();
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    assertThat(count(packets, name, result, Outcome.STEERED, 100)).isEqualTo(100);
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThat(count(packets, name, result, Outcome.STEERED, 0)).isZero();
    long idle = threads.getCurrentThreadAllocatedBytes() - before;
    before = threads.getCurrentThreadAllocatedBytes();
    int steered = count(packets, name, result, Outcome.STEERED, 10_000);
    long busy = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(busy).isLessThanOrEqualTo(idle);
    assertThat(steered).isEqualTo(10_000);
  }

  @Test
  void dataOfAnyLengthSurviveTheChunksTheyAreGatheredIn() {
    var random = new Random(7);
    var text = new StringBuilder(ZoneText.APEX);
    int[] lengths = random.ints(400, 1, 250).toArray();
    for (int i = 0; i < lengths.length; i++) {
      String part = " " + "x".repeat(lengths[i]);
      text.append("t").append(i).append(" TXT").append(part.repeat(1 + i % 120)).append('\n');
    }
    assertThat(text.length()).isGreaterThan(2 * OffHeap.CHUNK);
    Zone loaded = ZoneText.zone(ZoneText.load(text.toString(), Map.of()));
    for (int i = 0; i < lengths.length; i++) {
      int set = ZoneText.set(loaded, "t" + i + ".example.com.", "TXT");
      assertThat(ZoneText.records(loaded, set))
          .containsExactly("TXT" + (" " + "x".repeat(lengths[i])).repeat(1 + i % 120));
    }
  }

  @Test
  void loadingMakesLittleMoreThanTheImage() {
    var text = new StringBuilder(ZoneText.APEX);
    for (int i = 0; i < SIZE; i++) {
      text.append("n").append(i).append(" A 10.0.0.1\n AAAA 2001:db8::1\n");
    }
    ZoneSource source = ZoneText.source("example.com", text.toString(), Path.of("."), Map.of());
    ZoneLoader.load(source);
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    Zone loaded = ZoneText.zone(ZoneLoader.load(source));
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(loaded.sets()).isEqualTo(2 * SIZE + 4);
    // The image takes about 100 octets a record, what is laid out on the way some 200 more; text
    // and objects for each record would take a thousand.
    assertThat(allocated / (2 * SIZE)).isLessThan(400);
  }

  /** Asks every packet so many times, and counts one outcome. */
  private static int count(
      byte[][] packets, LookupName name, LookupResult result, Outcome wanted, int rounds) {
    int count = 0;
    for (int round = 0; round < rounds; round++) {
      for (byte[] packet : packets) {
        name.read(packet, 0, packet.length);
        Zone found = zones.find(name);
        if (found != null && found.lookup(name, Types.A, result) == wanted) {
          count++;
        }
      }
    }
    return count;
  }
}
