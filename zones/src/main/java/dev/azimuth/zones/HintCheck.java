package dev.azimuth.zones;

import dev.azimuth.zones.Problems.Place;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;

/** The rules of SVCB and HTTPS records whose address hints steering decides (RFC 9460). */
final class HintCheck {
  private static final int MANDATORY = 0;
  private static final int IPV4HINT = 4;
  private static final int IPV6HINT = 6;

  private final Zone zone;
  private final ZoneLayout layout;
  private final Place start;
  private final Problems problems;

  /**
   * @param layout knows where each record of {@code zone} came from
   * @param start where problems lie that no record has
   */
  HintCheck(Zone zone, ZoneLayout layout, Place start, Problems problems) {
    this.zone = zone;
    this.layout = layout;
    this.start = start;
    this.problems = problems;
  }

  /**
   * @param complete whether all records could be read; else nothing is said of missing ones
   */
  void run(ZoneSource source, boolean complete) {
    if (source.hinted().isEmpty()) {
      return;
    }
    Set<Integer> used = new HashSet<>();
    for (int set = 0; set < zone.sets(); set++) {
      int number = zone.hinted(set);
      if (number >= 0) {
        records(set, number, used);
      }
    }
    new TreeMap<>(source.steered())
        .forEach(
            (name, reference) -> {
              if (complete && source.hinted().contains(reference) && !used.contains(reference)) {
                problems.error(
                    "HINTS_WITHOUT_RECORD",
                    start,
                    name
                        + " has hints but no record to carry them: add \""
                        + name
                        + " HTTPS 1 . alpn=h2\" with what your servers speak, or take the hints"
                        + " away");
              }
            });
  }

  private void records(int set, int first, Set<Integer> used) {
    int number = first;
    int at = zone.offset(set);
    for (int index = 0; index < zone.records(set); index++) {
      int rdata = at + RecordStore.HEAD;
      int end = rdata + Additionals.length(zone.data(), rdata);
      if (zone.hintedRecord(number) == at) {
        used.add(zone.hintedBy(number++));
        if (hintIsMandatory(rdata + 2, end)) {
          problems.error(
              "HINT_IS_MANDATORY",
              layout.place(set, index),
              "hints are left out while there is no address of their family: take them out of"
                  + " \"mandatory\" (RFC 9460 section 8)");
        }
      }
      at = end;
    }
  }

  /** Whether the record lists a hint among its mandatory keys, which have the lowest number. */
  private boolean hintIsMandatory(int target, int end) {
    byte[] data = zone.data();
    int at = target;
    while (data[at] != 0) {
      at += 1 + data[at];
    }
    at++;
    if (at == end || number(data, at) != MANDATORY) {
      return false;
    }
    int value = at + 4;
    for (int key = value; key < value + number(data, at + 2); key += 2) {
      int named = number(data, key);
      if (named == IPV4HINT || named == IPV6HINT) {
        return true;
      }
    }
    return false;
  }

  private static int number(byte[] octets, int at) {
    return (octets[at] & 0xff) << 8 | (octets[at + 1] & 0xff);
  }
}
