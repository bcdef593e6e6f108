package dev.azimuth.steering;

/**
 * A place on the globe, in degrees.
 *
 * @param latitude −90 to 90, north is positive
 * @param longitude −180 to 180, east is positive
 */
public record Point(double latitude, double longitude) {
  /** The most that a latitude and a longitude can be. */
  public static final double MOST_LATITUDE = 90;

  public static final double MOST_LONGITUDE = 180;

  public Point {
    if (!(Math.abs(latitude) <= MOST_LATITUDE && Math.abs(longitude) <= MOST_LONGITUDE)) {
      throw new IllegalArgumentException(latitude + ", " + longitude);
    }
  }
}
