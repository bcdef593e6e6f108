package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;

import dev.azimuth.app.config.Shape.Reference;
import dev.azimuth.steering.AllDown;
import dev.azimuth.steering.Pick;
import dev.azimuth.steering.TtlRange;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The {@code zones} part of the language. */
final class ZoneOptions {
  private static final Option<Config.To> TO =
      optional("to", RouteOptions.TO, "The pools in order: short for a route with one rule.");
  private static final Option<String> ROUTE_OPTION =
      optional(
          "route", new Reference(Reading.Named.ROUTE, Notation.NAME), "The route by its name.");
  private static final Option<String> ALIAS =
      optional(
          "alias",
          Notation.HOST.map(ZoneOptions::withoutFinalDot),
          "A host elsewhere, resolved in the background: the name has its addresses, at most 16 of"
              + " each family, beside records of other types. Those of a family stay while it cannot"
              + " be resolved, and when an answer has none any more; before the first ones the answer"
              + " is SERVFAIL.");
  private static final Option<Pick> PICK_OPTION =
      optional("pick", PickOptions.PICK, "How backends are chosen inside the pool.")
          .inherits("defaults.pick");
  private static final Option<AllDown> NAME_ALL_DOWN =
      optional("all_down", AllDownOptions.ALL_DOWN, "What is answered when nothing is usable.");

  private static final Option<Boolean> HINTS =
      optional(
              "hints",
              Notation.BOOLEAN,
              "Whether the HTTPS and SVCB records of the zone data that lead to this name get its"
                  + " addresses as `ipv4hint` and `ipv6hint`: every one that A and AAAA may give"
                  + " the client, in place of hints that stand there.")
          .byDefault("false");

  private static final ObjectOf<Draft.Name> NAME =
      ObjectOf.of(
              "name",
              "A name whose A and AAAA answers are steered. It has no such records of its own.",
              List.of(TO, ROUTE_OPTION, ALIAS, PICK_OPTION, NAME_ALL_DOWN, HINTS),
              ZoneOptions::name)
          .exactlyOne(TO, ROUTE_OPTION, ALIAS);

  private static final Option<TtlRange> STEERED =
      optional(
              "steered",
              Notation.TTL_RANGE,
              "The bounds of the TTL of steered answers, 1s to 7d. Inside them it follows how soon"
                  + " the answer may change.")
          .byDefault("15s..60s");
  private static final Option<Integer> NEGATIVE =
      optional(
              "negative",
              Notation.seconds("0s", "1d"),
              "The upper bound of the TTL of negative answers.")
          .byDefault("30s");
  private static final Option<Integer> STATIC =
      optional(
              "static",
              Notation.seconds("0s", "7d"),
              "The TTL of records that have none of their own.")
          .byDefault("1h");

  private static final Shape<Draft.Ttl> TTLS =
      new OneOf<>(
          List.of(
              Notation.TTL_RANGE.map(steered -> new Draft.Ttl(steered, 30, 3600)),
              ObjectOf.of(
                  "ttl",
                  "How long answers may be cached.",
                  List.of(STEERED, NEGATIVE, STATIC),
                  v -> new Draft.Ttl(v.get(STEERED), v.get(NEGATIVE), v.get(STATIC)))));

  private static final Option<Draft.ZoneText> FILE =
      optional(
          "file",
          Notation.PATH.then(ZoneText::file),
          "A master file (RFC 1035 section 5), relative to this one.");
  private static final Option<Draft.ZoneText> RECORDS =
      optional(
          "records",
          Notation.RECORDS.then(ZoneText::inline),
          "The records themselves, with the syntax of a master file.");
  private static final Option<Draft.Ttl> TTL =
      optional("ttl", TTLS, "How long answers may be cached; the short form bounds steered ones.")
          .byDefault("15s..60s");
  private static final Option<AllDown> ZONE_ALL_DOWN =
      optional("all_down", AllDownOptions.ALL_DOWN, "What is answered when nothing is usable.")
          .inherits("defaults.all_down");
  private static final Option<Map<String, Draft.Name>> NAMES =
      optional(
              "names",
              new MapOf<>(Notation.OWNER, NAME, 0),
              "The steered names, relative to the zone: `www`, `\"@\"` for the zone itself,"
                  + " `\"*.app\"` for a wildcard.")
          .byDefault("{}");

  static final ObjectOf<Draft.Zone> ZONE =
      ObjectOf.of(
              "zone",
              "A DNS zone that this server is authoritative for.",
              List.of(FILE, RECORDS, TTL, ZONE_ALL_DOWN, NAMES),
              ZoneOptions::zone)
          .exactlyOne(FILE, RECORDS);

  private ZoneOptions() {}

  private static Draft.Zone zone(ObjectOf.Values values) {
    Draft.ZoneText file = values.find(FILE);
    return new Draft.Zone(
        values.site(),
        file == null ? values.get(RECORDS) : file,
        values.get(TTL),
        values.find(ZONE_ALL_DOWN),
        values.get(NAMES));
  }

  private static Draft.Name name(ObjectOf.Values values) {
    String alias = values.find(ALIAS);
    if (alias != null) {
      hasNoEffect(values, PICK_OPTION, "an alias gives every address");
      hasNoEffect(values, NAME_ALL_DOWN, "an alias keeps its last addresses");
    }
    return new Draft.Name(
        values.site(),
        ownRule(values),
        values.find(ROUTE_OPTION),
        alias,
        values.find(PICK_OPTION),
        values.find(NAME_ALL_DOWN),
        values.get(HINTS));
  }

  private static void hasNoEffect(ObjectOf.Values values, Option<?> option, String why) {
    if (values.find(option) != null) {
      values
          .site(option)
          .error(
              Code.NO_EFFECT,
              "\"%s\" has no effect beside \"alias\": %s".formatted(option.name(), why),
              "leave it out");
    }
  }

  private static String withoutFinalDot(String host) {
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  private static @Nullable List<Draft.Rule> ownRule(ObjectOf.Values values) {
    Config.To to = values.find(TO);
    return to == null ? null : List.of(RouteOptions.only(to, values.site(TO)));
  }
}
