package dev.azimuth.zones;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The zones that a server is authoritative for. Immutable; safe for any number of threads. */
public final class Zones {

  /**
   * @param zones with distinct origins, in any order
   */
  public Zones(List<Zone> zones) {
    throw new AssertionError("not yet");
  }

  /** The zone with the longest origin at or above a name, on label boundaries; null for none. */
  public @Nullable Zone find(LookupName name) {
    throw new AssertionError("not yet");
  }

  public List<Zone> all() {
    throw new AssertionError("not yet");
  }
}
