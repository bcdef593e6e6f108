package dev.azimuth.app.config;

import dev.azimuth.app.config.Shape.Kind;
import dev.azimuth.app.config.Shape.Ranged;
import dev.azimuth.app.config.Shape.Scalar;
import dev.azimuth.app.host.UnicodeName;
import dev.azimuth.health.Check.StatusRange;
import dev.azimuth.steering.Addresses;
import dev.azimuth.steering.Cidr;
import dev.azimuth.steering.TtlRange;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How single values are written. */
final class Notation {
  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
  static final String IPV4 = OCTET + "(\\." + OCTET + "){3}";
  static final String IPV6 = "[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*";
  private static final String LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
  static final String DOTTED = LABEL + "(\\." + LABEL + ")*";
  private static final String TIME = "[0-9]{1,9}(ms|s|m|h|d)";

  private static final Duration LONGEST_TTL = Duration.ofDays(7);

  static final Scalar<Duration> DURATION =
      new Scalar<>(
          "DURATION",
          Kind.TEXT,
          "a duration such as 500ms, 10s, 5m, 1h or 7d",
          TIME,
          Notation::duration);

  static final Scalar<Long> INTEGER =
      new Scalar<>("INTEGER", Kind.INTEGER, "a whole number", "-?[0-9]{1,18}", Long::valueOf);

  /** What no int can hold is outside every range, too. */
  static final Shape<Integer> INT =
      INTEGER.map(value -> Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE));

  static final Scalar<Boolean> BOOLEAN =
      new Scalar<>("BOOLEAN", Kind.BOOLEAN, "true or false", "true|false", Boolean::valueOf);

  static final Scalar<Long> SIZE =
      new Scalar<>(
          "SIZE",
          Kind.TEXT,
          "a size such as 512KiB, 4MiB or 1GiB",
          "[0-9]{1,9}(B|KiB|MiB|GiB)",
          Notation::size);

  private static final Scalar<Double> ANY_PERCENT =
      new Scalar<>(
          "PERCENT",
          Kind.TEXT,
          "a share such as 50%",
          "[0-9]{1,3}(\\.[0-9]{1,3})?%",
          text -> new BigDecimal(unitless(text, 1)).movePointLeft(2).doubleValue());

  static final Shape<Double> PERCENT = percent(0.00001, 1.0, "0.001% to 100%");

  private static final byte[] BROADCAST = {-1, -1, -1, -1};

  static final Shape<InetAddress> ADDRESS =
      new Scalar<>(
              "ADDRESS",
              Kind.TEXT,
              "an IP address such as 192.0.2.1 or \"2001:db8::1\"",
              IPV4 + "|" + IPV6,
              Notation::address)
          .then(Notation::usable);

  /** At most one address a family. */
  static final Shape<List<InetAddress>> ADDRESSES =
      new ListOf<>(ADDRESS, 1, 2, true).then(Notation::oneEachFamily);

  static final Shape<Cidr> CIDR =
      new Scalar<>(
              "CIDR",
              Kind.TEXT,
              "a prefix such as 192.0.2.0/24 or \"2001:db8::/32\"",
              "(" + IPV4 + "|" + IPV6 + ")/[0-9]{1,3}",
              Prefix::parse)
          .then(Prefix::exact);

  static final Scalar<InetSocketAddress> ENDPOINT =
      new Scalar<>(
          "ENDPOINT",
          Kind.TEXT,
          "an address and port such as \"0.0.0.0:53\" or \"[::]:53\"",
          "(" + IPV4 + "|\\[" + IPV6 + "\\]):[0-9]{1,5}",
          Notation::endpoint);

  static final Scalar<ServerConfig.Listen.Interface> INTERFACE =
      new Scalar<>(
          "INTERFACE",
          Kind.TEXT,
          "an interface and port such as \"eth0:53\"",
          "[A-Za-z][A-Za-z0-9_.-]{0,14}:[0-9]{1,5}",
          Notation::networkInterface);

  static final Scalar<String> HOST =
      new Scalar<>(
          "HOST",
          Kind.DOMAIN,
          "a host name such as www.example.com",
          DOTTED + "\\.?",
          text -> text.length() <= 253 ? lower(text) : null);

  static final Scalar<String> NAME =
      new Scalar<>(
          "NAME",
          Kind.TEXT,
          "a name of letters, digits, \"_\", \"-\" and \".\"",
          "[A-Za-z0-9][A-Za-z0-9._-]{0,62}",
          text -> text);

  static final Scalar<String> ORIGIN =
      new Scalar<>(
          "ORIGIN",
          Kind.DOMAIN,
          "the name of a zone such as example.com",
          DOTTED + "\\.?",
          text -> text.length() <= 253 ? lower(withoutDot(text)) : null);

  static final Scalar<String> OWNER =
      new Scalar<>(
          "OWNER",
          Kind.DOMAIN,
          "a name inside the zone such as www, \"@\" or \"*.app\" (without the zone and final dot)",
          "@|\\*|(\\*\\.)?" + DOTTED,
          text -> lower(text));

  static final Scalar<String> URL_PATH =
      new Scalar<>(
          "URL_PATH",
          Kind.TEXT,
          "a path such as /healthz",
          "/[!-~]{0,2047}",
          text -> text.contains("#") ? null : text);

  static final Scalar<StatusRange> STATUS_RANGE =
      new Scalar<>(
          "STATUS_RANGE",
          Kind.TEXT,
          "a range of status codes such as 200-299",
          "[1-5][0-9][0-9]-[1-5][0-9][0-9]",
          Notation::statusRange);

  static final Shape<TtlRange> TTL_RANGE =
      new Scalar<>(
              "TTL_RANGE",
              Kind.TEXT,
              "two durations such as 15s..60s",
              TIME + "\\.\\." + TIME,
              Notation::bounds)
          .then(Notation::ttlRange);

  static final Scalar<String> LINE =
      new Scalar<>(
          "TEXT", Kind.TEXT, "a text on one line", "[^\\u0000-\\u001f\\u007f]+", text -> text);

  /** Records in master-file syntax. */
  static final Scalar<String> RECORDS =
      new Scalar<>(
          "RECORDS",
          Kind.TEXT,
          "records, written as a block: records: |",
          "[\\s\\S]+",
          Integer.MAX_VALUE,
          text -> text);

  /** A path; a relative one begins at the folder of the file that names it. */
  static final Shape<Path> PATH = LINE.then(Notation::path);

  private Notation() {}

  static Ranged<Duration> duration(String least, String most) {
    return new Ranged<>(DURATION, exactly(least), exactly(most), least + " to " + most);
  }

  static Ranged<Double> percent(double least, double most, String range) {
    return new Ranged<>(ANY_PERCENT, least, most, range);
  }

  static Ranged<Integer> integer(int least, int most) {
    return new Ranged<>(INT, least, most, "%,d to %,d".formatted(least, most));
  }

  /** A duration in whole seconds. */
  static Shape<Integer> seconds(String least, String most) {
    return duration(least, most)
        .checked((value, site) -> value.toMillisPart() == 0, "a TTL is in whole seconds")
        .map(value -> (int) value.toSeconds());
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  static String withoutDot(String text) {
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  private static String unitless(String text, int unit) {
    return text.substring(0, text.length() - unit);
  }

  private static Duration exactly(String text) {
    int unit = text.endsWith("ms") ? 2 : 1;
    long count = Long.parseLong(unitless(text, unit));
    return switch (text.substring(text.length() - unit)) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      case "d" -> Duration.ofDays(count);
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static @Nullable Duration duration(String text) {
    return exactly(text);
  }

  private static @Nullable Long size(String text) {
    if (!text.endsWith("iB")) {
      return Long.valueOf(unitless(text, 1));
    }
    long count = Long.parseLong(unitless(text, 3));
    return switch (text.charAt(text.length() - 3)) {
      case 'K' -> count << 10;
      case 'M' -> count << 20;
      default -> count << 30; // the pattern leaves only G
    };
  }

  static @Nullable InetAddress address(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      return null; // the pattern admits some texts that are no address
    }
  }

  /** What to do about a text that stands for a domain name and is none; null for no idea. */
  static @Nullable String nameAdvice(String text) {
    return text.matches(IPV4) || (text.contains(":") && address(text) != null)
        ? "an address stands in the \"address\" of a backend, or in an A or AAAA record of a zone"
        : UnicodeName.advice(text);
  }

  private static @Nullable InetAddress usable(InetAddress address, Site site) {
    byte[] octets = address.getAddress();
    boolean v4 = octets.length == 4;
    boolean broadcast = v4 && Arrays.equals(octets, BROADCAST);
    if (address.isAnyLocalAddress()
        || address.isMulticastAddress()
        || broadcast
        || (v4 && octets[0] == 0)) {
      site.error(Code.VALUE, "no client can connect to " + Addresses.text(address));
      return null;
    }
    boolean reserved = v4 && (octets[0] & 0xf0) == 0xf0;
    if (address.isLinkLocalAddress() || reserved) {
      site.warning(
          Code.ADDRESS_KIND,
          Addresses.text(address)
              + (reserved
                  ? " is reserved: most systems refuse to connect to it"
                  : " is link-local: clients on other links cannot connect to it"),
          null);
    }
    return address;
  }

  private static @Nullable List<InetAddress> oneEachFamily(List<InetAddress> list, Site site) {
    if (list.size() == 2 && list.getFirst().getClass() == list.getLast().getClass()) {
      site.error(
          Code.DUPLICATE_VALUE,
          "at most one IPv4 and one IPv6 address",
          "give each address a backend of its own");
      return null;
    }
    return list;
  }

  static @Nullable InetSocketAddress endpoint(String text) {
    int colon = text.lastIndexOf(':');
    String host = text.substring(0, colon);
    InetAddress address =
        address(host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
    int port = Integer.parseInt(text.substring(colon + 1));
    return address == null || port > 65535 ? null : new InetSocketAddress(address, port);
  }

  private static ServerConfig.Listen.@Nullable Interface networkInterface(String text) {
    int colon = text.lastIndexOf(':');
    int port = Integer.parseInt(text.substring(colon + 1));
    return port > 65535 ? null : new ServerConfig.Listen.Interface(text.substring(0, colon), port);
  }

  private static @Nullable StatusRange statusRange(String text) {
    int from = Integer.parseInt(text.substring(0, 3));
    int to = Integer.parseInt(text.substring(4));
    return from <= to ? new StatusRange(from, to) : null;
  }

  private static @Nullable List<Duration> bounds(String text) {
    return List.of(
        exactly(text.substring(0, text.indexOf('.'))),
        exactly(text.substring(text.lastIndexOf('.') + 1)));
  }

  private static @Nullable TtlRange ttlRange(List<Duration> bounds, Site site) {
    Duration lower = bounds.getFirst();
    Duration upper = bounds.getLast();
    if (lower.toMillisPart() != 0 || upper.toMillisPart() != 0) {
      site.error(Code.VALUE, "a TTL is in whole seconds");
    } else if (lower.compareTo(upper) > 0) {
      site.error(Code.RANGE, "the lower bound is above the upper one");
    } else if (lower.toSeconds() < 1 || upper.compareTo(LONGEST_TTL) > 0) {
      site.error(Code.RANGE, site.node().kind() + " is outside 1s to 7d");
    } else {
      return new TtlRange((int) lower.toSeconds(), (int) upper.toSeconds());
    }
    return null;
  }

  private static @Nullable Path path(String text, Site site) {
    try {
      return site.node().place().file().toAbsolutePath().resolveSibling(text).normalize();
    } catch (InvalidPathException e) {
      site.error(Code.VALUE, "this system has no such path");
      return null;
    }
  }

  /** A prefix as written, its host bits perhaps set. */
  private record Prefix(InetAddress address, int length) {

    static @Nullable Prefix parse(String text) {
      int slash = text.indexOf('/');
      InetAddress address = Notation.address(text.substring(0, slash));
      int length = Integer.parseInt(text.substring(slash + 1));
      boolean mapped = text.contains(":") && address != null && address.getAddress().length == 4;
      return address == null || mapped || length > address.getAddress().length * 8
          ? null
          : new Prefix(address, length);
    }

    static @Nullable Cidr exact(Prefix prefix, Site site) {
      int length = prefix.length();
      byte[] octets = prefix.address().getAddress();
      boolean v4 = octets.length == 4;
      byte[] masked = octets.clone();
      for (int bit = length; bit < octets.length * 8; bit++) {
        masked[bit >> 3] &= (byte) ~(0x80 >> (bit & 7));
      }
      if (!Arrays.equals(octets, masked)) {
        site.error(
            Code.VALUE,
            "bits below the prefix length are set",
            "write %s/%d".formatted(Addresses.text(masked), length));
        return null;
      }
      return v4
          ? new Cidr(true, 0, Addresses.number(octets, 0, 4), length)
          : new Cidr(
              false, Addresses.number(octets, 0, 8), Addresses.number(octets, 8, 16), length);
    }
  }
}
