package dev.azimuth.zones;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.zones.ZoneProblem.Severity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Zones from text, and lookups with a readable outcome, for tests. */
final class ZoneText {
  static final String APEX = "@ SOA ns1 hostmaster 7 1h 15m 7d 60\n@ NS ns1\nns1 A 192.0.2.53\n";

  private ZoneText() {}

  static ZoneLoader.Loaded load(String text, Map<String, Integer> steered) {
    return ZoneLoader.load(source("example.com", text, Path.of("."), steered));
  }

  static ZoneSource source(String origin, String text, Path folder, Map<String, Integer> steered) {
    return new ZoneSource(origin, "zone", text, folder, 3600, 30, steered, Set.of());
  }

  static ZoneLoader.Loaded load(String text, Map<String, Integer> steered, Set<Integer> hinted) {
    return ZoneLoader.load(
        new ZoneSource("example.com", "zone", text, Path.of("."), 3600, 30, steered, hinted));
  }

  /** The zone of {@link #APEX} and more records. */
  static Zone zone(String text, Map<String, Integer> steered) {
    return zone(load(APEX + text, steered));
  }

  static Zone zone(ZoneLoader.Loaded loaded) {
    assertThat(loaded.problems()).noneMatch(p -> p.severity() == Severity.ERROR);
    Zone zone = loaded.zone();
    assertThat(zone).isNotNull();
    return zone;
  }

  static LookupName name(String text) {
    var name = new LookupName();
    try {
      byte[] wire = new Name(text).toWire();
      assertThat(name.read(wire, 0, wire.length)).isEqualTo(wire.length);
    } catch (IOException e) {
      throw new AssertionError(text, e);
    }
    return name;
  }

  /**
   * What a lookup comes to, such as {@code ANSWER www.example.com. A}, {@code STEERED 3}, {@code
   * NODATA}, with {@code *} behind it when a wildcard was used.
   */
  static String look(Zone zone, String name, String type) {
    return look(zone, name(name), Type.value(type, true));
  }

  static String look(Zone zone, LookupName name, int type) {
    var result = new LookupResult();
    Outcome outcome = zone.lookup(name, type, result);
    String text = outcome.toString();
    if (outcome == Outcome.STEERED) {
      text += " " + result.steered;
    }
    if (result.set >= 0) {
      text += " " + owner(zone, result.set) + " " + Type.string(zone.type(result.set));
      if (!result.wildcard) {
        assertThat(name.suffixEquals(result.skip, zone.data(), zone.owner(result.set))).isTrue();
      }
    }
    return result.wildcard ? text + " *" : text;
  }

  static String owner(Zone zone, int set) {
    return NameText.format(zone.data(), zone.owner(set));
  }

  /** The records of a set in presentation form, without owners. */
  static List<String> records(Zone zone, int set) {
    var records = new ArrayList<String>();
    byte[] data = zone.data();
    int at = zone.offset(set);
    for (int i = 0; i < zone.records(set); i++) {
      int length = Additionals.length(data, at + RecordStore.HEAD) + RecordStore.HEAD;
      assertThat(data[at]).isEqualTo((byte) 0xc0);
      assertThat(data[at + 1]).isEqualTo((byte) 0x0c);
      byte[] wire = new byte[length - 1];
      System.arraycopy(data, at + 2, wire, 1, length - 2);
      try {
        Record record = Record.fromWire(wire, Section.ANSWER);
        assertThat(record.getDClass()).isEqualTo(DClass.IN);
        assertThat(record.getTTL()).isEqualTo(zone.ttl(set));
        records.add(Type.string(record.getType()) + " " + record.rdataToString());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      at += length;
    }
    assertThat(at).isEqualTo(zone.offset(set) + zone.length(set));
    return records;
  }

  static int set(Zone zone, String name, String type) {
    return zone.find(zone.node(name(name)), Type.value(type));
  }

  /** What stands beside a set: owner and type, or owner and reference of a steered name. */
  static List<String> beside(Zone zone, int set) {
    var sets = new ArrayList<String>();
    for (int i = 0; i < zone.additionals(set); i++) {
      int at = zone.additionalName(set, i);
      String name = at < 0 ? "=" : NameText.format(zone.data(), at);
      int other = zone.additional(set, i);
      int steered = zone.additionalSteered(set, i);
      assertThat(other < 0).isNotEqualTo(steered < 0);
      sets.add(name + " " + (steered < 0 ? Type.string(zone.type(other)) : "STEERED " + steered));
    }
    return sets;
  }

  /** The records of a set whose hints are steered: their index in the set, and the reference. */
  static List<String> hinted(Zone zone, int set) {
    var hinted = new ArrayList<String>();
    int number = zone.hinted(set);
    int at = zone.offset(set);
    for (int i = 0; i < zone.records(set) && number >= 0; i++) {
      if (zone.hintedRecord(number) == at) {
        hinted.add(i + " by " + zone.hintedBy(number++));
      }
      at += RecordStore.HEAD + Additionals.length(zone.data(), at + RecordStore.HEAD);
    }
    return hinted;
  }
}
