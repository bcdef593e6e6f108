package dev.azimuth.steering;

import dev.azimuth.steering.Places.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * In which areas of a list each place lies. Places that lie in the same areas share a number, of
 * which there are few, so that whatever depends on the areas is worked out once for each of those.
 */
final class AreaSets {
  private final int[] numbers;
  private final Numbers sets;

  private AreaSets(int[] numbers, Numbers sets) {
    this.numbers = numbers;
    this.sets = sets;
  }

  static AreaSets of(List<Area> areas, Places places) {
    return new Building(areas, places).build();
  }

  /** How many different sets of areas places lie in. */
  int count() {
    return sets.count();
  }

  /** The number of the set of areas that a place lies in. */
  int number(int place) {
    return numbers.length == 0 ? 0 : numbers[place];
  }

  /** Whether the places of a set lie in an area, by its index. */
  boolean contains(int set, int area) {
    return (sets.at(set, area >> 6) >> area & 1) != 0;
  }

  /**
   * One run. Sets of areas are bits: for each part of a place, the areas that the part alone does
   * not rule out; the areas of a place are what all of its parts leave.
   */
  private static final class Building {
    private final List<Area> areas;
    private final Places places;
    private final int words;
    private final List<int[]> columns = new ArrayList<>();
    private final List<long[][]> left = new ArrayList<>();

    Building(List<Area> areas, Places places) {
      this.areas = areas;
      this.places = places;
      words = Math.max(1, (areas.size() + 63) / 64);
    }

    AreaSets build() {
      Places.Parts parts = places.parts();
      part(Field.CONTINENT, parts.continents(), List::of, Area::continents);
      part(Field.COUNTRY, parts.countries(), List::of, Area::countries);
      part(Field.SUBDIVISION, parts.subdivisions(), keys -> keys, Area::subdivisions);
      part(
          Field.CITY,
          parts.cities(),
          city -> List.of(lower(city.name()), city.geonameId()),
          area -> area.cities().stream().map(Building::key).toList());
      part(Field.ASN, parts.asns(), List::of, Area::asns);
      boolean anyUnknown = areas.stream().anyMatch(Area::unknown);
      Numbers sets = new Numbers(words);
      if (columns.isEmpty() && !anyUnknown) {
        sets.of(areas(area -> true));
        return new AreaSets(new int[0], sets);
      }
      long[] whereKnown = areas(area -> !area.unknown());
      long[] set = new long[words];
      int[] numbers = new int[places.count()];
      for (int place = 0; place < numbers.length; place++) {
        boolean known = !anyUnknown || known(place);
        for (int word = 0; word < words; word++) {
          long bits = known ? whereKnown[word] : -1;
          for (int i = 0; i < columns.size(); i++) {
            bits &= left.get(i)[columns.get(i)[place]][word];
          }
          set[word] = bits;
        }
        numbers[place] = sets.of(set);
      }
      return new AreaSets(numbers, sets);
    }

    private static Object key(City city) {
      return city.geonameId() != 0 ? city.geonameId() : lower(city.name());
    }

    private static String lower(String name) {
      return name.toLowerCase(Locale.ROOT);
    }

    private boolean known(int place) {
      for (Field field : Field.values()) {
        if (field != Field.ASN && places.column(field)[place] != 0) {
          return true;
        }
      }
      return false;
    }

    private interface Test {
      boolean holds(Area area);
    }

    private long[] areas(Test test) {
      long[] bits = new long[words];
      for (int i = 0; i < areas.size(); i++) {
        if (test.holds(areas.get(i))) {
          bits[i >> 6] |= 1L << i;
        }
      }
      return bits;
    }

    /**
     * @param keys of a part, any of which an area may want
     * @param wanted by an area; empty for any
     */
    private <P, K> void part(
        Field field,
        List<P> parts,
        Function<P, List<? extends K>> keys,
        Function<Area, ? extends Collection<? extends K>> wanted) {
      if (areas.stream().allMatch(area -> wanted.apply(area).isEmpty())) {
        return;
      }
      long[] indifferent = areas(area -> wanted.apply(area).isEmpty());
      Map<K, long[]> byKey = new HashMap<>();
      for (int i = 0; i < areas.size(); i++) {
        for (K key : wanted.apply(areas.get(i))) {
          byKey.computeIfAbsent(key, k -> indifferent.clone())[i >> 6] |= 1L << i;
        }
      }
      long[][] leftBy = new long[parts.size()][];
      for (int part = 0; part < leftBy.length; part++) {
        long[] bits = indifferent;
        for (K key : keys.apply(parts.get(part))) {
          long[] more = byKey.get(key);
          if (more != null) {
            bits = union(bits, more);
          }
        }
        leftBy[part] = bits;
      }
      columns.add(places.column(field));
      left.add(leftBy);
    }

    private static long[] union(long[] a, long[] b) {
      long[] union = a.clone();
      for (int i = 0; i < union.length; i++) {
        union[i] |= b[i];
      }
      return union;
    }
  }
}
