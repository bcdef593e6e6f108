package dev.azimuth.app.geo;

import dev.azimuth.steering.Places.Field;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;

/**
 * A database as it was read.
 *
 * @param type as it calls itself, such as {@code GeoLite2-City}
 * @param built when its maker built it
 * @param knows which parts of a place any of its networks has
 * @param networks how many it has
 * @param stamp what the file system said of the file before it was read
 */
public record GeoFile(
    Path path, String type, Instant built, Set<Field> knows, long networks, String stamp) {
  public GeoFile {
    knows = Set.copyOf(knows);
  }

  /** The last part of its path. */
  public String name() {
    Path last = path.getFileName();
    return last == null ? path.toString() : last.toString();
  }
}
