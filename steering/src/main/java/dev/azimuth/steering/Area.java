package dev.azimuth.steering;

import java.util.List;
import java.util.Set;

/**
 * A set of places: those that each part has, where a part that is empty has all.
 *
 * @param continents as {@link Place#continent} has them
 * @param countries likewise
 * @param subdivisions likewise; one of a place's is enough
 * @param cities by name, in any case of letters, or by number
 * @param asns numbers of autonomous systems
 * @param unknown whether only places that no database knows: neither continent, country,
 *     subdivision, city nor coordinates. An autonomous system alone is no place
 */
public record Area(
    Set<String> continents,
    Set<String> countries,
    Set<String> subdivisions,
    List<City> cities,
    Set<Long> asns,
    boolean unknown) {
  /** All places, known or not. */
  public static final Area ANYWHERE =
      new Area(Set.of(), Set.of(), Set.of(), List.of(), Set.of(), false);

  public Area {
    continents = Set.copyOf(continents);
    countries = Set.copyOf(countries);
    subdivisions = Set.copyOf(subdivisions);
    cities = List.copyOf(cities);
    asns = Set.copyOf(asns);
  }
}
