package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;
import static dev.azimuth.app.config.Option.required;

import dev.azimuth.app.config.Shape.Keyword;
import dev.azimuth.resolver.Admission;
import dev.azimuth.resolver.RateLimit;
import dev.azimuth.steering.Cidr;
import java.util.List;
import java.util.Map;

/** The {@code server.access} and {@code server.rate_limit} parts of the language. */
final class AdmissionOptions {
  private static final int MOST_PREFIXES = 10_000;

  /** How many seconds' worth may come at once where nothing is said. */
  private static final int BURST_SECONDS = 2;

  static final Shape<List<Cidr>> PREFIXES = new ListOf<>(Notation.CIDR, 0, MOST_PREFIXES, true);

  static final Shape<List<Cidr>> ANY_OR_PREFIXES =
      new ListOf<>(
              new OneOf<>(
                  List.of(
                      new Keyword<>(Map.of("any", Admission.ANY)), Notation.CIDR.map(List::of))),
              1,
              MOST_PREFIXES,
              true)
          .map(lists -> lists.stream().flatMap(List::stream).toList());

  private static final Option<List<Cidr>> ALLOW =
      optional("allow", ANY_OR_PREFIXES, "Whose queries are answered.").byDefault("any");

  private static final Option<List<Cidr>> DENY =
      optional(
              "deny",
              PREFIXES,
              "Whose queries are not, though `allow` says so: `deny` always wins.")
          .byDefault("[]");

  private static final Option<List<Cidr>> PROXY =
      optional(
              "proxy",
              PREFIXES,
              "Front ends that say who their clients are by the PROXY protocol: version 2 before"
                  + " each datagram, version 1 or 2 at the beginning of a TCP connection. From"
                  + " there a header is required; from anywhere else it is a malformed query.")
          .byDefault("[]");

  static final ObjectOf<ServerConfig.Access> ACCESS =
      ObjectOf.of(
          "access",
          "Who may ask. Others are REFUSED, over UDP and TCP, with the extended error Prohibited.",
          List.of(ALLOW, DENY, PROXY),
          v -> new ServerConfig.Access(v.get(ALLOW), v.get(DENY), v.get(PROXY)));

  private static final Option<String> TOLD_NAME =
      required("name", Notation.ORIGIN, "The name, inside one of the zones, where nothing stands.");

  private static final Option<List<Cidr>> TOLD_ALLOW =
      required(
          "allow",
          new ListOf<>(Notation.CIDR, 1, MOST_PREFIXES, true),
          "Who may ask for it. For everybody else the name does not exist.");

  static final ObjectOf<ServerConfig.DebugTold> DEBUG_NAME =
      ObjectOf.of(
          "debug_name",
          "TXT of the name: the address that the query came from, its client subnet, its view, its"
              + " place. TXT of a steered name with this one behind it"
              + " (`www.example.com.whoami.example.com`): how that name is answered to this client,"
              + " and why. What it tells is for operators: list only those.",
          List.of(TOLD_NAME, TOLD_ALLOW),
          v -> new ServerConfig.DebugTold(v.get(TOLD_NAME), v.get(TOLD_ALLOW)));

  private static final Option<Integer> PER_SECOND =
      required(
          "per_second",
          Notation.integer(1, 1_000_000),
          "Responses of each class that a network gets in the long run: answers, empty ones (no"
              + " such type, referrals), no such name, errors. Each address that is listened on has"
              + " a limit of its own, of which each of its workers has an equal share.");

  private static final Option<Integer> BURST =
      optional(
          "burst",
          Notation.integer(1, 10_000_000),
          "Responses of each class at once after a rest; at least one for each worker. Two"
              + " seconds' worth where it is not given.");

  private static final Option<Integer> SLIP =
      optional(
              "slip",
              Notation.integer(0, 10),
              "Of so many responses above the limit one is sent truncated, so that a client whose"
                  + " address is forged by others comes over TCP; 1 sends all so, 0 none. Errors"
                  + " are never sent then.")
          .byDefault("2");

  private static final Option<Integer> V4 =
      optional("v4", Notation.integer(1, 32), "Of IPv4 networks.").byDefault("24");

  private static final Option<Integer> V6 =
      optional("v6", Notation.integer(1, 64), "Of IPv6 networks.").byDefault("56");

  private record Lengths(int v4, int v6) {}

  private static final Option<Lengths> PREFIX =
      optional(
              "prefix",
              ObjectOf.of(
                  "rate_limit_prefix",
                  "The prefix lengths of what counts as one network.",
                  List.of(V4, V6),
                  v -> new Lengths(v.get(V4), v.get(V6))),
              "What counts as one network.")
          .byDefault("{}");

  private static final Option<List<Cidr>> EXEMPT =
      optional("exempt", PREFIXES, "Networks that are not limited.").byDefault("[]");

  static final ObjectOf<RateLimit> RATE_LIMIT =
      ObjectOf.of(
          "rate_limit",
          "How many responses one network gets over UDP, so that nobody can flood it with them by"
              + " forging its addresses. Clients with a valid cookie are not limited, and nobody"
              + " over TCP.",
          List.of(PER_SECOND, BURST, SLIP, PREFIX, EXEMPT),
          AdmissionOptions::rateLimit);

  private AdmissionOptions() {}

  private static RateLimit rateLimit(ObjectOf.Values values) {
    int perSecond = values.get(PER_SECOND);
    Integer burst = values.find(BURST);
    Lengths prefix = values.get(PREFIX);
    return new RateLimit(
        perSecond,
        burst != null ? burst : BURST_SECONDS * perSecond,
        values.get(SLIP),
        prefix.v4(),
        prefix.v6(),
        values.get(EXEMPT));
  }
}
