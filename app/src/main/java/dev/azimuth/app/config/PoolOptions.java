package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;
import static dev.azimuth.app.config.Option.required;

import dev.azimuth.app.config.Config.CheckChoice;
import dev.azimuth.app.config.Shape.Keyword;
import dev.azimuth.app.config.Shape.Ranged;
import dev.azimuth.app.config.Shape.Reference;
import dev.azimuth.steering.AllDown;
import dev.azimuth.steering.BelowMinUp;
import dev.azimuth.steering.FailbackHold;
import dev.azimuth.steering.MinUp;
import dev.azimuth.steering.Point;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code pools} part of the language. */
final class PoolOptions {
  static final Shape<CheckChoice> CHECK_CHOICE =
      new OneOf<>(
          List.of(
              new Keyword<>(Map.of("none", new CheckChoice(null))),
              new Reference(Reading.Named.CHECK, Notation.NAME).map(CheckChoice::new)));

  private static final Pattern IPV4 = Pattern.compile(Notation.IPV4 + "\\.?");

  private static final Option<Double> MIN_WEIGHT =
      required("weight", Notation.PERCENT, "The share of the backends by weight.");

  static final Shape<MinUp> MIN_UP =
      new OneOf<>(
          List.of(
              Notation.PERCENT.map(MinUp.Share::new),
              Notation.integer(1, 1_000_000).map(MinUp.Count::new),
              ObjectOf.of(
                  "min_up",
                  "The share of a pool that must be usable, by weight instead of by count.",
                  List.of(MIN_WEIGHT),
                  values -> new MinUp.Weight(values.get(MIN_WEIGHT)))));

  static final Shape<FailbackHold> FAILBACK_HOLD =
      new OneOf<>(
          List.of(
              new Keyword<>(Map.of("manual", new FailbackHold.Manual())),
              Notation.duration("0s", "7d").map(FailbackHold.For::new)));

  private static final String DEFAULT_VIEW = "default";

  private static final Option<Map<String, List<InetAddress>>> ADDRESS =
      optional(
          "address",
          new OneOf<>(
              List.of(
                  Notation.ADDRESSES.map(addresses -> Map.of(DEFAULT_VIEW, addresses)),
                  new MapOf<>(Notation.NAME, Notation.ADDRESSES, 1).then(PoolOptions::byView))),
          "Its IPv4 address, its IPv6 address, or a list of one of each; or a mapping with"
              + " `default` and the addresses that resolvers of a view are given instead, such as"
              + " `{ default: 203.0.113.1, inside: 10.1.2.3 }`. Checks look at the default.");
  private static final Option<String> HOST =
      optional(
          "host",
          Notation.HOST.then(PoolOptions::noAddress),
          "A host name, resolved in the background by the resolvers of this machine, as"
              + " `/etc/resolv.conf` names them when the process starts. DNS alone is asked: names"
              + " that stand only in `/etc/hosts`, such as localhost, have no address.");
  private static final Option<Integer> WEIGHT =
      optional(
              "weight",
              new Ranged<>(Notation.INT.then(PoolOptions::notZero), 1, 1_000_000, "1 to 1,000,000"),
              "Its share of the answers, in proportion to the other weights of the pool.")
          .byDefault("1");
  private static final Option<Boolean> STANDBY =
      optional(
              "standby",
              Notation.BOOLEAN,
              "Whether it is used only when no ordinary backend of the pool is usable.")
          .byDefault("false");
  private static final Option<CheckChoice> BACKEND_CHECK =
      optional("check", CHECK_CHOICE, "Its own check, or `none`, in place of the pool's.");
  private static final Option<Integer> PORT =
      optional(
          "port",
          Notation.integer(1, 65535),
          "The port that balancers connect to, and checks that say none.");
  private static final Option<String> GROUP =
      optional(
          "group",
          Notation.NAME,
          "What it fails together with, such as a rack: `pick` may keep the backends of one group"
              + " apart (`spread`) or together (`within`). Without it a backend is a group of its"
              + " own.");
  private static final Option<List<String>> TAGS =
      optional(
          "tags",
          new ListOf<>(Notation.NAME, 0, 64, true),
          "Labels by which orders may mean it: `azimuth drain tag:blue`.");
  private static final Option<Point> BACKEND_AT =
      optional(
          "at",
          GeoOptions.POINT,
          "Where it is, for `pick: nearest`, if elsewhere than the pool: latitude and longitude.");

  private static final ObjectOf<Config.BackendConfig> BACKEND =
      ObjectOf.of(
              "backend",
              "One address, or one host name, that can take traffic.",
              List.of(ADDRESS, HOST, WEIGHT, STANDBY, BACKEND_CHECK, PORT, TAGS, GROUP, BACKEND_AT),
              PoolOptions::backend)
          .exactlyOne(ADDRESS, HOST);

  private static final Option<Map<String, Config.BackendConfig>> BACKENDS =
      optional(
          "backends",
          new MapOf<>(
              Notation.NAME,
              new OneOf<>(List.of(Notation.ADDRESS.then(PoolOptions::shortForm), BACKEND)),
              1),
          "The backends by name. The short form of one is its address.");

  private static final Option<Point> AT =
      optional(
          "at",
          GeoOptions.POINT,
          "Where it is, for `nearest`: latitude and longitude in degrees, north and east positive.");
  private static final Option<CheckChoice> CHECK =
      optional(
              "check",
              CHECK_CHOICE,
              "The check of its backends. A pool without a check is always up; `none` says so where"
                  + " `defaults.check` names one.")
          .inherits("defaults.check");
  private static final Option<MinUp> MIN_UP_OPTION =
      optional(
              "min_up",
              MIN_UP,
              "How much of the pool must be usable for it to serve: a share by count, a share by"
                  + " weight, or that many backends.")
          .inherits("defaults.min_up");
  private static final Option<FailbackHold> HOLD =
      optional(
              "failback_hold",
              FAILBACK_HOLD,
              "How long the pool is passed over after it recovered while another can serve;"
                  + " `manual` waits for `azimuth failback POOL`.")
          .inherits("defaults.failback_hold");
  private static final Option<BelowMinUp> BELOW_MIN_UP =
      optional(
              "below_min_up",
              new Keyword<>(
                  Keyword.words(
                      "serve_usable", BelowMinUp.SERVE_USABLE, "serve_all", BelowMinUp.SERVE_ALL)),
              "What it gives when no pool of a rule has its minimum up and this one has the"
                  + " greatest share.")
          .byDefault("serve_usable");
  private static final Option<AllDown> ALL_DOWN =
      optional(
          "all_down",
          AllDownOptions.ALL_DOWN,
          "What names answer whose first pool this is when nothing is usable.");
  private static final Option<Double> FLOOR =
      optional(
          "floor",
          Notation.PERCENT,
          "The share, measured as `min_up` measures it, below which no order may leave the pool"
              + " unless told `--force`.");
  private static final Option<Duration> SLOW_START =
      optional(
              "slow_start",
              Notation.duration("0s", "1h"),
              "How long the weight of a backend rises, from a tenth to the whole, after it recovered"
                  + " or was added; `0s` gives it its whole weight at once.")
          .byDefault("0s");
  private static final Option<Double> MAX_EJECT =
      optional(
          "max_eject",
          Notation.PERCENT,
          "The share of its backends, by count, that checks may leave out while the pool is given:"
              + " of more that are down, those that came down last are given all the same. It never"
              + " makes a pool serve.");
  private static final Option<Integer> CAPACITY =
      optional(
          "capacity",
          Notation.integer(1, 999_999_999),
          "What all of it can take together, in any unit, such as requests per second: dry runs say"
              + " how much of it remains.");

  private static final Option<String> BALANCER =
      optional(
          "balancer",
          new Reference(Reading.Named.BALANCER, Notation.NAME),
          "A balancer of this server in place of backends: the pool has the addresses that it"
              + " advertises, and is up while it has a backend to forward to and is not drained."
              + " Beside it `at`, `failback_hold`, `all_down` and `capacity` may stand.");

  /** What says nothing of a balancer. */
  private static final List<Option<?>> OF_BACKENDS =
      List.of(CHECK, MIN_UP_OPTION, BELOW_MIN_UP, FLOOR, SLOW_START, MAX_EJECT);

  static final ObjectOf<Draft.Pool> POOL =
      ObjectOf.of(
              "pool",
              "A group of backends that belong together, usually one region or site.",
              List.of(
                  AT,
                  CHECK,
                  MIN_UP_OPTION,
                  HOLD,
                  BELOW_MIN_UP,
                  ALL_DOWN,
                  FLOOR,
                  SLOW_START,
                  MAX_EJECT,
                  CAPACITY,
                  BACKENDS,
                  BALANCER),
              PoolOptions::pool)
          .exactlyOne(BACKENDS, BALANCER);

  private PoolOptions() {}

  private static Draft.@Nullable Pool pool(ObjectOf.Values values) {
    String balancer = values.find(BALANCER);
    boolean sound = true;
    for (Option<?> option : balancer == null ? List.<Option<?>>of() : OF_BACKENDS) {
      if (values.find(option) != null) {
        values
            .site(option)
            .error(
                Code.NO_EFFECT,
                "\"%s\" has no effect beside \"balancer\"".formatted(option.name()),
                "leave it out");
        sound = false;
      }
    }
    return sound ? pool(values, balancer) : null;
  }

  private static Draft.Pool pool(ObjectOf.Values values, @Nullable String balancer) {
    return new Draft.Pool(
        values.site(),
        values.find(AT),
        values.site(CHECK),
        values.find(CHECK),
        values.find(MIN_UP_OPTION),
        values.site(MIN_UP_OPTION),
        values.find(HOLD),
        values.get(BELOW_MIN_UP),
        values.find(ALL_DOWN),
        limits(values),
        balancer,
        Objects.requireNonNullElse(values.find(BACKENDS), Map.of()));
  }

  private static Config.PoolLimits limits(ObjectOf.Values values) {
    Integer capacity = values.find(CAPACITY);
    return new Config.PoolLimits(
        Objects.requireNonNullElse(values.find(FLOOR), 0.0),
        values.get(SLOW_START),
        Objects.requireNonNullElse(values.find(MAX_EJECT), 1.0),
        capacity == null ? OptionalInt.empty() : OptionalInt.of(capacity));
  }

  private static Config.BackendConfig backend(ObjectOf.Values values) {
    Map<String, List<InetAddress>> addresses =
        new LinkedHashMap<>(Objects.requireNonNullElse(values.find(ADDRESS), Map.of()));
    List<InetAddress> ordinary = addresses.remove(DEFAULT_VIEW);
    Integer port = values.find(PORT);
    return new Config.BackendConfig(
        values.site().key(),
        ordinary == null ? List.of() : ordinary,
        Map.copyOf(addresses),
        values.find(HOST),
        values.get(WEIGHT),
        values.get(STANDBY),
        values.find(BACKEND_CHECK),
        port == null ? OptionalInt.empty() : OptionalInt.of(port),
        Objects.requireNonNullElse(values.find(TAGS), List.of()),
        values.find(GROUP),
        values.find(BACKEND_AT));
  }

  private static Config.BackendConfig shortForm(InetAddress address, Site site) {
    return Config.BackendConfig.of(site.key(), List.of(address), null);
  }

  private static @Nullable Map<String, List<InetAddress>> byView(
      Map<String, List<InetAddress>> addresses, Site site) {
    if (!addresses.containsKey(DEFAULT_VIEW)) {
      site.error(
          Code.MISSING_KEY,
          "\"default\" is missing",
          "what resolvers in none of the views are given: default: ADDRESS");
      return null;
    }
    Set<String> views = site.reading().names(Reading.Named.VIEW);
    for (String view : addresses.keySet()) {
      if (!view.equals(DEFAULT_VIEW) && !views.contains(view)) {
        site.unknown(Code.REFERENCE, "there is no view \"" + view + "\"", view, views);
        return null;
      }
    }
    return addresses;
  }

  /** What DNS would be asked for in vain. */
  static @Nullable String noAddress(String host, Site site) {
    if (IPV4.matcher(host).matches()) {
      site.error(Code.VALUE, host + " is an address, no host name", Notation.nameAdvice(host));
      return null;
    }
    return host;
  }

  private static @Nullable Integer notZero(Integer weight, Site site) {
    if (weight == 0) {
      site.error(
          Code.WEIGHT_ZERO, "a weight of 0 is refused", "use standby: true, or azimuth drain");
      return null;
    }
    return weight;
  }
}
