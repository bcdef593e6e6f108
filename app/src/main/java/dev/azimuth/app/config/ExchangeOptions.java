package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;
import static dev.azimuth.app.config.Option.required;

import dev.azimuth.app.config.Shape.Keyword;
import dev.azimuth.app.config.Shape.Kind;
import dev.azimuth.app.config.Shape.Ranged;
import dev.azimuth.app.config.Shape.Scalar;
import dev.azimuth.health.Content;
import dev.azimuth.health.Octets;
import dev.azimuth.health.Regex;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The checks that exchange octets: over TCP and UDP, and in DNS. */
final class ExchangeOptions {
  static final Ranged<Integer> PORT_NUMBER = Notation.integer(1, 65535);

  /** A port, or that of the check or the backend. */
  static final Shape<OptionalInt> PORT_OR_BACKEND =
      new OneOf<>(
          List.of(
              new Keyword<>(Map.of("backend", OptionalInt.empty())),
              PORT_NUMBER.map(OptionalInt::of)));

  private static final Map<String, Integer> TYPES = new LinkedHashMap<>();
  private static final Map<String, Integer> RCODES = new LinkedHashMap<>();

  static {
    TYPES.put("A", 1);
    TYPES.put("AAAA", 28);
    TYPES.put("CNAME", 5);
    TYPES.put("MX", 15);
    TYPES.put("NS", 2);
    TYPES.put("PTR", 12);
    TYPES.put("SOA", 6);
    TYPES.put("SRV", 33);
    TYPES.put("TXT", 16);
    RCODES.put("NOERROR", 0);
    RCODES.put("SERVFAIL", 2);
    RCODES.put("NXDOMAIN", 3);
    RCODES.put("NOTIMP", 4);
    RCODES.put("REFUSED", 5);
  }

  private static final Scalar<Octets> OCTETS =
      new Scalar<>(
          "OCTETS",
          Kind.TEXT,
          "US-ASCII in which \\r \\n \\t \\0 \\\\ and \\xNN are single octets (best in single"
              + " quotes)",
          "[\\u0000-\\u007f]{1,1024}",
          Octets::parse);

  private static final Option<OptionalInt> PORT =
      optional(
              "port",
              PORT_OR_BACKEND,
              "The port; `backend` takes that of the check or the backend.")
          .byDefault("backend");
  private static final Option<Octets> SEND =
      optional("send", OCTETS, "What is sent first; without it the other side speaks first.");
  private static final Option<Octets> DATAGRAM =
      required("send", OCTETS, "The datagram, sent up to three times while no answer comes.");
  private static final Option<Octets> EXPECT =
      optional("expect", OCTETS, "Octets that the answer must have, in its first 64 KiB.");
  private static final Option<Regex> MATCHES =
      optional(
          "matches",
          HttpOptions.REGEX,
          "An expression that must find something in the first 64 KiB of the answer.");

  /**
   * What is said where.
   *
   * @param content null when any answer will do, over TCP without waiting for it
   */
  record Spoken(OptionalInt port, Octets send, @Nullable Content content) {}

  static final Shape<Spoken> TCP =
      new OneOf<>(
          List.of(
              PORT_OR_BACKEND.map(port -> new Spoken(port, Octets.NONE, null)),
              ObjectOf.of(
                  "tcp",
                  "What is said on a TCP connection, and the answer that is good.",
                  List.of(PORT, SEND, EXPECT, MATCHES),
                  ExchangeOptions::stream)));

  static final ObjectOf<Spoken> UDP =
      ObjectOf.of(
          "udp",
          "A datagram, and the answer that is good; without `expect` and `matches` any is.",
          List.of(PORT, DATAGRAM, EXPECT, MATCHES),
          values -> content(values, values.get(DATAGRAM)));

  private static final Option<String> NAME =
      required(
          "name",
          new Scalar<>(
              "DNS_NAME",
              Kind.DOMAIN,
              "a DNS name such as www.example.com, or \".\" for the root",
              "\\.|[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*\\.?",
              ExchangeOptions::dnsName),
          "The name that is asked for.");
  private static final Option<Integer> TYPE =
      optional("type", new Keyword<>(TYPES), "The type that is asked for.").byDefault("A");
  private static final Option<List<String>> DATA =
      optional(
          "expect",
          new ListOf<>(Notation.LINE, 1, 16, true),
          "Data that the answer must have, as a zone file writes them; without it any of the"
              + " type will do.");
  private static final Option<Integer> RCODE =
      optional("rcode", new Keyword<>(RCODES), "The response code of a good answer.")
          .byDefault("NOERROR");
  private static final Option<Boolean> OVER_TCP =
      optional("tcp", Notation.BOOLEAN, "Whether it is asked over TCP.").byDefault("false");

  /** A question and its answer. */
  record Asked(String name, int type, List<String> expect, int rcode, boolean tcp) {}

  static final ObjectOf<Asked> DNS =
      ObjectOf.of(
          "dns",
          "A DNS question to the target, and the answer that is good.",
          List.of(NAME, TYPE, DATA, RCODE, OVER_TCP),
          ExchangeOptions::asked);

  private ExchangeOptions() {}

  /** The text of a type that may be asked for. */
  static String type(int type) {
    return name(TYPES, type);
  }

  static String rcode(int rcode) {
    return name(RCODES, rcode);
  }

  private static String name(Map<String, Integer> names, int number) {
    return names.entrySet().stream()
        .filter(entry -> entry.getValue() == number)
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  private static @Nullable Spoken stream(ObjectOf.Values values) {
    Octets send = values.find(SEND);
    Spoken spoken = content(values, send == null ? Octets.NONE : send);
    if (spoken != null && send != null && spoken.content == null) {
      values
          .site(SEND)
          .error(
              Code.NO_EFFECT,
              "\"send\" has no effect without an answer that is waited for",
              "add expect or matches");
      return null;
    }
    return spoken;
  }

  private static @Nullable Spoken content(ObjectOf.Values values, Octets send) {
    Octets expect = values.find(EXPECT);
    Regex matches = values.find(MATCHES);
    if (expect != null && matches != null) {
      values
          .site(MATCHES)
          .error(Code.NO_EFFECT, "\"matches\" stands beside \"expect\"", "leave one of them out");
      return null;
    }
    Content content =
        expect != null
            ? new Content.Contains(expect)
            : matches != null ? new Content.Matches(matches) : null;
    return new Spoken(values.get(PORT), send, content);
  }

  private static @Nullable String dnsName(String text) {
    if (text.equals(".")) {
      return text;
    }
    String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    return name.length() > 253 ? null : name.toLowerCase(Locale.ROOT);
  }

  private static @Nullable Asked asked(ObjectOf.Values values) {
    int type = values.get(TYPE);
    int rcode = values.get(RCODE);
    List<String> expect = values.find(DATA);
    if (expect == null) {
      return new Asked(values.get(NAME), type, List.of(), rcode, values.get(OVER_TCP));
    }
    if (rcode != 0) {
      String message = "\"expect\" has no effect beside rcode: " + rcode(rcode);
      values.site(DATA).error(Code.NO_EFFECT, message, "leave one of them out");
      return null;
    }
    int octets = type == 1 ? 4 : type == 28 ? 16 : 0;
    for (String data : expect) {
      InetAddress address = octets == 0 ? null : Notation.address(data);
      if (octets != 0 && (address == null || address.getAddress().length != octets)) {
        values.site(DATA).error(Code.VALUE, "\"" + data + "\" is no data of type " + type(type));
        return null;
      }
    }
    return new Asked(values.get(NAME), type, expect, 0, values.get(OVER_TCP));
  }
}
