package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;

import dev.azimuth.app.config.ExchangeOptions.Asked;
import dev.azimuth.app.config.ExchangeOptions.Spoken;
import dev.azimuth.app.config.Shape.Kind;
import dev.azimuth.app.config.Shape.Scalar;
import dev.azimuth.health.Check;
import dev.azimuth.health.Report;
import dev.azimuth.health.Secure;
import dev.azimuth.health.Timing;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The {@code checks} part of the language. */
final class CheckOptions {
  private static final Scalar<String> SERVICE =
      new Scalar<>(
          "SERVICE",
          Kind.TEXT,
          "the name of a gRPC service such as shop.Cart, or \"\" for the whole server",
          "[!-~]{0,255}",
          text -> text);

  private static final Option<String> HTTP =
      optional("http", Notation.URL_PATH, "A request for this path over HTTP.");
  private static final Option<String> HTTPS =
      optional("https", Notation.URL_PATH, "The same over TLS.");
  private static final Option<Spoken> TCP =
      optional(
          "tcp",
          ExchangeOptions.TCP,
          "A TCP connection to this port that is accepted, and what is said on it; `backend` takes"
              + " the port of the check or the backend.");
  private static final Option<OptionalInt> TLS =
      optional(
          "tls",
          ExchangeOptions.PORT_OR_BACKEND,
          "A TLS handshake with this port and nothing more; `backend` as for `tcp`.");
  private static final Option<Spoken> UDP =
      optional("udp", ExchangeOptions.UDP, "A datagram that is answered.");
  private static final Option<Asked> DNS =
      optional("dns", ExchangeOptions.DNS, "A DNS question that is answered.");
  private static final Option<String> GRPC =
      optional("grpc", SERVICE, "gRPC's health service, asked for this service.");
  private static final Option<String> GRPCS = optional("grpcs", SERVICE, "The same over TLS.");

  private static final Option<InetAddress> ADDRESS =
      optional(
          "address", Notation.ADDRESS, "Where to connect instead of the backend's own address.");
  private static final Option<Integer> PORT =
      optional(
          "port",
          ExchangeOptions.PORT_NUMBER,
          "The port to connect to; else the backend's, else 80 for `http`, 443 for `https` and 53"
              + " for `dns`.");

  private static final List<Option<?>> KINDS =
      Stream.of(List.<Option<?>>of(HTTP, HTTPS, TCP, TLS, UDP, DNS, GRPC, GRPCS), LocalOptions.ALL)
          .<Option<?>>flatMap(List::stream)
          .toList();

  /** What some kinds alone understand. */
  private static final List<Option<?>> SPECIAL =
      Stream.of(SecureOptions.ALL, HttpOptions.ALL, List.<Option<?>>of(ADDRESS, PORT))
          .<Option<?>>flatMap(List::stream)
          .toList();

  static final ObjectOf<Check> CHECK =
      ObjectOf.of(
              "check",
              "How it is found out whether a backend is up.",
              Stream.of(
                      KINDS,
                      SecureOptions.ALL,
                      HttpOptions.ALL,
                      List.<Option<?>>of(ADDRESS, PORT),
                      TimingOptions.ALL)
                  .<Option<?>>flatMap(List::stream)
                  .toList(),
              CheckOptions::check)
          .exactlyOne(KINDS.toArray(Option<?>[]::new));

  private CheckOptions() {}

  /** What all kinds have. */
  private record Common(@Nullable InetAddress address, OptionalInt port, Timing timing) {}

  private static @Nullable Check check(ObjectOf.Values values) {
    Timing timing = TimingOptions.timing(values, told(values));
    if (timing == null) {
      return null;
    }
    Integer port = values.find(PORT);
    Common common =
        new Common(
            values.find(ADDRESS),
            port == null ? OptionalInt.empty() : OptionalInt.of(port),
            timing);
    Option<?> kind =
        KINDS.stream().filter(option -> values.find(option) != null).findFirst().orElseThrow();
    if (!allHaveEffect(values, kind)) {
      return null;
    }
    Check local = LocalOptions.check(values, common.address, common.port, timing);
    if (local != null) {
      return local;
    }
    if (has(values, HTTP, HTTPS)) {
      return http(values, common);
    }
    if (has(values, GRPC, GRPCS)) {
      return grpc(values, common);
    }
    OptionalInt tls = values.find(TLS);
    if (tls != null) {
      Secure secure = SecureOptions.secure(values, TLS);
      OptionalInt where = tls.isPresent() ? tls : common.port;
      return secure == null ? null : new Check.Handshake(secure, common.address, where, timing);
    }
    Asked dns = values.find(DNS);
    if (dns != null) {
      return new Check.Dns(
          dns.name(),
          dns.type(),
          dns.expect(),
          dns.rcode(),
          dns.tcp(),
          common.address,
          common.port,
          timing);
    }
    Spoken udp = values.find(UDP);
    Spoken spoken = udp != null ? udp : Objects.requireNonNull(values.find(TCP));
    OptionalInt where = spoken.port().isPresent() ? spoken.port() : common.port;
    return udp != null
        ? new Check.Udp(spoken.send(), spoken.content(), common.address, where, timing)
        : new Check.Tcp(spoken.send(), spoken.content(), common.address, where, timing);
  }

  private static boolean told(ObjectOf.Values values) {
    return LocalOptions.TOLD.stream().anyMatch(option -> values.find(option) != null);
  }

  private static boolean has(ObjectOf.Values values, Option<?>... any) {
    return Stream.of(any).anyMatch(option -> values.find(option) != null);
  }

  private static @Nullable Check http(ObjectOf.Values values, Common common) {
    boolean tls = has(values, HTTPS);
    String path = values.find(tls ? HTTPS : HTTP);
    Secure secure = tls ? SecureOptions.secure(values, HTTPS) : null;
    Check.Request request =
        HttpOptions.request(values, Objects.requireNonNull(path), values.find(SecureOptions.HOST));
    Check.Expected expected = HttpOptions.expected(values);
    Report weight = values.find(HttpOptions.WEIGHT);
    Report load = values.find(HttpOptions.LOAD);
    if (weight != null && load != null) {
      values
          .site(HttpOptions.LOAD)
          .error(Code.NO_EFFECT, "\"load\" has no effect beside \"weight\"", "leave it out");
      return null;
    }
    if (request == null || expected == null || (tls && secure == null)) {
      return null;
    }
    return new Check.Http(
        secure,
        request,
        expected,
        values.get(HttpOptions.VERSION),
        values.get(HttpOptions.KEEP),
        weight == null ? load : weight,
        common.address,
        common.port,
        common.timing);
  }

  private static @Nullable Check grpc(ObjectOf.Values values, Common common) {
    boolean tls = has(values, GRPCS);
    String service = values.find(tls ? GRPCS : GRPC);
    Secure secure = tls ? SecureOptions.secure(values, GRPCS) : null;
    if (tls && secure == null) {
      return null;
    }
    return new Check.Grpc(
        secure,
        Objects.requireNonNull(service),
        values.find(SecureOptions.HOST),
        common.address,
        common.port,
        common.timing);
  }

  /** What the kind understands of what not all do. */
  private static List<Option<?>> understood(ObjectOf.Values values) {
    List<Option<?>> understood = new ArrayList<>();
    if (has(values, HTTP, HTTPS)) {
      understood.addAll(HttpOptions.ALL);
    }
    if (has(values, HTTP, GRPC)) {
      understood.add(SecureOptions.HOST);
    }
    if (has(values, HTTPS, GRPCS, TLS)) {
      understood.addAll(SecureOptions.ALL);
    }
    if (!told(values)) {
      understood.add(ADDRESS);
    }
    if (told(values) || has(values, LocalOptions.ICMP)) {
      return understood;
    }
    Spoken spoken = values.find(UDP) == null ? values.find(TCP) : values.find(UDP);
    OptionalInt own = spoken == null ? values.find(TLS) : spoken.port();
    if (own == null || own.isEmpty()) {
      understood.add(PORT);
    }
    return understood;
  }

  /** Whether no key is given that says nothing beside the kind. */
  private static boolean allHaveEffect(ObjectOf.Values values, Option<?> kind) {
    List<Option<?>> understood = understood(values);
    boolean effective = true;
    for (Option<?> option : SPECIAL) {
      if (values.find(option) != null && !understood.contains(option)) {
        String message = "\"%s\" has no effect beside \"%s\"".formatted(option.name(), kind.name());
        values.site(option).error(Code.NO_EFFECT, message, "leave it out");
        effective = false;
      }
    }
    return effective;
  }
}
