package dev.azimuth.steering;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/** Random databases and areas over few words, so that they meet; and what they plainly mean. */
final class Atlas {
  private static final List<String> CONTINENTS = List.of("", "EU", "AS", "NA");
  private static final List<String> COUNTRIES = List.of("", "DE", "FR", "US", "JP", "CA");
  private static final List<String> SUBDIVISIONS = List.of("US-CA", "US-NY", "DE-BE", "FR-IDF");
  private static final List<City> CITIES =
      List.of(City.UNKNOWN, new City("Berlin", 0), new City("Springfield", 7), new City("", 8));

  private Atlas() {}

  /** A prefix and where its addresses are. */
  record Entry(Cidr cidr, Place place) {}

  static Place place(Random random) {
    if (random.nextInt(6) == 0) {
      return Place.UNKNOWN;
    }
    List<String> subdivisions = new ArrayList<>();
    for (String each : SUBDIVISIONS) {
      if (random.nextInt(4) == 0) {
        subdivisions.add(each);
      }
    }
    return new Place(
        one(random, CONTINENTS),
        one(random, COUNTRIES),
        subdivisions,
        one(random, CITIES),
        random.nextInt(3) * 65_536L * 40_000,
        random.nextBoolean() ? null : point(random));
  }

  /** Also at the poles and at 180°, and several times the same. */
  static Point point(Random random) {
    return new Point(random.nextInt(-2, 3) * 45, random.nextInt(-6, 7) * 30);
  }

  static <T> T one(Random random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** Disjoint prefixes in rising order that end above the given number of bits. */
  static List<Entry> database(Random random, boolean v4, int bits) {
    List<Entry> entries = new ArrayList<>();
    divide(random, v4, 0, 0, 0, bits, entries);
    return entries;
  }

  private static void divide(
      Random random, boolean v4, long high, long low, int length, int bits, List<Entry> entries) {
    if (length == bits || random.nextInt(3 + length) < length / 3) {
      if (random.nextInt(5) > 0) {
        entries.add(new Entry(new Cidr(v4, high, low, length), place(random)));
      }
      return;
    }
    divide(random, v4, high, low, length + 1, bits, entries);
    boolean upper = !v4 && length < 64;
    long bit = 1L << (v4 ? 31 - length : upper ? 63 - length : 127 - length);
    divide(
        random, v4, upper ? high | bit : high, upper ? low : low | bit, length + 1, bits, entries);
  }

  static Places places(List<List<Entry>> databases) {
    PlacesBuilder builder = new PlacesBuilder();
    for (List<Entry> database : databases) {
      for (Entry entry : database) {
        Cidr cidr = entry.cidr;
        builder.add(cidr.v4(), cidr.high(), cidr.low(), cidr.length(), builder.number(entry.place));
      }
      builder.next();
    }
    return builder.build();
  }

  /** What all databases together know of an address, the first that says something first. */
  static Place find(List<List<Entry>> databases, boolean v4, long high, long low) {
    Place all = Place.UNKNOWN;
    for (List<Entry> database : databases) {
      for (Entry entry : database) {
        if (contains(entry.cidr, v4, high, low)) {
          Place more = entry.place;
          all =
              new Place(
                  all.continent().isEmpty() ? more.continent() : all.continent(),
                  all.country().isEmpty() ? more.country() : all.country(),
                  all.subdivisions().isEmpty() ? more.subdivisions() : all.subdivisions(),
                  all.city().equals(City.UNKNOWN) ? more.city() : all.city(),
                  all.asn() == 0 ? more.asn() : all.asn(),
                  all.at() == null ? more.at() : all.at());
        }
      }
    }
    return all;
  }

  static boolean contains(Cidr cidr, boolean v4, long high, long low) {
    if (cidr.v4() != v4) {
      return false;
    }
    if (v4) {
      return cidr.length() == 0 || (low ^ cidr.low()) >>> (32 - cidr.length()) == 0;
    }
    for (int bit = 0; bit < cidr.length(); bit++) {
      long difference = bit < 64 ? high ^ cidr.high() : low ^ cidr.low();
      if ((difference >>> (63 - bit % 64) & 1) != 0) {
        return false;
      }
    }
    return true;
  }

  static Area area(Random random) {
    if (random.nextInt(8) == 0) {
      Set<Long> asns = random.nextBoolean() ? Set.of() : Set.of(65_536L * 40_000);
      return new Area(Set.of(), Set.of(), Set.of(), List.of(), asns, true);
    }
    return new Area(
        some(random, List.of("EU", "AS", "NA", "SA")),
        some(random, List.of("DE", "FR", "US", "BR")),
        some(random, SUBDIVISIONS),
        List.copyOf(
            some(random, List.of(new City("BERLIN", 0), new City("", 7), new City("Nowhere", 0)))),
        some(random, List.of(65_536L * 40_000, 65_536L * 80_000, 1L)),
        false);
  }

  private static <T> Set<T> some(Random random, List<T> of) {
    return random.nextInt(3) > 0 ? Set.of() : Set.of(of.get(0), of.get(1 + random.nextInt(2)));
  }

  static boolean matches(Area area, Place place) {
    boolean known =
        !place.continent().isEmpty()
            || !place.country().isEmpty()
            || !place.subdivisions().isEmpty()
            || !place.city().equals(City.UNKNOWN)
            || place.at() != null;
    return (area.continents().isEmpty() || area.continents().contains(place.continent()))
        && (area.countries().isEmpty() || area.countries().contains(place.country()))
        && (area.subdivisions().isEmpty()
            || place.subdivisions().stream().anyMatch(area.subdivisions()::contains))
        && (area.cities().isEmpty()
            || area.cities().stream()
                .anyMatch(
                    city ->
                        city.geonameId() != 0
                            ? city.geonameId() == place.city().geonameId()
                            : city.name()
                                .toLowerCase(Locale.ROOT)
                                .equals(place.city().name().toLowerCase(Locale.ROOT))))
        && (area.asns().isEmpty() || area.asns().contains(place.asn()))
        && !(area.unknown() && known);
  }
}
