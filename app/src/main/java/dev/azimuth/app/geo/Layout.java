package dev.azimuth.app.geo;

import dev.azimuth.steering.City;
import dev.azimuth.steering.Place;
import dev.azimuth.steering.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a record of a database says of a place, whoever made it: MaxMind and DB-IP nest maps,
 * IPLocate and ipinfo have one flat map. What is not written as it should be counts as not known.
 * Pure.
 */
final class Layout {
  private static final Set<String> CONTINENTS = Set.of("AF", "AN", "AS", "EU", "NA", "OC", "SA");

  /** What databases write where they do not know the country. */
  private static final String NO_COUNTRY = "ZZ";

  private static final long MOST_ASN = 0xffffffffL;
  private static final Pattern AS_NUMBER = Pattern.compile("(?:AS)?([0-9]{1,10})");
  private static final Pattern SUBDIVISION = Pattern.compile("[A-Z0-9]{1,3}");

  private Layout() {}

  static Place place(Map<?, ?> record) {
    long asn = asn(record);
    String country = country(record, asn);
    return new Place(
        continent(record), country, subdivisions(record, country), city(record), asn, at(record));
  }

  private static String continent(Map<?, ?> record) {
    String code =
        record.get("continent") instanceof Map<?, ?> nested
            ? text(nested.get("code"))
            : either(text(record.get("continent_code")), text(record.get("continent")));
    return CONTINENTS.contains(code) ? code : "";
  }

  private static String country(Map<?, ?> record, long asn) {
    String code =
        record.get("country") instanceof Map<?, ?> nested
            ? text(nested.get("iso_code"))
            : either(text(record.get("country_code")), text(record.get("country")));
    // IPLocate's networks of operators name the country that the operator is registered in.
    boolean ofOperator = asn != 0 && record.containsKey("asn") && continent(record).isEmpty();
    return isCountry(code) && !ofOperator ? code : "";
  }

  private static boolean isCountry(String code) {
    return code.length() == 2
        && isCapital(code.charAt(0))
        && isCapital(code.charAt(1))
        && !code.equals(NO_COUNTRY);
  }

  private static boolean isCapital(char letter) {
    return letter >= 'A' && letter <= 'Z';
  }

  private static List<String> subdivisions(Map<?, ?> record, String country) {
    if (country.isEmpty()) {
      return List.of();
    }
    if (!(record.get("subdivisions") instanceof List<?> nested)) {
      String code = text(record.get("region_code"));
      return isSubdivision(code) ? List.of(subdivision(country, code)) : List.of();
    }
    List<String> codes = new ArrayList<>(nested.size());
    for (Object each : nested) {
      String code = each instanceof Map<?, ?> map ? text(map.get("iso_code")) : "";
      if (isSubdivision(code)) {
        codes.add(subdivision(country, code));
      }
    }
    return codes;
  }

  private static boolean isSubdivision(String code) {
    return SUBDIVISION.matcher(code).matches();
  }

  private static String subdivision(String country, String code) {
    return country + "-" + code;
  }

  private static City city(Map<?, ?> record) {
    if (record.get("city") instanceof Map<?, ?> nested) {
      String name = nested.get("names") instanceof Map<?, ?> names ? text(names.get("en")) : "";
      return city(name, nested.get("geoname_id"));
    }
    String name = text(record.get("city"));
    return name.isEmpty() ? City.UNKNOWN : city(name, record.get("geoname_id"));
  }

  private static City city(String name, @Nullable Object geonameId) {
    long id = number(geonameId);
    boolean known = id > 0 && id <= Integer.MAX_VALUE;
    return name.isEmpty() && !known ? City.UNKNOWN : new City(name, known ? (int) id : 0);
  }

  private static long asn(Map<?, ?> record) {
    Object written = record.get("autonomous_system_number");
    if (written == null && record.get("traits") instanceof Map<?, ?> traits) {
      written = traits.get("autonomous_system_number");
    }
    long asn = number(written == null ? record.get("asn") : written);
    return asn <= MOST_ASN ? asn : 0;
  }

  private static @Nullable Point at(Map<?, ?> record) {
    Map<?, ?> in = record.get("location") instanceof Map<?, ?> nested ? nested : record;
    double latitude = degrees(in.get("latitude"), in.get("lat"));
    double longitude = degrees(in.get("longitude"), in.get("lng"));
    boolean possible =
        Math.abs(latitude) <= Point.MOST_LATITUDE && Math.abs(longitude) <= Point.MOST_LONGITUDE;
    // In the sea off Africa is where databases put what they cannot place.
    boolean nowhere = latitude == 0 && longitude == 0;
    return possible && !nowhere ? new Point(latitude, longitude) : null;
  }

  /** NaN where neither is a number. */
  private static double degrees(@Nullable Object written, @Nullable Object other) {
    return switch (written == null ? other : written) {
      case Number number -> number.doubleValue();
      case String text -> {
        try {
          yield Double.parseDouble(text);
        } catch (NumberFormatException e) {
          yield Double.NaN;
        }
      }
      case null, default -> Double.NaN;
    };
  }

  /** A whole number, also as a text such as {@code AS15169}; 0 for none. */
  private static long number(@Nullable Object written) {
    return switch (written) {
      case Number number -> Math.max(0, number.longValue());
      case String text -> {
        var matcher = AS_NUMBER.matcher(text);
        yield matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
      }
      case null, default -> 0;
    };
  }

  private static String either(String first, String second) {
    return first.isEmpty() ? second : first;
  }

  private static String text(@Nullable Object value) {
    return value instanceof String text ? text : "";
  }
}
