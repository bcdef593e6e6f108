package dev.azimuth.app.node;

import dev.azimuth.app.config.Problem;
import dev.azimuth.zones.SourceFile;
import dev.azimuth.zones.Zone;
import dev.azimuth.zones.ZoneLoader;
import dev.azimuth.zones.ZoneSource;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A zone that can be served, or that fails until it can, and what it was read from.
 *
 * @param source whose references count from 0, in the order of the zone's steered names
 * @param zone with references that are unique among all zones
 * @param files as they were read
 * @param content a digest of what the zone was made of; empty while it cannot be used
 * @param warnings what is questionable in it
 * @param loaded when it was read
 * @param rejected why what its files hold now is not served; null when it is
 */
record ZoneData(
    ZoneSource source,
    Zone zone,
    List<SourceFile> files,
    String content,
    List<Problem> warnings,
    Instant loaded,
    @Nullable String rejected) {

  /** A zone that never could be served: every query is answered with SERVFAIL. */
  static ZoneData unusable(ZoneSource source, List<SourceFile> files, String why) {
    Zone zone = ZoneLoader.unusable(source.origin());
    return new ZoneData(source, zone, files, "", List.of(), Instant.now(), why);
  }

  /** Whether it has data. */
  boolean usable() {
    return !content.isEmpty();
  }

  /** Whether a source would come to the same zone. */
  boolean stands(ZoneSource wanted) {
    return usable() && source.equals(wanted) && files.stream().allMatch(SourceFile::unchanged);
  }

  /** The same data with references counted from another number. */
  ZoneData referencesFrom(int first) {
    return new ZoneData(
        source, zone.referencesFrom(first), files, content, warnings, loaded, rejected);
  }

  /** The same data, which serve on although the files hold something else. */
  ZoneData rejecting(@Nullable String why) {
    return new ZoneData(source, zone, files, content, warnings, loaded, why);
  }
}
