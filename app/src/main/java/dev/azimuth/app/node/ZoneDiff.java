package dev.azimuth.app.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What zone data change of others, in words. Pure. */
final class ZoneDiff {
  private ZoneDiff() {}

  /** One line for each zone whose files were read anew, of many the first. */
  static List<String> lines(Map<String, ZoneData> before, Map<String, ZoneData> after) {
    Changes changes = new Changes();
    after.forEach(
        (origin, data) -> {
          ZoneData old = before.get(origin);
          if (old != null && !data.files().isEmpty() && !old.content().equals(data.content())) {
            changes.add(
                "zones: data changed",
                "zone %s: data changed, %d names, %s"
                    .formatted(
                        origin,
                        data.zone().nodes(),
                        serial(old.zone().serial(), data.zone().serial())));
          }
        });
    return changes.lines();
  }

  /** Secondaries go by the serial (RFC 1982 section 3.2). */
  private static String serial(long before, long after) {
    int rise = (int) (after - before);
    String doubt =
        rise == 0 ? ", as before" : ", which is older than " + before + " to secondaries";
    return "serial " + after + (rise > 0 ? "" : doubt);
  }

  /** One line for each zone whose files have newly come to hold what is not served. */
  static List<String> refused(Map<String, ZoneData> before, Map<String, ZoneData> after) {
    List<String> lines = new ArrayList<>();
    after.forEach(
        (origin, data) -> {
          ZoneData old = before.get(origin);
          String why = data.rejected();
          if (why != null && (old == null || !Objects.equals(old.rejected(), why))) {
            lines.add("zone " + origin + ": new data refused, the old serve on:\n" + why);
          }
        });
    return lines;
  }
}
