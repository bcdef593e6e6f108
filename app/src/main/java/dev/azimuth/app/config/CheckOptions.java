package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;

import dev.azimuth.app.config.Shape.Keyword;
import dev.azimuth.app.config.Shape.Ranged;
import dev.azimuth.health.Check;
import dev.azimuth.health.Check.StatusRange;
import dev.azimuth.health.Timing;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The {@code checks} part of the language. */
final class CheckOptions {
  private static final Ranged<Integer> PORT_NUMBER = Notation.integer(1, 65535);

  private static final Shape<StatusRange> STATUS =
      new OneOf<>(
          List.of(
              Notation.STATUS_RANGE,
              Notation.integer(100, 599).map(code -> new StatusRange(code, code))));

  private static final Option<String> HTTP =
      optional("http", Notation.URL_PATH, "An HTTP/1.1 GET of this path; its status code decides.");
  private static final Option<String> HTTPS =
      optional("https", Notation.URL_PATH, "The same over TLS.");
  private static final Option<OptionalInt> TCP =
      optional(
          "tcp",
          new OneOf<>(
              List.of(
                  new Keyword<>(Map.of("backend", OptionalInt.empty()), Set.of()),
                  PORT_NUMBER.map(OptionalInt::of))),
          "A TCP connection to this port that is accepted; `backend` takes the port of the check"
              + " or the backend.");
  private static final Option<String> HOST =
      optional(
          "host",
          Notation.HOST,
          "The Host header, the SNI and the name that the certificate must bear. `https` needs it"
              + " unless `verify` is false.");
  private static final Option<Boolean> VERIFY =
      optional(
              "verify",
              Notation.BOOLEAN,
              "Whether the certificate must chain to a trusted root and bear `host`.")
          .byDefault("true");
  private static final Option<List<StatusRange>> EXPECT =
      optional("expect", new ListOf<>(STATUS, 1, 16, true), "The good status codes.")
          .byDefault("200-299");
  private static final Option<InetAddress> ADDRESS =
      optional(
          "address", Notation.ADDRESS, "Where to connect instead of the backend's own address.");
  private static final Option<Integer> PORT =
      optional(
          "port",
          PORT_NUMBER,
          "The port to connect to; else the backend's, else 80 for `http` and 443 for `https`.");
  private static final List<Option<?>> HTTP_ONLY = List.of(HOST, VERIFY, EXPECT);

  static final ObjectOf<Check> CHECK =
      ObjectOf.of(
              "check",
              "How it is found out whether a backend is up.",
              Stream.concat(
                      Stream.<Option<?>>of(HTTP, HTTPS, TCP, HOST, VERIFY, EXPECT, ADDRESS, PORT),
                      TimingOptions.ALL.stream())
                  .toList(),
              CheckOptions::check)
          .exactlyOne(HTTP, HTTPS, TCP)
          .later(
              Map.of(
                  "tls", "a check that ends with the TLS handshake",
                  "dns", "a check that asks a DNS question"));

  private CheckOptions() {}

  private static @Nullable Check check(ObjectOf.Values values) {
    Timing timing = TimingOptions.timing(values);
    if (timing == null) {
      return null;
    }
    InetAddress address = values.find(ADDRESS);
    Integer written = values.find(PORT);
    OptionalInt port = written == null ? OptionalInt.empty() : OptionalInt.of(written);
    OptionalInt tcp = values.find(TCP);
    if (tcp == null) {
      return http(values, address, port, timing);
    }
    boolean own = tcp.isPresent();
    return allHaveEffect(values, "\"tcp\"", own ? List.of(HOST, VERIFY, EXPECT, PORT) : HTTP_ONLY)
        ? new Check.Tcp(address, own ? tcp : port, timing)
        : null;
  }

  private static @Nullable Check http(
      ObjectOf.Values values, @Nullable InetAddress address, OptionalInt port, Timing timing) {
    String secure = values.find(HTTPS);
    String plain = values.find(HTTP);
    boolean tls = secure != null;
    String path = tls ? secure : plain;
    if (path == null || (!tls && !allHaveEffect(values, "\"http\"", List.of(VERIFY)))) {
      return null;
    }
    boolean verify = tls && values.get(VERIFY);
    String host = values.find(HOST);
    if (verify && host == null) {
      values
          .site(HTTPS)
          .error(
              Code.HOST_NEEDED,
              "there is no name that the certificate could be verified against",
              "add host: www.example.com, or verify: false");
      return null;
    }
    return new Check.Http(tls, verify, path, host, values.get(EXPECT), address, port, timing);
  }

  /** Whether none of some keys is given that say nothing beside another. */
  private static boolean allHaveEffect(
      ObjectOf.Values values, String beside, List<Option<?>> useless) {
    boolean effective = true;
    for (Option<?> option : useless) {
      if (values.find(option) != null) {
        String message = "\"%s\" has no effect beside %s".formatted(option.name(), beside);
        values.site(option).error(Code.NO_EFFECT, message, "leave it out");
        effective = false;
      }
    }
    return effective;
  }
}
