package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;
import static dev.azimuth.app.config.Option.required;

import dev.azimuth.app.config.Shape.Kind;
import dev.azimuth.app.config.Shape.Ranged;
import dev.azimuth.app.config.Shape.Reference;
import dev.azimuth.app.config.Shape.Scalar;
import dev.azimuth.steering.Area;
import dev.azimuth.steering.City;
import dev.azimuth.steering.Point;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Everything of the language that is about places. */
final class GeoOptions {
  private static final int MOST_DATABASES = 16;
  private static final int MOST_POOLS = 64;
  private static final int MOST_VALUES = 10_000;

  private static final Option<List<Path>> DATABASES =
      required(
          "databases",
          new ListOf<>(Notation.PATH, 1, MOST_DATABASES, true).then(GeoOptions::distinct),
          "Databases in the MaxMind format (`.mmdb`), relative to this file. What an earlier one"
              + " knows of an address counts before what a later one says. A replaced file is taken"
              + " up by itself.");

  static final ObjectOf<Config.Geo> GEO =
      ObjectOf.of(
          "geo",
          "Where clients are, for rules by place and for `nearest`. docs/geo.md says more.",
          List.of(DATABASES),
          values -> new Config.Geo(values.get(DATABASES)));

  private static final Set<String> CONTINENTS =
      new TreeSet<>(List.of("AF", "AN", "AS", "EU", "NA", "OC", "SA"));

  /** Databases also know Kosovo, which ISO 3166 leaves to its users. */
  private static final Set<String> COUNTRIES = countries();

  /** What is often written for a country, and its code. */
  private static final Map<String, String> NOT_ISO = Map.of("UK", "GB", "EL", "GR");

  private static final Shape<String> CONTINENT =
      new Scalar<>(
              "CONTINENT",
              Kind.TEXT,
              "a continent: AF, AN, AS, EU, NA, OC or SA",
              "[A-Z]{2}",
              text -> text)
          .then(GeoOptions::continent);
  private static final Shape<String> COUNTRY =
      new Scalar<>(
              "COUNTRY",
              Kind.TEXT,
              "a country's code (ISO 3166-1) such as DE",
              "[A-Z]{2}",
              text -> text)
          .then(GeoOptions::country);
  private static final Shape<String> SUBDIVISION =
      new Scalar<>(
              "SUBDIVISION",
              Kind.TEXT,
              "a subdivision's code (ISO 3166-2) such as US-CA",
              "[A-Z]{2}-[A-Z0-9]{1,3}",
              text -> text)
          .then(GeoOptions::subdivision);
  private static final Shape<City> CITY =
      new OneOf<>(
          List.of(
              Notation.integer(1, 999_999_999).map(id -> new City("", id)),
              Notation.LINE.map(name -> new City(name, 0))));
  private static final Shape<Long> ASN =
      new Ranged<>(
          new Scalar<>(
              "ASN",
              Kind.INTEGER,
              "the number of an autonomous system such as 64500",
              "[0-9]{1,10}",
              Long::valueOf),
          1L,
          0xffffffffL,
          "1 to 4,294,967,295");

  private static final Option<List<String>> CONTINENTS_OPTION =
      optional("continent", some(CONTINENT), "The client is on one of these continents.");
  private static final Option<List<String>> COUNTRIES_OPTION =
      optional("country", some(COUNTRY), "The client is in one of these countries.");
  private static final Option<List<String>> SUBDIVISIONS_OPTION =
      optional(
          "subdivision",
          some(SUBDIVISION),
          "The client is in one of these subdivisions of countries, such as states.");
  private static final Option<List<City>> CITIES_OPTION =
      optional(
          "city",
          some(CITY),
          "The client is in one of these cities: a name in English, in any case of letters, or a"
              + " number of geonames.org. Many cities share a name: add `country` or `subdivision`.");
  private static final Option<List<Long>> ASNS_OPTION =
      optional("asn", some(ASN), "The client's address belongs to one of these networks.");
  private static final Option<Boolean> UNKNOWN =
      optional(
          "unknown",
          Notation.BOOLEAN.checked((unknown, site) -> unknown, "leave it out, or write true"),
          "No database knows where the client is: neither continent, country, subdivision, city nor"
              + " coordinates.");

  /** The keys of a rule that say where its clients are. */
  static final List<Option<?>> AREA =
      List.of(
          CONTINENTS_OPTION,
          COUNTRIES_OPTION,
          SUBDIVISIONS_OPTION,
          CITIES_OPTION,
          ASNS_OPTION,
          UNKNOWN);

  private static final Scalar<Double> DEGREES =
      new Scalar<>(
          "DEGREES",
          Kind.NUMBER,
          "degrees such as 50.11 or -77.4",
          "-?[0-9]{1,3}(\\.[0-9]{1,6})?",
          Double::valueOf);

  /** Where something is: latitude, longitude. */
  static final Shape<Point> POINT = new ListOf<>(DEGREES, 2, 2, false).then(GeoOptions::point);

  private static final Option<List<String>> NEAREST =
      required(
          "nearest",
          new ListOf<>(new Reference(Reading.Named.POOL, Notation.NAME), 1, MOST_POOLS, true)
              .then(GeoOptions::distinctPools),
          "Pools with `at`: the nearest to the client comes first, by the great circle. Those that"
              + " are 5 % farther than the nearest of the rest, or less, share the clients. Clients"
              + " without coordinates get the pools in the order written.");
  private static final Option<Integer> LIMIT =
      optional(
          "limit",
          Notation.integer(1, MOST_POOLS),
          "How many pools are in the order of a client; those that share clients count once."
              + " Default: all.");

  static final ObjectOf<Config.To> TO_NEAREST =
      ObjectOf.of(
          "nearest",
          "Pools in the order of their distance to the client.",
          List.of(NEAREST, LIMIT),
          values -> {
            List<String> pools = values.get(NEAREST);
            Integer limit = values.find(LIMIT);
            return new Config.To.Nearest(pools, limit == null ? pools.size() : limit);
          });

  private GeoOptions() {}

  private static <T> Shape<List<T>> some(Shape<T> of) {
    return new ListOf<>(of, 1, MOST_VALUES, true);
  }

  /** The area that a rule names; null when no place can be in it, which is then told. */
  static @Nullable Area area(ObjectOf.Values values) {
    Area area =
        new Area(
            Set.copyOf(orEmpty(values.find(CONTINENTS_OPTION))),
            Set.copyOf(orEmpty(values.find(COUNTRIES_OPTION))),
            Set.copyOf(orEmpty(values.find(SUBDIVISIONS_OPTION))),
            orEmpty(values.find(CITIES_OPTION)),
            Set.copyOf(orEmpty(values.find(ASNS_OPTION))),
            values.find(UNKNOWN) != null);
    boolean somewhere =
        !area.continents().isEmpty()
            || !area.countries().isEmpty()
            || !area.subdivisions().isEmpty()
            || !area.cities().isEmpty();
    if (area.unknown() && somewhere) {
      values
          .site(UNKNOWN)
          .error(
              Code.UNREACHABLE,
              "a client whose place is not known is in no country, continent, subdivision or city",
              "give \"unknown\" a rule of its own");
      return null;
    }
    return area;
  }

  private static <T> List<T> orEmpty(@Nullable List<T> list) {
    return Objects.requireNonNullElse(list, List.of());
  }

  private static Set<String> countries() {
    Set<String> countries =
        new TreeSet<>(Locale.getISOCountries(Locale.IsoCountryCode.PART1_ALPHA2));
    countries.add("XK");
    return countries;
  }

  private static @Nullable String continent(String code, Site site) {
    if (CONTINENTS.contains(code)) {
      return code;
    }
    site.error(
        Code.VALUE,
        "there is no continent \"" + code + "\"",
        isCountry(code) ? "it is a country: country: " + quoted(code) : words(CONTINENTS));
    return null;
  }

  private static @Nullable String country(String code, Site site) {
    return isCountry(code) ? code : noCountry(code, code, site);
  }

  private static @Nullable String subdivision(String code, Site site) {
    String country = code.substring(0, 2);
    return isCountry(country) ? code : noCountry(country, code, site);
  }

  private static @Nullable String noCountry(String code, String written, Site site) {
    String right = NOT_ISO.get(code);
    String hint = null;
    if (right != null) {
      hint = "did you mean \"" + right + written.substring(2) + "\"?";
    } else if (CONTINENTS.contains(code)) {
      hint = "it is a continent: continent: " + code;
    }
    site.error(Code.VALUE, "there is no country \"" + code + "\"", hint);
    return null;
  }

  private static boolean isCountry(String code) {
    return COUNTRIES.contains(code);
  }

  /** The one country that YAML misreads. */
  private static String quoted(String code) {
    return code.equals("NO") ? "\"NO\"" : code;
  }

  private static String words(Set<String> words) {
    return "there are " + String.join(", ", words);
  }

  private static @Nullable Point point(List<Double> degrees, Site site) {
    double latitude = degrees.getFirst();
    double longitude = degrees.getLast();
    if (Math.abs(latitude) > Point.MOST_LATITUDE) {
      site.error(
          Code.RANGE,
          "a latitude is at most 90 degrees",
          Math.abs(longitude) <= Point.MOST_LATITUDE ? "the latitude comes first" : null);
    } else if (Math.abs(longitude) > Point.MOST_LONGITUDE) {
      site.error(Code.RANGE, "a longitude is at most 180 degrees");
    } else {
      return new Point(latitude, longitude);
    }
    return null;
  }

  private static @Nullable List<Path> distinct(List<Path> files, Site site) {
    if (new HashSet<>(files).size() < files.size()) {
      site.error(Code.DUPLICATE_VALUE, "a database is listed twice");
      return null;
    }
    site.reading().files().addAll(files);
    return files;
  }

  private static @Nullable List<String> distinctPools(List<String> pools, Site site) {
    Set<String> seen = new HashSet<>();
    for (String pool : pools) {
      if (!seen.add(pool)) {
        site.error(Code.DUPLICATE_VALUE, "the pool \"" + pool + "\" is listed twice");
        return null;
      }
    }
    return pools;
  }
}
