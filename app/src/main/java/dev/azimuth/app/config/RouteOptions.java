package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;
import static dev.azimuth.app.config.Option.required;

import dev.azimuth.app.config.Config.Match;
import dev.azimuth.app.config.Config.StepConfig;
import dev.azimuth.app.config.Shape.Reference;
import dev.azimuth.steering.AllDown;
import dev.azimuth.steering.Area;
import dev.azimuth.steering.Cidr;
import dev.azimuth.steering.StickyPrefix;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The {@code views} and {@code routes} parts of the language, and {@code to}. */
final class RouteOptions {
  private static final int MOST_POOLS = 64;

  private static final Shape<List<Cidr>> CIDRS = new ListOf<>(Notation.CIDR, 1, 100_000, true);

  static final Shape<Map<String, List<Cidr>>> VIEWS = new MapOf<>(Notation.NAME, CIDRS, 0);

  private static final Shape<Map<String, Integer>> WEIGHTS =
      new MapOf<>(Notation.NAME, Notation.integer(1, 1_000_000), 1).then(RouteOptions::known);

  private static final Option<Map<String, Integer>> WEIGHTS_OPTION =
      required("weights", WEIGHTS, "The pools of the step and their weights, 1 to 1,000,000.");
  private static final Shape<StickyPrefix> STICKY =
      new OneOf<>(
          List.of(
              Notation.BOOLEAN
                  .checked((sticky, site) -> sticky, "leave it out, or write true")
                  .map(sticky -> StickyPrefix.DEFAULT),
              PickOptions.NETWORKS));

  private static final Option<StickyPrefix> STICKY_OPTION =
      optional(
          "sticky",
          STICKY,
          "Whether the clients of one network, an IPv4 /24 or an IPv6 /56 unless said otherwise,"
              + " stay with one pool of the step. Without it every answer draws anew.");

  private static final Shape<StepConfig> STEP =
      new OneOf<>(
          List.of(
              new Reference(Reading.Named.POOL, Notation.NAME).map(StepConfig::pool),
              ObjectOf.of(
                  "step",
                  "Pools that share the clients, in the long form.",
                  List.of(WEIGHTS_OPTION, STICKY_OPTION),
                  v -> new StepConfig(v.get(WEIGHTS_OPTION), v.find(STICKY_OPTION))),
              WEIGHTS.map(weights -> new StepConfig(weights, null))));

  static final Shape<Config.To> TO =
      new OneOf<>(
          List.of(
              GeoOptions.TO_NEAREST,
              new ListOf<>(STEP, 1, MOST_POOLS, true)
                  .then(RouteOptions::distinct)
                  .map(Config.To.Ordered::new)));

  private static final Option<List<Cidr>> CIDR =
      optional(
          "cidr",
          CIDRS,
          "The client is in one of these networks: the client subnet of the query where it has a"
              + " usable one, else the address that the query came from.");
  private static final Option<List<Cidr>> RESOLVER =
      optional(
          "resolver", CIDRS, "The address that the query came from is in one of these networks.");
  private static final Option<List<String>> VIEW =
      optional(
          "view",
          new ListOf<>(new Reference(Reading.Named.VIEW, Notation.NAME), 1, 1000, true),
          "The address that the query came from is in one of these views.");
  private static final Option<Config.To> RULE_TO =
      required(
          "to",
          TO,
          "The pools in order: the first that serves is given. A mapping in place of a pool, such"
              + " as `{ eu: 90, us: 10 }`, is several pools that share the clients by weight."
              + " `{ nearest: [ eu, us ] }` is the pools by their distance to the client.");
  private static final Option<Boolean> FENCE =
      optional(
              "fence",
              Notation.BOOLEAN,
              "Whether nothing outside `to` is ever given, not even by `all_down`.")
          .byDefault("false");
  private static final Option<AllDown> RULE_ALL_DOWN =
      optional("all_down", AllDownOptions.ALL_DOWN, "What is answered when nothing is usable.");

  private static final ObjectOf<Draft.Rule> RULE =
      ObjectOf.of(
          "rule",
          "Which clients go to which pools. Keys are ANDed, the values of one key ORed; the"
              + " first rule that matches wins. The last rule has no condition.",
          keys(),
          RouteOptions::rule);

  static final Shape<List<Draft.Rule>> ROUTE =
      new ListOf<>(RULE, 1, 10_000, false).then(RouteOptions::route);

  private RouteOptions() {}

  /** The only rule of a name that has {@code to}. */
  static Draft.Rule only(Config.To to, Site site) {
    return new Draft.Rule(site, new Config.RuleConfig(site.path(), Match.ALL, to, false, null));
  }

  private static List<Option<?>> keys() {
    List<Option<?>> keys = new ArrayList<>(List.of(CIDR, RESOLVER, VIEW));
    keys.addAll(GeoOptions.AREA);
    keys.addAll(List.of(RULE_TO, FENCE, RULE_ALL_DOWN));
    return List.copyOf(keys);
  }

  private static Draft.@Nullable Rule rule(ObjectOf.Values values) {
    Area area = GeoOptions.area(values);
    return area == null ? null : rule(values, area);
  }

  private static Draft.Rule rule(ObjectOf.Values values, Area area) {
    return new Draft.Rule(
        values.site(),
        new Config.RuleConfig(
            values.site().path(),
            new Match(
                orEmpty(values.find(CIDR)),
                orEmpty(values.find(RESOLVER)),
                orEmpty(values.find(VIEW)),
                area),
            values.get(RULE_TO),
            values.get(FENCE),
            values.find(RULE_ALL_DOWN)));
  }

  private static <T> List<T> orEmpty(@Nullable List<T> list) {
    return Objects.requireNonNullElse(list, List.of());
  }

  private static @Nullable List<Draft.Rule> route(List<Draft.Rule> rules, Site site) {
    for (Draft.Rule rule : rules.subList(0, rules.size() - 1)) {
      if (matchesAll(rule)) {
        rule.site()
            .error(
                Code.CATCH_ALL,
                "this rule matches every client, so that those after it never do",
                "move it to the end, or give it a condition");
        return null;
      }
    }
    Draft.Rule last = rules.getLast();
    if (!matchesAll(last)) {
      String pools = String.join(", ", last.rule().to().pools());
      site.error(
          Code.CATCH_ALL,
          "the last rule does not match every client",
          "add a rule without a condition: - { to: [ " + pools + " ] }");
      return null;
    }
    unknownPlaces(rules);
    return rules;
  }

  private static void unknownPlaces(List<Draft.Rule> rules) {
    List<Draft.Rule> byPlace = rules.stream().filter(rule -> goesByPlace(rule)).toList();
    if (byPlace.isEmpty() || byPlace.stream().anyMatch(rule -> area(rule).unknown())) {
      return;
    }
    String pools = String.join(", ", rules.getLast().rule().to().pools());
    byPlace
        .getFirst()
        .site()
        .warning(
            Code.UNKNOWN_PLACE,
            "clients whose place no database knows come to the last rule: " + pools,
            "if that is meant, say so: - { unknown: true, to: [ " + pools + " ] }");
  }

  /** Whether it looks at where a client is; the operator of its network is no place. */
  private static boolean goesByPlace(Draft.Rule rule) {
    Area area = area(rule);
    return area.unknown()
        || !area.continents().isEmpty()
        || !area.countries().isEmpty()
        || !area.subdivisions().isEmpty()
        || !area.cities().isEmpty();
  }

  private static Area area(Draft.Rule rule) {
    return rule.rule().match().area();
  }

  private static boolean matchesAll(Draft.Rule rule) {
    return rule.rule().match().equals(Match.ALL);
  }

  private static @Nullable Map<String, Integer> known(Map<String, Integer> weights, Site site) {
    if (weights.isEmpty()) {
      return null; // none of them is valid, which was told
    }
    Set<String> pools = site.reading().names(Reading.Named.POOL);
    for (String pool : weights.keySet()) {
      if (!pools.contains(pool)) {
        site.unknown(Code.REFERENCE, "there is no pool \"" + pool + "\"", pool, pools);
        return null;
      }
    }
    return weights;
  }

  private static @Nullable List<StepConfig> distinct(List<StepConfig> steps, Site site) {
    Set<String> seen = new HashSet<>();
    for (StepConfig step : steps) {
      for (String pool : step.shares().keySet()) {
        if (!seen.add(pool)) {
          site.error(Code.DUPLICATE_VALUE, "the pool \"" + pool + "\" is listed twice");
          return null;
        }
      }
    }
    if (seen.size() > MOST_POOLS) {
      site.error(Code.RANGE, "lists " + seen.size() + " pools: at most " + MOST_POOLS);
      return null;
    }
    return steps;
  }
}
