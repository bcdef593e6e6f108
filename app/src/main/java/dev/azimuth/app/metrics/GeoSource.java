package dev.azimuth.app.metrics;

import java.util.List;

/**
 * The databases of places as their metrics show them.
 *
 * @param files in the order of the configuration
 * @param rejected whether the files hold something else by now that is not used
 */
public record GeoSource(List<Database> files, boolean rejected) {
  /**
   * @param file its name
   * @param type as it calls itself
   * @param built when, in seconds since the Unix epoch
   * @param ageSeconds since then
   */
  public record Database(String file, String type, long built, long ageSeconds) {}
}
