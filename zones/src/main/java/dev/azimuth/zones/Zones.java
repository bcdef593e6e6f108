package dev.azimuth.zones;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The zones that a server is authoritative for. Immutable; safe for any number of threads. */
public final class Zones {
  private final List<Zone> zones;
  private final NameTable origins = new NameTable();

  /** The distinct numbers of labels that origins have, the most first. */
  private final int[] labels;

  /** The zones by the number of their origin in {@link #origins}. */
  private final Zone[] byOrigin;

  /**
   * @param zones with distinct origins, in any order
   * @throws IllegalArgumentException when two have the same origin
   */
  public Zones(List<Zone> zones) {
    this.zones = List.copyOf(zones);
    this.byOrigin = this.zones.toArray(Zone[]::new);
    var name = new LookupName();
    for (Zone zone : byOrigin) {
      name.read(zone.data(), zone.name(0), zone.data().length);
      if (origins.find(name, 0) >= 0) {
        throw new IllegalArgumentException("two zones have the origin " + zone.origin());
      }
      origins.add(name, 0);
    }
    this.labels =
        this.zones.stream()
            .mapToInt(zone -> -zone.originLabels())
            .sorted()
            .distinct()
            .map(n -> -n)
            .toArray();
  }

  /**
   * The zone with the longest origin at or above a name, on label boundaries; null for none.
   * Allocates nothing.
   */
  public @Nullable Zone find(LookupName name) {
    return find(name, name.labels);
  }

  /**
   * The same strictly above a name: where a question for DS belongs when both sides of a cut are
   * served here (RFC 4035 section 3.1.4.1). Allocates nothing.
   */
  public @Nullable Zone findAbove(LookupName name) {
    return find(name, name.labels - 1);
  }

  private @Nullable Zone find(LookupName name, int most) {
    for (int count : labels) {
      if (count <= most) {
        int number = origins.find(name, name.labels - count);
        if (number >= 0) {
          return byOrigin[number];
        }
      }
    }
    return null;
  }

  /** All zones, in the order they were given. */
  public List<Zone> all() {
    return zones;
  }
}
