package dev.azimuth.zones;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.zones.ZoneProblem.Severity;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;

/** Small random zones against a lookup that is slow and plain. */
class LookupPropertyTest {
  private static final String[] LABELS = {"a", "b", "*", "c"};
  private static final String[] TYPES = {"A", "TXT", "MX", "NS", "CNAME", "DNAME", "DS"};
  private static final String[] ASKED = {
    "A", "AAAA", "TXT", "MX", "NS", "CNAME", "DNAME", "DS", "ANY"
  };
  private static final String ORIGIN = "z.";

  /** The rules of RFC 1034, 4592 and 6672 over a map, name by name from the origin down. */
  private record Naive(Map<String, SortedSet<Integer>> records, Map<String, Integer> steered) {
    String look(String name, int type) {
      for (String at = ORIGIN; ; at = down(name, at)) {
        boolean last = at.equals(name);
        if (!at.equals(ORIGIN) && has(at, Types.NS) && !(last && type == Types.DS)) {
          return "REFERRAL " + at + " NS";
        }
        if (last) {
          return data(at, type);
        }
        if (has(at, Types.DNAME)) {
          return "DNAME " + at + " DNAME";
        }
        if (!exists(down(name, at))) {
          return exists("*." + at) ? data("*." + at, type) + " *" : "NAME_ERROR";
        }
      }
    }

    private String data(String name, int type) {
      if (steered.containsKey(name) && (type == Types.A || type == Types.AAAA)) {
        return "STEERED " + steered.get(name);
      }
      var types = records.getOrDefault(name, new TreeSet<>());
      if (type == Types.ANY && !types.isEmpty()) {
        return "ANSWER " + name + " " + Type.string(types.first());
      }
      if (type == Types.ANY && steered.containsKey(name)) {
        return "STEERED " + steered.get(name);
      }
      if (types.contains(type)) {
        return "ANSWER " + name + " " + Type.string(type);
      }
      return types.contains(Types.CNAME) ? "CNAME " + name + " CNAME" : "NODATA";
    }

    private boolean has(String name, int type) {
      return records.containsKey(name) && records.get(name).contains(type);
    }

    private boolean exists(String name) {
      return records.keySet().stream().anyMatch(n -> n.equals(name) || n.endsWith("." + name))
          || steered.keySet().stream().anyMatch(n -> n.equals(name) || n.endsWith("." + name));
    }

    /** The name one label longer than {@code at} on the way to {@code name}. */
    private static String down(String name, String at) {
      int dot = name.lastIndexOf('.', name.length() - at.length() - 2);
      return name.substring(dot + 1);
    }
  }

  @Test
  void agreesWithThePlainLookup() {
    var random = new Random(20261121);
    var outcomes = new HashMap<String, Integer>();
    int zones = 0;
    for (int round = 0; round < 6000; round++) {
      var records = new TreeMap<String, SortedSet<Integer>>();
      var steered = new HashMap<String, Integer>();
      String text = zone(random, records, steered);
      var loaded = ZoneLoader.load(ZoneText.source("z", text, Path.of("."), steered));
      Zone zone = loaded.zone();
      if (zone == null) {
        assertThat(loaded.problems()).anyMatch(p -> p.severity() == Severity.ERROR);
        continue;
      }
      zones++;
      var naive = new Naive(records, steered);
      for (int i = 0; i < 60; i++) {
        String name = name(random, 5, i % 3 == 0 ? "x" : "a");
        int type = Type.value(ASKED[random.nextInt(ASKED.length)]);
        String expected = naive.look(name, type);
        assertThat(ZoneText.look(zone, ZoneText.name(name), type))
            .as("%s %s in%n%s%s", name, Type.string(type), text, steered)
            .isEqualTo(expected);
        outcomes.merge(expected.split(" ", 2)[0] + expected.endsWith("*"), 1, Integer::sum);
      }
    }
    assertThat(zones).isGreaterThan(1000);
    assertThat(outcomes.keySet())
        .contains(
            "ANSWERfalse",
            "ANSWERtrue",
            "NODATAfalse",
            "NODATAtrue",
            "NAME_ERRORfalse",
            "REFERRALfalse",
            "CNAMEfalse",
            "CNAMEtrue",
            "DNAMEfalse",
            "STEEREDfalse",
            "STEEREDtrue");
  }

  private static String zone(
      Random random, Map<String, SortedSet<Integer>> records, Map<String, Integer> steered) {
    var text = new StringBuilder();
    add(text, records, ORIGIN, "SOA");
    add(text, records, ORIGIN, "NS");
    for (int i = random.nextInt(7); i >= 0; i--) {
      add(text, records, name(random, 4, "b"), TYPES[random.nextInt(TYPES.length)]);
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      steered.put(name(random, 4, "b"), i);
    }
    return text.toString();
  }

  private static void add(
      StringBuilder text, Map<String, SortedSet<Integer>> records, String name, String type) {
    String data =
        switch (type) {
          case "SOA" -> "ns.other. h.other. 1 1h 1h 1d 60";
          case "NS", "CNAME", "DNAME" -> "ns.other.";
          case "A" -> "192.0.2.1";
          case "MX" -> "10 ns.other.";
          case "DS" -> "1 8 2 " + "00".repeat(32);
          default -> "\"text\"";
        };
    if (records.computeIfAbsent(name, n -> new TreeSet<>()).add(Type.value(type))) {
      text.append(name).append(' ').append(type).append(' ').append(data).append('\n');
    }
  }

  private static String name(Random random, int most, String another) {
    var name = new StringBuilder();
    for (int i = random.nextInt(most); i > 0; i--) {
      int label = random.nextInt(LABELS.length + 1);
      name.append(label == LABELS.length ? another : LABELS[label]).append('.');
    }
    return name.append(ORIGIN).toString();
  }
}
