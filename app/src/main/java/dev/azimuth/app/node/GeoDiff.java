package dev.azimuth.app.node;

import dev.azimuth.app.geo.GeoData;
import dev.azimuth.app.geo.GeoFile;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What databases change of others, in words. Pure. */
final class GeoDiff {
  private GeoDiff() {}

  /** One line for each database that was read anew. */
  static List<String> lines(GeoData before, GeoData after) {
    return after.files().stream()
        .filter(file -> !before.files().contains(file))
        .map(GeoDiff::line)
        .toList();
  }

  private static String line(GeoFile file) {
    return "database %s: %s built %s, %d networks"
        .formatted(file.name(), file.type(), file.built(), file.networks());
  }

  /** What the files hold that is not used; null for nothing. */
  static @Nullable String refused(GeoData geo) {
    String why = geo.rejected();
    return why == null
        ? null
        : "databases: what the files hold now is not used, the old ones serve on:\n" + why;
  }
}
