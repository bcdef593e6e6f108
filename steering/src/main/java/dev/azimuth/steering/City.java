package dev.azimuth.steering;

/**
 * A city, by its name, its number, or both.
 *
 * @param name in English; empty when not known
 * @param geonameId its number at geonames.org; 0 when not known
 */
public record City(String name, int geonameId) {
  /** No city is known. */
  public static final City UNKNOWN = new City("", 0);
}
