package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;
import static dev.azimuth.app.config.Option.required;

import dev.azimuth.app.config.Draft.CheckEntry;
import dev.azimuth.health.Check;
import dev.azimuth.steering.AllDown;
import dev.azimuth.steering.Cidr;
import dev.azimuth.steering.FailbackHold;
import dev.azimuth.steering.MinUp;
import dev.azimuth.steering.Pick;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The whole language of the configuration, declared. */
final class Language {
  /** Read before everything else, from each file by itself. */
  static final Option<List<String>> INCLUDE =
      optional(
              "include",
              new ListOf<>(Notation.LINE, 0, 256, false),
              "More files, relative to this one; the last part of a path may have `*` and `?`. A"
                  + " key that is defined in two files is an error.")
          .byDefault("[]");

  private static final Option<Config.CheckChoice> CHECK =
      optional("check", PoolOptions.CHECK_CHOICE, "The check of pools that name none.")
          .byDefault("none");
  private static final Option<MinUp> MIN_UP =
      optional("min_up", PoolOptions.MIN_UP, "How much of a pool must be usable for it to serve.")
          .byDefault("50%");
  private static final Option<FailbackHold> FAILBACK_HOLD =
      optional(
              "failback_hold",
              PoolOptions.FAILBACK_HOLD,
              "How long a recovered pool is passed over while another can serve.")
          .byDefault("60s");
  private static final Option<Pick> PICK =
      optional("pick", PickOptions.PICK, "How backends are chosen inside the pool.")
          .byDefault("weighted");
  private static final Option<AllDown> ALL_DOWN =
      optional("all_down", AllDownOptions.ALL_DOWN, "What is answered when nothing is usable.")
          .byDefault("serve_all");

  private static final Option<Draft.Defaults> DEFAULTS =
      optional(
              "defaults",
              ObjectOf.of(
                  "defaults",
                  "What counts where a pool, name or zone says nothing.",
                  List.of(CHECK, MIN_UP, FAILBACK_HOLD, PICK, ALL_DOWN),
                  v ->
                      new Draft.Defaults(
                          v.get(CHECK),
                          v.get(MIN_UP),
                          v.get(FAILBACK_HOLD),
                          v.get(PICK),
                          v.get(ALL_DOWN))),
              "What counts where a pool, name or zone says nothing.")
          .byDefault("{}");
  private static final Option<Config.Geo> GEO =
      optional("geo", GeoOptions.GEO, "Where clients are.");
  private static final Option<ServerConfig> SERVER =
      optional("server", ServerOptions.SERVER, "The process: its sockets, its folder.")
          .byDefault("{}");
  private static final Option<HealthConfig> HEALTH =
      optional("health", HealthOptions.HEALTH, "What holds for all checks.").byDefault("{}");
  static final Option<Map<String, CheckEntry>> CHECKS =
      optional(
              "checks",
              new MapOf<>(
                      Notation.NAME,
                      new OneOf<CheckEntry>(
                          List.of(
                              CombinationOptions.COMBINATION.map(CheckEntry.Combined::new),
                              CheckOptions.CHECK.map(CheckEntry.Single::new))),
                      0)
                  .then(Language::noneIsNoName)
                  .then(CombinationOptions::bounded),
              "How it is found out whether backends are up, by name.")
          .byDefault("{}");
  static final Option<Map<String, Draft.Pool>> POOLS =
      optional(
              "pools",
              new MapOf<>(Notation.NAME, PoolOptions.POOL, 0),
              "Groups of backends, by name.")
          .byDefault("{}");
  static final Option<Map<String, List<Cidr>>> VIEWS =
      optional(
              "views",
              RouteOptions.VIEWS,
              "Networks of resolvers, by name, that get answers of their own: by rules with `view`,"
                  + " and by backends with an address for the view. The address that a query comes"
                  + " from counts, never a client subnet; the first view with it.")
          .byDefault("{}");
  static final Option<Map<String, List<Draft.Rule>>> ROUTES =
      optional(
              "routes",
              new MapOf<>(Notation.NAME, RouteOptions.ROUTE, 0),
              "Lists of rules that several names share, by name.")
          .byDefault("{}");
  static final Option<Map<String, Draft.Zone>> ZONES =
      required(
          "zones",
          new MapOf<>(Notation.ORIGIN, ZoneOptions.ZONE, 1),
          "The DNS zones by their names.");

  static final Option<Map<String, Draft.Balancer>> BALANCERS =
      optional(
              "balancers",
              new MapOf<>(Notation.NAME, BalancerOptions.BALANCER, 0),
              "The optional layer-4 tier by name: what listens for connections, or UDP sessions, and"
                  + " forwards them to the backends of pools.")
          .byDefault("{}");

  static final ObjectOf<Draft> ROOT =
      ObjectOf.of(
              "configuration",
              "One YAML file describes a node. Only `zones` is required.",
              List.of(
                  INCLUDE, DEFAULTS, SERVER, GEO, VIEWS, HEALTH, CHECKS, POOLS, ROUTES, ZONES,
                  BALANCERS),
              v ->
                  new Draft(
                      v.site(),
                      v.get(DEFAULTS),
                      v.get(SERVER),
                      Objects.requireNonNullElse(v.find(GEO), Config.Geo.NONE),
                      v.get(VIEWS),
                      v.get(HEALTH),
                      single(v.get(CHECKS)),
                      combined(v.get(CHECKS)),
                      v.get(POOLS),
                      v.get(ROUTES),
                      v.get(ZONES),
                      v.get(BALANCERS)))
          .whereInvalidCountsAsMissing();

  private Language() {}

  private static Map<String, Check> single(Map<String, CheckEntry> entries) {
    Map<String, Check> single = new LinkedHashMap<>();
    entries.forEach(
        (name, entry) -> {
          if (entry instanceof CheckEntry.Single(Check check)) {
            single.put(name, check);
          }
        });
    return single;
  }

  private static Map<String, Combination> combined(Map<String, CheckEntry> entries) {
    Map<String, Combination> combined = new LinkedHashMap<>();
    entries.forEach(
        (name, entry) -> {
          if (entry instanceof CheckEntry.Combined(Combination of)) {
            combined.put(name, of);
          }
        });
    return combined;
  }

  private static Map<String, CheckEntry> noneIsNoName(Map<String, CheckEntry> checks, Site site) {
    if (checks.containsKey("none")) {
      site.error(Code.VALUE, "\"none\" means no check and cannot be the name of one");
    }
    return checks;
  }
}
