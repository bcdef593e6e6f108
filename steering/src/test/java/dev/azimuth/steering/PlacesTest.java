package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.steering.Places.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of places, its joins and its areas, against evaluations that are obviously right. */
class PlacesTest {
  private static final Place BERLIN =
      new Place("EU", "DE", List.of("DE-BE"), new City("Berlin", 0), 0, new Point(52.5, 13.4));

  static IntStream seeds() {
    return IntStream.range(0, 40);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void knowsOfEveryAddressWhatTheFirstDatabaseSaysThatSaysSomething(int seed) {
    Random random = new Random(seed);
    int bits = seed % 4 == 0 ? 12 : 7;
    List<List<Atlas.Entry>> databases = new ArrayList<>();
    for (int i = 0; i <= seed % 3; i++) {
      List<Atlas.Entry> entries = new ArrayList<>(Atlas.database(random, true, bits));
      entries.addAll(Atlas.database(random, false, 7));
      databases.add(entries);
    }
    Places places = Atlas.places(databases);
    for (long top = 0; top < 1L << bits; top++) {
      long first = top << (32 - bits);
      long address = first | random.nextLong(1L << (32 - bits));
      assertThat(places.place(places.find(true, 0, address)))
          .isEqualTo(Atlas.find(databases, true, 0, address));
      assertThat(places.length(true, 0, address)).isLessThanOrEqualTo(bits);
    }
    for (long top = 0; top < 1 << 7; top++) {
      long high = top << 57 | random.nextLong(1L << 57);
      long low = random.nextLong();
      assertThat(places.place(places.find(false, high, low)))
          .isEqualTo(Atlas.find(databases, false, high, low));
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void placesLieInTheAreasThatTheirPartsSay(int seed) {
    Random random = new Random(seed);
    Places places = Atlas.places(List.of(Atlas.database(random, true, 10)));
    List<Area> areas = new ArrayList<>();
    for (int i = 0; i <= (seed % 5 == 0 ? 130 : 4); i++) {
      areas.add(random.nextInt(4) == 0 ? Area.ANYWHERE : Atlas.area(random));
    }
    AreaSets sets = AreaSets.of(areas, places);
    for (int place = 0; place < places.count(); place++) {
      for (int i = 0; i < areas.size(); i++) {
        assertThat(sets.contains(sets.number(place), i))
            .as("%s in %s", places.place(place), areas.get(i))
            .isEqualTo(Atlas.matches(areas.get(i), places.place(place)));
      }
    }
  }

  @Test
  void knowsNothingWithoutADatabase() {
    assertThat(Places.NONE.count()).isEqualTo(1);
    assertThat(Places.NONE.known()).isEmpty();
    assertThat(Places.NONE.place(Places.NONE.find(true, 0, 0x01020304))).isEqualTo(Place.UNKNOWN);
    assertThat(Places.NONE.length(false, 1, 2)).isZero();
  }

  @Test
  void countsEqualPlacesOnceAndSaysWhichPartsAreKnown() {
    PlacesBuilder builder = new PlacesBuilder();
    Place again =
        new Place("EU", "DE", List.of("DE-BE"), new City("Berlin", 0), 0, new Point(52.5, 13.4));
    builder.add(true, 0, 0x01000000L, 8, builder.number(BERLIN));
    builder.add(true, 0, 0x02000000L, 8, builder.number(again));
    builder.add(true, 0, 0xff000000L, 8, builder.number(BERLIN));
    Places places = builder.build();
    assertThat(places.count()).isEqualTo(2);
    assertThat(places.ranges(Family.V4)).as("nothing, Berlin, nothing, Berlin").isEqualTo(4);
    assertThat(places.known())
        .containsExactly(
            Field.CONTINENT, Field.COUNTRY, Field.SUBDIVISION, Field.CITY, Field.COORDINATES);
  }

  @Test
  void refusesPrefixesThatDoNotRise() {
    PlacesBuilder builder = new PlacesBuilder();
    int berlin = builder.number(BERLIN);
    builder.add(true, 0, 0x01000000L, 8, berlin);
    assertThatThrownBy(() -> builder.add(true, 0, 0x01ff0000L, 16, berlin))
        .isInstanceOf(IllegalArgumentException.class);
    builder.add(false, -1, -1, 128, berlin);
    assertThatThrownBy(() -> builder.add(false, 0, 0, 128, berlin))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void findsTheRangeOfEveryAddressWhicheverBitsTellThemApart(int seed) {
    Random random = new Random(seed);
    Family family = seed % 2 == 0 ? Family.V4 : Family.V6;
    // Starts that crowd into a small part of the space, at a random depth of it.
    int depth = random.nextInt(family == Family.V4 ? 20 : 60);
    long high = random.nextLong() << (64 - 4) >>> 4;
    List<long[]> starts = new ArrayList<>();
    starts.add(new long[] {0, 0});
    for (int i = 0; i < 500; i++) {
      long crowded = random.nextLong(1L << (family == Family.V4 ? 32 - depth : 63 - depth));
      starts.add(
          family == Family.V4
              ? new long[] {0, (0x80000000L | crowded) & 0xffffffffL}
              : new long[] {high ^ crowded, random.nextInt(3) == 0 ? 0 : random.nextLong()});
    }
    starts.sort((a, b) -> Starts.compare(a[0], a[1], b[0], b[1]));
    Starts.Growing growing = new Starts.Growing(family);
    starts.forEach(start -> growing.add(start[0], start[1]));
    Starts all = growing.starts();
    for (int i = 0; i < 2000; i++) {
      long[] near = starts.get(random.nextInt(starts.size()));
      long low = near[1] + random.nextInt(-1, 2);
      long[] address =
          random.nextInt(4) > 0
              ? new long[] {near[0], family == Family.V4 ? low & 0xffffffffL : low}
              : new long[] {
                family == Family.V4 ? 0 : random.nextLong(), random.nextLong() & 0xffffffffL
              };
      int last = 0;
      while (last + 1 < starts.size()
          && Starts.compare(
                  starts.get(last + 1)[0], starts.get(last + 1)[1], address[0], address[1])
              <= 0) {
        last++;
      }
      assertThat(all.find(address[0], address[1])).isEqualTo(last);
    }
  }
}
