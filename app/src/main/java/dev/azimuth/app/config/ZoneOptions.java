package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;
import static dev.azimuth.app.config.Option.required;

import dev.azimuth.app.config.Shape.Keyword;
import dev.azimuth.app.config.Shape.Reference;
import dev.azimuth.steering.AllDown;
import dev.azimuth.steering.Pick;
import dev.azimuth.steering.Pick.By;
import dev.azimuth.steering.TtlRange;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The {@code zones} part of the language. */
final class ZoneOptions {
  private static final Map<String, By> BY =
      Keyword.words("weighted", By.WEIGHTED, "rotate", By.ROTATE, "all", By.ALL);
  private static final Set<String> LATER_BY = Set.of("random", "sticky", "nearest", "fastest");
  private static final Shape<Integer> ANSWERS = Notation.integer(1, Pick.MAX_ANSWERS);

  private static final Option<By> BY_OPTION =
      required(
          "by",
          new Keyword<>(BY, LATER_BY),
          "`weighted` in proportion to the weights, `rotate` in turn, `all` in the order of the"
              + " file.");
  private static final Option<Integer> ANSWERS_OPTION =
      optional(
          "answers",
          ANSWERS,
          "How many different backends one answer has at most. Default: 1 for `weighted`, 8 for"
              + " `rotate`, 64 for `all`.");
  private static final Option<Integer> WEIGHTED =
      optional("weighted", ANSWERS, "That many answers in proportion to the weights.");
  private static final Option<Integer> ROTATE =
      optional("rotate", ANSWERS, "That many answers in turn.");
  private static final Option<Integer> ALL =
      optional("all", ANSWERS, "At most that many answers in the order of the file.");

  static final Shape<Pick> PICK =
      new OneOf<>(
          List.of(
              new Keyword<>(BY, LATER_BY).map(by -> new Pick(by, Pick.defaultAnswers(by))),
              ObjectOf.of(
                      "pick_short",
                      "How backends are chosen inside the pool: the way and the number of answers."
                          + " A way alone, such as `pick: weighted`, is shorter still.",
                      List.of(WEIGHTED, ROTATE, ALL),
                      ZoneOptions::shortPick)
                  .exactlyOne(WEIGHTED, ROTATE, ALL)
                  .later(
                      Map.of(
                          "random", "picking at random",
                          "sticky", "the same backend for the same client network",
                          "nearest", "picking by distance",
                          "fastest", "picking by latency")),
              ObjectOf.of(
                      "pick",
                      "How backends are chosen inside the pool, in the long form.",
                      List.of(BY_OPTION, ANSWERS_OPTION),
                      ZoneOptions::longPick)
                  .later(
                      Map.of(
                          "spread", "answers from different failure domains",
                          "within", "answers from one failure domain"))));

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
              + " each family, beside records of other types. The last ones stay while it cannot be"
              + " resolved; before the first ones the answer is SERVFAIL.");
  private static final Option<Pick> PICK_OPTION =
      optional("pick", PICK, "How backends are chosen inside the pool.").inherits("defaults.pick");
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

  private static Pick longPick(ObjectOf.Values values) {
    By by = values.get(BY_OPTION);
    Integer answers = values.find(ANSWERS_OPTION);
    return new Pick(by, answers == null ? Pick.defaultAnswers(by) : answers);
  }

  private static Pick shortPick(ObjectOf.Values values) {
    Integer weighted = values.find(WEIGHTED);
    Integer rotate = values.find(ROTATE);
    if (weighted != null) {
      return new Pick(By.WEIGHTED, weighted);
    }
    return rotate != null ? new Pick(By.ROTATE, rotate) : new Pick(By.ALL, values.get(ALL));
  }
}
