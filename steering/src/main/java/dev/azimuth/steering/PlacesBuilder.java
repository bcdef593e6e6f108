package dev.azimuth.steering;

import dev.azimuth.steering.Places.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes the table of one or several databases: of each, every range in the order of addresses. What
 * an earlier database knows of an address counts before what a later one says. For one use, by one
 * thread.
 */
public final class PlacesBuilder {
  private final Distinct<String> continents = new Distinct<>();
  private final Distinct<String> countries = new Distinct<>();
  private final Distinct<List<String>> subdivisions = new Distinct<>();
  private final Distinct<City> cities = new Distinct<>();
  private final Distinct<Long> asns = new Distinct<>();
  private final Distinct<Optional<Point>> points = new Distinct<>();
  private static final int FIELDS = Field.values().length;

  private final Numbers rows = new Numbers(FIELDS);
  private final long[] row = new long[FIELDS];
  private @Nullable Joined before;
  private Filling v4 = new Filling(Family.V4);
  private Filling v6 = new Filling(Family.V6);

  /** The ranges of the databases so far. */
  private record Joined(Places.Ranges v4, Places.Ranges v6) {}

  /** A table that knows nothing yet. */
  public PlacesBuilder() {
    number(Place.UNKNOWN);
  }

  /** The number of a place, for {@link #add}; equal places have one number. */
  public int number(Place place) {
    row[Field.CONTINENT.column] = continents.number(place.continent());
    row[Field.COUNTRY.column] = countries.number(place.country());
    row[Field.SUBDIVISION.column] = subdivisions.number(place.subdivisions());
    row[Field.CITY.column] = cities.number(place.city());
    row[Field.ASN.column] = asns.number(place.asn());
    row[Field.COORDINATES.column] = points.number(Optional.ofNullable(place.at()));
    return rows.of(row);
  }

  /**
   * The addresses of a prefix are at a place; IPv4 in the lower 32 bits of {@code low}.
   *
   * @param length of the prefix, 0 to 32 or 128
   * @param place as {@link #number} gave it
   * @throws IllegalArgumentException when the prefix does not lie behind those before it
   */
  public void add(boolean v4, long high, long low, int length, int place) {
    (v4 ? this.v4 : this.v6).add(high, low, length, place);
  }

  /** What is added from now on comes from the next database. */
  public void next() {
    Places.Ranges fresh4 = v4.whole();
    Places.Ranges fresh6 = v6.whole();
    before =
        before == null
            ? new Joined(fresh4, fresh6)
            : new Joined(join(Family.V4, before.v4, fresh4), join(Family.V6, before.v6, fresh6));
    v4 = new Filling(Family.V4);
    v6 = new Filling(Family.V6);
  }

  /** The table of all that was added. */
  public Places build() {
    if (before == null || !v4.isEmpty() || !v6.isEmpty()) {
      next();
    }
    Joined all = Objects.requireNonNull(before);
    int[][] columns = new int[FIELDS][rows.count()];
    for (int place = 0; place < rows.count(); place++) {
      for (int field = 0; field < columns.length; field++) {
        columns[field][place] = (int) rows.at(place, field);
      }
    }
    return new Places(
        all.v4,
        all.v6,
        columns,
        new Places.Parts(
            List.copyOf(continents.values),
            List.copyOf(countries.values),
            List.copyOf(subdivisions.values),
            List.copyOf(cities.values),
            List.copyOf(asns.values),
            List.copyOf(points.values)));
  }

  private Places.Ranges join(Family family, Places.Ranges first, Places.Ranges second) {
    Filling joined = new Filling(family);
    long high = 0;
    long low = 0;
    int i = 0;
    int k = 0;
    while (true) {
      joined.put(high, low, joined(first.places[i], second.places[k]));
      if (i + 1 == first.starts.size() && k + 1 == second.starts.size()) {
        return joined.ranges();
      }
      int order = order(first.starts, i + 1, second.starts, k + 1);
      if (order <= 0) {
        i++;
        high = first.starts.high(i);
        low = first.starts.low(i);
      }
      if (order >= 0) {
        k++;
        high = second.starts.high(k);
        low = second.starts.low(k);
      }
    }
  }

  private static int order(Starts first, int i, Starts second, int k) {
    if (i == first.size() || k == second.size()) {
      return i == first.size() ? 1 : -1;
    }
    return Starts.compare(first.high(i), first.low(i), second.high(k), second.low(k));
  }

  private int joined(int first, int second) {
    if (first == 0 || second == 0 || first == second) {
      return first == 0 ? second : first;
    }
    for (int field = 0; field < row.length; field++) {
      long part = rows.at(first, field);
      row[field] = part != 0 ? part : rows.at(second, field);
    }
    return rows.of(row);
  }

  /** Ranges of one family as they come. */
  private static final class Filling {
    private final Family family;
    private final Starts.Growing starts;
    private int[] places = new int[16];

    /** Where the next prefix may begin; {@code full} when nothing comes after the last one. */
    private long endHigh;

    private long endLow;
    private boolean full;

    Filling(Family family) {
      this.family = family;
      starts = new Starts.Growing(family);
    }

    void add(long high, long low, int length, int place) {
      if (full || Starts.compare(high, low, endHigh, endLow) < 0) {
        throw new IllegalArgumentException("the prefixes do not rise");
      }
      if (high != endHigh || low != endLow) {
        put(endHigh, endLow, 0);
      }
      put(high, low, place);
      PrefixEnd end = PrefixEnd.of(family, high, low, length);
      full = end.last();
      endHigh = end.high();
      endLow = end.low();
    }

    boolean isEmpty() {
      return starts.size() == 0;
    }

    /** From here on addresses have a place. */
    void put(long high, long low, int place) {
      int size = starts.size();
      if (size > 0 && places[size - 1] == place) {
        return;
      }
      if (size == places.length) {
        places = Arrays.copyOf(places, size + (size >> 1));
      }
      places[size] = place;
      starts.add(high, low);
    }

    /** What was added, and nothing known of what comes after it. */
    Places.Ranges whole() {
      if (!full) {
        put(endHigh, endLow, 0);
      }
      return ranges();
    }

    Places.Ranges ranges() {
      Starts all = starts.starts();
      return new Places.Ranges(all, Arrays.copyOf(places, all.size()));
    }
  }

  /** Values numbered in the order in which they first come. */
  private static final class Distinct<T> {
    private final Map<T, Integer> numbers = new HashMap<>();
    private final List<T> values = new ArrayList<>();

    int number(T value) {
      Integer known = numbers.putIfAbsent(value, values.size());
      if (known != null) {
        return known;
      }
      values.add(value);
      return values.size() - 1;
    }
  }
}
