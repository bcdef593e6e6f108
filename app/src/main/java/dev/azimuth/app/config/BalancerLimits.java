package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;
import static dev.azimuth.app.config.Option.required;

import dev.azimuth.app.config.Shape.Keyword;
import dev.azimuth.balancer.Settings;
import dev.azimuth.balancer.Settings.Limits;
import dev.azimuth.balancer.Settings.Times;
import dev.azimuth.steering.Cidr;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The {@code access}, {@code limits}, {@code timeouts} and {@code passive} parts of a balancer. */
final class BalancerLimits {
  /** How many seconds' worth may come at once where nothing is said. */
  private static final int BURST_SECONDS = 2;

  private static final Duration IDLE_TCP = Duration.ofMinutes(5);
  private static final Duration IDLE_UDP = Duration.ofSeconds(30);

  private static final Option<List<Cidr>> ALLOW =
      optional("allow", AdmissionOptions.ANY_OR_PREFIXES, "Who may connect.").byDefault("any");
  private static final Option<List<Cidr>> DENY =
      optional(
              "deny",
              AdmissionOptions.PREFIXES,
              "Who may not, though `allow` says so: `deny` always wins.")
          .byDefault("[]");
  static final Option<List<Cidr>> PROXY =
      optional(
              "proxy",
              AdmissionOptions.PREFIXES,
              "Front ends that say who their clients are by the PROXY protocol, version 1 or 2."
                  + " From there a header is required; from anywhere else none is looked for. TCP"
                  + " alone.")
          .byDefault("[]");
  static final ObjectOf<ObjectOf.Values> ACCESS =
      ObjectOf.of(
          "balancer access",
          "Who may connect. Others are closed at once; their datagrams are dropped.",
          List.of(ALLOW, DENY, PROXY),
          values -> values);

  private static final Option<Integer> CONNECTIONS =
      optional(
              "connections",
              Notation.integer(1, 1_000_000),
              "Open connections at each listener at most; one more waits to be accepted. Over UDP"
                  + " sessions: a new one takes the place of the one idle for longest.")
          .byDefault("10000");
  private static final Shape<Integer> NONE_OR_COUNT =
      noneOr(Limits.NONE, Notation.integer(1, 1_000_000));
  private static final Option<Integer> PER_BACKEND =
      optional("per_backend", NONE_OR_COUNT, "Open connections to one backend at most.")
          .byDefault("none");
  static final Option<Integer> QUEUE =
      optional(
              "queue",
              Notation.integer(0, 100_000),
              "How many connections may wait, for `timeouts.queue` at most, while every backend is"
                  + " at `per_backend`. TCP alone.")
          .byDefault("100");
  private static final Option<Integer> PER_SOURCE =
      optional(
              "per_source",
              NONE_OR_COUNT,
              "Open connections from one IPv4 address or IPv6 /64 at most. One more is closed.")
          .byDefault("none");
  private static final Option<Integer> PER_SECOND =
      required(
          "per_second",
          Notation.integer(1, 1_000_000),
          "New connections a second in the long run.");
  private static final Option<Integer> BURST =
      optional(
          "burst",
          Notation.integer(1, 10_000_000),
          "New connections at once after a rest. Two seconds' worth where it is not given.");

  private record Rate(int perSecond, int burst) {}

  private static final Option<Rate> SOURCE_RATE =
      optional(
          "source_rate",
          ObjectOf.of(
              "source_rate",
              "How many new connections one source may open: an IPv4 address or IPv6 /64.",
              List.of(PER_SECOND, BURST),
              BalancerLimits::rate),
          "New connections from one IPv4 address or IPv6 /64. One above it is closed. Without it"
              + " there is no limit.");
  static final ObjectOf<ObjectOf.Values> LIMITS =
      ObjectOf.of(
          "balancer limits",
          "How much there may be at once.",
          List.of(CONNECTIONS, PER_BACKEND, QUEUE, PER_SOURCE, SOURCE_RATE),
          values -> values);

  static final Option<Duration> CONNECT =
      optional(
              "connect",
              Notation.duration("10ms", "10m"),
              "How long one attempt to connect to a backend may take. TCP alone.")
          .byDefault("3s");
  static final Option<Duration> WAIT =
      optional(
              "queue",
              Notation.duration("1ms", "10m"),
              "How long a connection may wait for a place at a backend. TCP alone.")
          .byDefault("1s");
  static final Option<Duration> FIRST =
      optional(
              "first",
              Notation.duration("10ms", "10m"),
              "How long everything may take that must come before a backend can be chosen: PROXY"
                  + " header, ClientHello, TLS handshake. TCP alone.")
          .byDefault("5s");
  private static final Option<Duration> IDLE =
      optional(
          "idle",
          Notation.duration("100ms", "7d"),
          "How long a connection may be without an octet either way, a UDP session without a"
              + " datagram. Default: 5m, over UDP 30s.");
  static final Option<Duration> HALF_CLOSED =
      optional(
              "half_closed",
              Notation.duration("100ms", "7d"),
              "The same once one side has sent its end. TCP alone.")
          .byDefault("30s");
  static final Option<Duration> AGE =
      optional(
              "age",
              noneOr(Duration.ZERO, Notation.duration("1s", "365d")),
              "How old a connection may become at most. TCP alone.")
          .byDefault("none");
  private static final Option<Duration> DRAIN =
      optional(
              "drain",
              Notation.duration("0s", "7d"),
              "How long connections are left to end by themselves once they have to: when what they"
                  + " use is drained, and when the process ends. What is then left is closed, spread"
                  + " over a while.")
          .byDefault("30s");
  static final ObjectOf<ObjectOf.Values> TIMEOUTS =
      ObjectOf.of(
          "balancer timeouts",
          "How long things may take.",
          List.of(CONNECT, WAIT, FIRST, IDLE, HALF_CLOSED, AGE, DRAIN),
          values -> values);

  private static final Option<Integer> FAILURES =
      optional(
              "failures",
              Notation.integer(1, 1000),
              "So many failures in a row eject a backend: refused, unreachable, timed out, or ended"
                  + " by a reset before its first octet.")
          .byDefault("5");
  private static final Option<Duration> EJECT =
      optional(
              "eject",
              Notation.duration("100ms", "1d"),
              "How long it is left out the first time; n times as long the n-th time.")
          .byDefault("10s");
  private static final Option<Duration> LONGEST =
      optional(
              "longest",
              Notation.duration("100ms", "7d"),
              "How long it is left out at most; at least `eject`.")
          .byDefault("5m");
  private static final Option<Double> MOST =
      optional(
              "most",
              Notation.PERCENT,
              "The share of the usable backends of a pool that may be left out at once; never the"
                  + " last one.")
          .byDefault("50%");
  static final Shape<Settings.Passive> PASSIVE =
      noneOr(
          new Settings.Passive(0, Duration.ofSeconds(10), Duration.ofMinutes(5), 0.5),
          ObjectOf.of(
              "passive",
              "What the balancer's own connections tell of the health of a backend.",
              List.of(FAILURES, EJECT, LONGEST, MOST),
              BalancerLimits::passive));

  private BalancerLimits() {}

  /** The value of a shape, or the word none. */
  static <T> Shape<T> noneOr(T none, Shape<T> some) {
    return new OneOf<>(List.of(new Keyword<>(Map.of("none", none)), some));
  }

  static Settings.Access access(ObjectOf.Values values) {
    return new Settings.Access(values.get(ALLOW), values.get(DENY), values.get(PROXY));
  }

  static Limits limits(ObjectOf.Values values, boolean udp) {
    Rate rate = values.find(SOURCE_RATE);
    return new Limits(
        values.get(CONNECTIONS),
        values.get(PER_BACKEND),
        udp ? 0 : values.get(QUEUE),
        values.get(PER_SOURCE),
        rate == null ? OptionalInt.empty() : OptionalInt.of(rate.perSecond),
        rate == null ? 0 : rate.burst);
  }

  /**
   * @param user of {@link Times}
   */
  static Times times(ObjectOf.Values values, boolean udp, Duration keepAlive, Duration user) {
    return new Times(
        values.get(CONNECT),
        values.get(WAIT),
        values.get(FIRST),
        Objects.requireNonNullElse(values.find(IDLE), udp ? IDLE_UDP : IDLE_TCP),
        values.get(HALF_CLOSED),
        values.get(AGE),
        values.get(DRAIN),
        keepAlive,
        user);
  }

  private static Rate rate(ObjectOf.Values values) {
    int perSecond = values.get(PER_SECOND);
    return new Rate(
        perSecond, Objects.requireNonNullElse(values.find(BURST), BURST_SECONDS * perSecond));
  }

  private static Settings.@Nullable Passive passive(ObjectOf.Values values) {
    Duration eject = values.get(EJECT);
    Duration longest = values.get(LONGEST);
    if (longest.compareTo(eject) < 0) {
      values
          .site(LONGEST)
          .error(Code.RANGE, "\"longest\" is shorter than \"eject\"", "make it at least that long");
      return null;
    }
    return new Settings.Passive(values.get(FAILURES), eject, longest, values.get(MOST));
  }
}
