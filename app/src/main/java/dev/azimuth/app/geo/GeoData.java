package dev.azimuth.app.geo;

import dev.azimuth.steering.Places;
import dev.azimuth.steering.PlacesBuilder;
import dev.azimuth.zones.SourceFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The databases in force. Immutable.
 *
 * @param places what they say together
 * @param files in the order of the configuration
 * @param rejected why what the files hold now is not in force; null when it is
 */
public record GeoData(Places places, List<GeoFile> files, @Nullable String rejected) {
  /** There are no databases. */
  public static final GeoData NONE = new GeoData(Places.NONE, List.of(), null);

  public GeoData {
    files = List.copyOf(files);
  }

  /**
   * Reads databases.
   *
   * @param paths what an earlier one knows of an address counts before what a later one says
   * @throws GeoUnusable for all that cannot be used
   */
  public static GeoData read(List<Path> paths) throws GeoUnusable {
    if (paths.isEmpty()) {
      return NONE;
    }
    PlacesBuilder places = new PlacesBuilder();
    List<GeoFile> files = new ArrayList<>();
    List<GeoUnusable> unusable = new ArrayList<>();
    for (Path path : paths) {
      try {
        files.add(GeoReader.read(path, places));
        places.next();
      } catch (GeoUnusable e) {
        unusable.add(e);
        places = new PlacesBuilder(); // half of this one is in it; the others are still looked at
      }
    }
    if (!unusable.isEmpty()) {
      throw GeoUnusable.all(unusable);
    }
    return new GeoData(places.build(), files, null);
  }

  /** Whether these are the databases of a configuration, whatever they hold. */
  public boolean isOf(List<Path> paths) {
    return paths.equals(files.stream().map(GeoFile::path).toList());
  }

  /** Whether nobody has written to the files since they were read. */
  public boolean unchanged() {
    return files.stream().allMatch(file -> SourceFile.stamp(file.path()).equals(file.stamp()));
  }

  /** The same data, which serve on although the files hold something else. */
  public GeoData rejecting(@Nullable String why) {
    return new GeoData(places, files, why);
  }
}
