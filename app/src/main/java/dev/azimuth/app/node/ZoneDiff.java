package dev.azimuth.app.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
                "zone %s: data %s, %d names, %s"
                    .formatted(
                        origin,
                        old.usable() ? "changed" : "can be used now",
                        data.zone().nodes(),
                        old.usable()
                            ? serial(old.zone().serial(), data.zone().serial())
                            : "serial " + data.zone().serial()));
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

  /** One line for each zone whose files hold what is not served. */
  static List<String> refused(Map<String, ZoneData> zones) {
    List<String> lines = new ArrayList<>();
    zones.forEach(
        (origin, data) -> {
          if (data.rejected() != null) {
            lines.add(
                "zone %s: %s:\n%s"
                    .formatted(
                        origin,
                        data.usable()
                            ? "new data refused, the old serve on"
                            : "its data cannot be used, every answer is SERVFAIL",
                        data.rejected()));
          }
        });
    return lines;
  }

  /** One line for each zone whose files held what was not served, and do not any more. */
  static List<String> mended(Map<String, ZoneData> before, Map<String, ZoneData> after) {
    List<String> lines = new ArrayList<>();
    after.forEach(
        (origin, data) -> {
          ZoneData old = before.get(origin);
          if (old != null && old.rejected() != null && data.rejected() == null) {
            lines.add("zone %s: its data are in order again".formatted(origin));
          }
        });
    return lines;
  }
}
