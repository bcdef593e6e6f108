package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;
import static dev.azimuth.app.config.Option.required;

import dev.azimuth.app.config.Shape.Keyword;
import dev.azimuth.app.config.Shape.Kind;
import dev.azimuth.app.config.Shape.Reference;
import dev.azimuth.app.config.Shape.Scalar;
import dev.azimuth.balancer.Listen;
import dev.azimuth.balancer.Listen.Protocol;
import dev.azimuth.balancer.Settings;
import dev.azimuth.balancer.Settings.ProxyHeader;
import dev.azimuth.balancer.Settings.WhenDown;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The {@code balancers} part of the language. */
final class BalancerOptions {
  private static final int MOST_POOLS = 64;

  private static final Scalar<Listen> LISTENER =
      new Scalar<>(
          "LISTENER",
          Kind.TEXT,
          "a protocol, address and port such as \"tcp://0.0.0.0:443\" or \"udp://[::]:5353\"",
          "(tcp|udp)://(" + Notation.IPV4 + "|\\[" + Notation.IPV6 + "\\]):[0-9]{1,5}",
          BalancerOptions::listener);

  private static final Option<List<Listen>> LISTEN =
      required(
          "listen",
          new ListOf<>(LISTENER, 1, 64, true).then(BalancerOptions::together),
          "Where clients connect to: all by TCP, or all by UDP. Port 0 takes any free port.");

  private static final Shape<List<String>> POOLS =
      new ListOf<>(new Reference(Reading.Named.POOL, Notation.NAME), 1, MOST_POOLS, true)
          .then(BalancerOptions::distinct);

  private static final Option<List<String>> TO =
      required(
          "to",
          POOLS,
          "The pools in order: the first that serves gets the connections, by the same rules as in"
              + " the answers of names.");

  private static final Option<List<String>> SNI =
      optional("sni", BalancerTls.SERVER_NAMES, "The client names one of these servers (SNI).");
  private static final Option<List<String>> ALPN =
      optional("alpn", BalancerTls.PROTOCOLS, "It offers one of these protocols (ALPN).");
  private static final Option<List<String>> ROUTE_TO = required("to", POOLS, "The pools in order.");
  private static final Option<List<Draft.TlsRoute>> ROUTE =
      optional(
              "route",
              new ListOf<>(
                  ObjectOf.of(
                      "balancer route",
                      "Which clients go to other pools than `to`, by what they say in the"
                          + " ClientHello, whether the balancer ends TLS or not. Keys are ANDed, the"
                          + " values of one key ORed.",
                      List.of(SNI, ALPN, ROUTE_TO),
                      BalancerOptions::route),
                  0,
                  1000,
                  false),
              "The first that matches counts; where none does, and for clients that speak no TLS,"
                  + " `to`. TCP alone.")
          .byDefault("[]");

  private static final Option<Integer> PORT =
      optional(
          "port",
          Notation.integer(1, 65535),
          "Where backends that say no port are connected to; else the port of the first listener.");

  private static final Option<Settings.Pick> PICK =
      optional(
              "pick",
              BalancerPicks.PICK,
              "How a backend is chosen. `p2c`: of two drawn by weight the one with fewer connections"
                  + " for its weight; `rotate`: one after the other, by weight; `weighted`: drawn by"
                  + " weight; `least_connections`: the fewest for its weight; `fastest`: of two drawn"
                  + " the quicker one, as connections were measured; `random`: drawn, weights left"
                  + " aside; `sticky`: always the same for a source.")
          .byDefault("p2c");

  private static final Option<Integer> OWN =
      optional(
              "own",
              Notation.integer(1, MOST_POOLS),
              "How many of the pools of `to`, from the first, are of this site. Names that lead to the"
                  + " balancer, and `/healthz?balancer=`, go by these: while connections are"
                  + " forwarded to none of them, names lead elsewhere, and the other pools rescue"
                  + " clients who come all the same.")
          .byDefault("1");

  private static final Option<List<InetAddress>> ADVERTISE =
      optional(
          "advertise",
          Notation.ADDRESSES,
          "The address, or one of each family, at which clients reach the balancer: what names give"
              + " that lead to a pool which is this balancer.");

  private static final Option<ObjectOf.Values> ACCESS =
      optional("access", BalancerLimits.ACCESS, "Who may connect.").byDefault("{}");

  private static final Option<ProxyHeader> SEND_PROXY =
      optional(
              "send_proxy",
              new Keyword<>(
                  Keyword.words(
                      "none", ProxyHeader.NONE, "v1", ProxyHeader.V1, "v2", ProxyHeader.V2)),
              "The header of the PROXY protocol that begins each connection to a backend and says"
                  + " who the client is. TCP alone.")
          .byDefault("none");

  private static final Option<List<InetAddress>> SOURCE =
      optional(
          "source",
          Notation.ADDRESSES,
          "The local address of connections to backends, at most one of each family. Without it the"
              + " system chooses.");

  private static final Option<Integer> TRIES =
      optional(
              "tries",
              Notation.integer(1, 16),
              "How many backends are tried at most, one after the other and of all pools together,"
                  + " before the client is given up. TCP alone.")
          .byDefault("3");

  private static final Option<ObjectOf.Values> LIMITS =
      optional("limits", BalancerLimits.LIMITS, "How much there may be at once.").byDefault("{}");

  private static final Option<ObjectOf.Values> TIMEOUTS =
      optional("timeouts", BalancerLimits.TIMEOUTS, "How long things may take.").byDefault("{}");

  private static final Option<Duration> KEEPALIVE =
      optional(
              "keepalive",
              BalancerLimits.noneOr(Duration.ZERO, Notation.duration("1s", "1d")),
              "After how long without an octet the system asks whether the other side is still"
                  + " there, on both sides (RFC 9293, section 3.8.4). TCP alone.")
          .byDefault("60s");

  private static final Option<Duration> USER_TIMEOUT =
      optional(
              "user_timeout",
              BalancerLimits.noneOr(Duration.ZERO, Notation.duration("100ms", "1h")),
              "How long sent octets may be without acknowledgement before the connection is given"
                  + " up (RFC 5482); `none` leaves it to the system. TCP alone.")
          .byDefault("none");

  private static final Option<Settings.Passive> PASSIVE =
      optional(
              "passive",
              BalancerLimits.PASSIVE,
              "How backends are ejected that connections fail with, whatever the checks say; `none`"
                  + " for never.")
          .byDefault("{}");

  private static final Option<Double> PANIC =
      optional(
              "panic",
              Notation.percent(0, 1, "0% to 100%"),
              "With a smaller share of its backends usable than this, all of the pool that serves"
                  + " get connections, whatever the checks say.")
          .byDefault("0%");

  private static final Option<WhenDown> WHEN_DOWN =
      optional(
              "when_down",
              new Keyword<>(Keyword.words("keep", WhenDown.KEEP, "close", WhenDown.CLOSE)),
              "What becomes of the connections to a backend that comes down.")
          .byDefault("keep");

  private static final Option<Settings.Termination> TLS =
      optional(
          "tls",
          BalancerTls.TLS,
          "TLS that the balancer ends. Without it TLS passes through. TCP alone.");

  private static final Option<Settings.Onward> ONWARD =
      optional(
          "onward_tls",
          BalancerTls.ONWARD,
          "TLS that the balancer speaks to backends; short form `true`. TCP alone.");

  private static final Option<Integer> LOG =
      optional(
              "log",
              BalancerLimits.noneOr(0, Notation.integer(1, 999_999_999)),
              "Every so many-th connection is logged when it ends.")
          .byDefault("none");

  private static final List<Option<?>> TCP_ALONE =
      List.of(ROUTE, SEND_PROXY, TRIES, KEEPALIVE, USER_TIMEOUT, TLS, ONWARD);

  static final ObjectOf<Draft.Balancer> BALANCER =
      ObjectOf.of(
          "balancer",
          "Forwards connections, or UDP sessions, to the backends of pools. `docs/balancing.md` says"
              + " more.",
          List.of(
              LISTEN,
              TO,
              ROUTE,
              PORT,
              PICK,
              OWN,
              ADVERTISE,
              ACCESS,
              SEND_PROXY,
              SOURCE,
              TRIES,
              LIMITS,
              TIMEOUTS,
              KEEPALIVE,
              USER_TIMEOUT,
              PASSIVE,
              PANIC,
              WHEN_DOWN,
              TLS,
              ONWARD,
              LOG),
          BalancerOptions::balancer);

  private BalancerOptions() {}

  private static Draft.@Nullable Balancer balancer(ObjectOf.Values values) {
    List<Listen> listen = values.get(LISTEN);
    boolean udp = listen.getFirst().protocol() == Protocol.UDP;
    if (!(udp ? allHaveEffect(values) : nameKnown(values))) {
      return null;
    }
    if (values.get(OWN) > values.get(TO).size()) {
      values
          .site(OWN)
          .error(
              Code.RANGE,
              "\"to\" has %d pools".formatted(values.get(TO).size()),
              "at most that many are of this site");
      return null;
    }
    List<Draft.TlsRoute> routes = values.get(ROUTE);
    Settings settings =
        new Settings(
            values.site().key(),
            listen,
            values.get(PICK),
            routes.stream().map(Draft.TlsRoute::match).toList(),
            BalancerLimits.access(values.get(ACCESS)),
            BalancerLimits.limits(values.get(LIMITS), udp),
            BalancerLimits.times(
                values.get(TIMEOUTS), udp, values.get(KEEPALIVE), values.get(USER_TIMEOUT)),
            orEmpty(values.find(SOURCE)),
            values.get(TRIES),
            values.get(PASSIVE),
            values.get(PANIC),
            values.get(WHEN_DOWN),
            values.get(SEND_PROXY),
            values.find(TLS),
            values.find(ONWARD),
            values.get(LOG));
    List<List<String>> to = new ArrayList<>(List.of(values.get(TO)));
    List<Site> toSites = new ArrayList<>(List.of(values.site(TO)));
    for (Draft.TlsRoute route : routes) {
      to.add(route.to());
      toSites.add(route.toSite());
    }
    int first = listen.getFirst().at().getPort();
    Integer port = values.find(PORT);
    return new Draft.Balancer(
        values.site(),
        values.site(LISTEN),
        values.site(PICK),
        values.site(ADVERTISE),
        values.site(SOURCE),
        toSites,
        new BalancerConfig(
            settings,
            to,
            values.get(OWN),
            port == null && first == 0
                ? OptionalInt.empty()
                : OptionalInt.of(Objects.requireNonNullElse(port, first)),
            orEmpty(values.find(ADVERTISE)),
            List.of()));
  }

  private static <T> List<T> orEmpty(@Nullable List<T> list) {
    return Objects.requireNonNullElse(list, List.of());
  }

  /** Whether nothing is said that says nothing of datagrams. */
  private static boolean allHaveEffect(ObjectOf.Values values) {
    ObjectOf.Values times = values.get(TIMEOUTS);
    Stream<Boolean> each =
        Stream.of(
                TCP_ALONE.stream().map(option -> none(values, option)),
                Stream.of(none(values.get(ACCESS), BalancerLimits.PROXY)),
                Stream.of(none(values.get(LIMITS), BalancerLimits.QUEUE)),
                Stream.of(
                        BalancerLimits.CONNECT,
                        BalancerLimits.WAIT,
                        BalancerLimits.FIRST,
                        BalancerLimits.HALF_CLOSED,
                        BalancerLimits.AGE)
                    .map(option -> none(times, option)))
            .flatMap(stream -> stream);
    return each.toList().stream().allMatch(Boolean::booleanValue);
  }

  private static boolean none(ObjectOf.Values values, Option<?> option) {
    if (values.find(option) == null) {
      return true;
    }
    values
        .site(option)
        .error(
            Code.NO_EFFECT, "\"%s\" has no effect on UDP".formatted(option.name()), "leave it out");
    return false;
  }

  /** Whether the certificates of backends can be verified, where they are to be. */
  private static boolean nameKnown(ObjectOf.Values values) {
    Settings.Onward onward = values.find(ONWARD);
    if (onward == null || onward.name() != null || !onward.verify() || values.find(TLS) != null) {
      return true;
    }
    values
        .site(ONWARD)
        .error(
            Code.HOST_NEEDED,
            "there is no name that the certificates of backends could be verified against",
            "add name: origin.internal, or verify: false");
    return false;
  }

  private static Draft.@Nullable TlsRoute route(ObjectOf.Values values) {
    List<String> names = orEmpty(values.find(SNI));
    List<String> protocols = orEmpty(values.find(ALPN));
    if (names.isEmpty() && protocols.isEmpty()) {
      values
          .site()
          .error(
              Code.CATCH_ALL,
              "this matches every client",
              "give it \"sni\" or \"alpn\"; everybody else goes to the \"to\" of the balancer");
      return null;
    }
    return new Draft.TlsRoute(
        new Settings.Match(names, protocols), values.get(ROUTE_TO), values.site(ROUTE_TO));
  }

  private static @Nullable Listen listener(String text) {
    InetSocketAddress at = Notation.endpoint(text.substring("tcp://".length()));
    return at == null ? null : new Listen(text.startsWith("udp") ? Protocol.UDP : Protocol.TCP, at);
  }

  /** Different ones, of one protocol. */
  private static @Nullable List<Listen> together(List<Listen> listen, Site site) {
    if (listen.stream().map(Listen::protocol).distinct().count() > 1) {
      site.error(
          Code.VALUE, "a balancer is of TCP or of UDP", "make two balancers with the same \"to\"");
      return null;
    }
    Set<Listen> seen = new HashSet<>();
    for (Listen each : listen) {
      if (each.at().getPort() != 0 && !seen.add(each)) {
        site.error(Code.DUPLICATE_VALUE, "an address and port is listed twice");
        return null;
      }
    }
    return listen;
  }

  private static @Nullable List<String> distinct(List<String> pools, Site site) {
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
