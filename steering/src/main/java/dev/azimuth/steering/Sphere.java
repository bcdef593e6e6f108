package dev.azimuth.steering;

import java.util.List;
import java.util.Optional;

/**
 * Points as unit vectors from the middle of the globe. The square of half the chord between two is
 * what the haversine formula computes from their angles, and rises with the great-circle distance;
 * nothing special happens at 180° or at a pole.
 */
final class Sphere {
  /** Points whose distances differ by no more than this share count as equally far. */
  static final double NEAR_TIE = 1.05;

  private final double[] x;
  private final double[] y;
  private final double[] z;

  private Sphere(int points) {
    x = new double[points];
    y = new double[points];
    z = new double[points];
  }

  /** Unknown points are nowhere near any other: whoever asks for them gets NaN. */
  static Sphere of(List<Optional<Point>> points) {
    Sphere sphere = new Sphere(points.size());
    for (int i = 0; i < points.size(); i++) {
      sphere.set(i, points.get(i));
    }
    return sphere;
  }

  /** How many points there are. */
  int size() {
    return x.length;
  }

  private void set(int index, Optional<Point> point) {
    double latitude = Math.toRadians(point.map(Point::latitude).orElse(Double.NaN));
    double longitude = Math.toRadians(point.map(Point::longitude).orElse(Double.NaN));
    x[index] = Math.cos(latitude) * Math.cos(longitude);
    y[index] = Math.cos(latitude) * Math.sin(longitude);
    z[index] = Math.sin(latitude);
  }

  /** The square of half the chord from a point here to one of another sphere, 0 to 1. */
  double haversine(int point, Sphere other, int otherPoint) {
    double dx = x[point] - other.x[otherPoint];
    double dy = y[point] - other.y[otherPoint];
    double dz = z[point] - other.z[otherPoint];
    return (dx * dx + dy * dy + dz * dz) / 4;
  }

  /**
   * Whether two distances, given as haversines, are a near tie.
   *
   * @param nearest not above {@code farther}
   */
  static boolean nearTie(double nearest, double farther) {
    // Angles grow faster than half chords: where these differ by more, so do the distances.
    return farther <= nearest * (NEAR_TIE * NEAR_TIE)
        && angle(farther) <= angle(nearest) * NEAR_TIE;
  }

  private static double angle(double haversine) {
    return 2 * Math.asin(Math.min(1, Math.sqrt(haversine)));
  }
}
