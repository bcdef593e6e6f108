package dev.azimuth.steering;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which place an address belongs to, for every address of both families: sorted ranges with the
 * numbers of places, each distinct place once, its parts as numbers in columns. Number 0 is the
 * place of which nothing is known. Immutable; looking up allocates nothing.
 */
public final class Places {
  /** The parts of a place. */
  public enum Field {
    CONTINENT(0),
    COUNTRY(1),
    SUBDIVISION(2),
    CITY(3),
    ASN(4),
    COORDINATES(5);

    /** Where the numbers of this part stand in a row. */
    final int column;

    Field(int column) {
      this.column = column;
    }
  }

  /** What is known where there is no database: nothing. */
  public static final Places NONE = new PlacesBuilder().build();

  private final Ranges v4;
  private final Ranges v6;
  private final int[][] columns;
  private final Parts parts;
  private final Sphere sphere;

  Places(Ranges v4, Ranges v6, int[][] columns, Parts parts) {
    this.v4 = v4;
    this.v6 = v6;
    this.columns = columns;
    this.parts = parts;
    sphere = Sphere.of(parts.points);
  }

  /** Ranges of one family and the number of each one's place. */
  static final class Ranges {
    final Starts starts;
    final int[] places;

    Ranges(Starts starts, int[] places) {
      this.starts = starts;
      this.places = places;
    }
  }

  /** Every distinct part once, by its number; number 0 is the unknown one. */
  record Parts(
      List<String> continents,
      List<String> countries,
      List<List<String>> subdivisions,
      List<City> cities,
      List<Long> asns,
      List<Optional<Point>> points) {}

  /** How many distinct places there are, the unknown one included. */
  public int count() {
    return columns[0].length;
  }

  /** How many ranges of addresses of a family there are, neighbours with one place joined. */
  public int ranges(Family family) {
    return of(family).starts.size();
  }

  /** The parts that any place has. */
  public Set<Field> known() {
    Set<Field> known = EnumSet.noneOf(Field.class);
    for (Field field : Field.values()) {
      if (Arrays.stream(column(field)).anyMatch(part -> part != 0)) {
        known.add(field);
      }
    }
    return known;
  }

  /** The number of an address's place; IPv4 in the lower 32 bits of {@code low}. */
  public int find(boolean v4, long high, long low) {
    Ranges ranges = of(v4 ? Family.V4 : Family.V6);
    return ranges.places[ranges.starts.find(high, low)];
  }

  /** The length of the shortest prefix around an address that lies in one place. */
  public int length(boolean v4, long high, long low) {
    Starts starts = of(v4 ? Family.V4 : Family.V6).starts;
    return starts.scope(starts.find(high, low), high, low);
  }

  /** A place by its number. */
  public Place place(int number) {
    return new Place(
        parts.continents.get(column(Field.CONTINENT)[number]),
        parts.countries.get(column(Field.COUNTRY)[number]),
        parts.subdivisions.get(column(Field.SUBDIVISION)[number]),
        parts.cities.get(column(Field.CITY)[number]),
        parts.asns.get(column(Field.ASN)[number]),
        parts.points.get(column(Field.COORDINATES)[number]).orElse(null));
  }

  Ranges of(Family family) {
    return family == Family.V4 ? v4 : v6;
  }

  /** By place: the number of its part. */
  int[] column(Field field) {
    return columns[field.column];
  }

  Parts parts() {
    return parts;
  }

  /** Where the points are, by the number of the point. */
  Sphere sphere() {
    return sphere;
  }
}
