package dev.azimuth.steering;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of where an address is. Whatever is not known is empty, 0 or null.
 *
 * @param continent one of AF, AN, AS, EU, NA, OC, SA
 * @param country ISO 3166-1 alpha-2, in upper case
 * @param subdivisions ISO 3166-2 such as {@code US-CA}, the largest first
 * @param asn the number of the autonomous system that announces the address
 * @param at where it is about
 */
public record Place(
    String continent,
    String country,
    List<String> subdivisions,
    City city,
    long asn,
    @Nullable Point at) {
  /** Nothing is known. */
  public static final Place UNKNOWN = new Place("", "", List.of(), City.UNKNOWN, 0, null);

  public Place {
    subdivisions = List.copyOf(subdivisions);
  }
}
