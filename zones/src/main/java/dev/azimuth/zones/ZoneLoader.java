package dev.azimuth.zones;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds zone images from master-file text, finding every problem in one run. */
public final class ZoneLoader {
  private ZoneLoader() {}

  /**
   * @param zone null when a problem is an error
   * @param problems in the order of their lines
   */
  public record Loaded(@Nullable Zone zone, List<ZoneProblem> problems) {}

  public static Loaded load(ZoneSource source) {
    throw new AssertionError("not yet");
  }
}
