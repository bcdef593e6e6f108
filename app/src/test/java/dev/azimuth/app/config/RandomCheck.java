package dev.azimuth.app.config;

import dev.azimuth.health.Check;
import dev.azimuth.health.Check.StatusRange;
import dev.azimuth.health.Content;
import dev.azimuth.health.Octets;
import dev.azimuth.health.Regex;
import dev.azimuth.health.Report;
import dev.azimuth.health.Secure;
import dev.azimuth.health.Timing;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/** Any check that can be written, of every kind. */
final class RandomCheck {
  private final Random random;

  private RandomCheck(Random random) {
    this.random = random;
  }

  /**
   * @param port empty or any
   */
  static Check of(Random random, InetAddress address, OptionalInt port, Timing timing) {
    return new RandomCheck(random).check(address, port, timing);
  }

  private boolean flip() {
    return random.nextBoolean();
  }

  @SafeVarargs
  private <T> T pick(T... values) {
    return values[random.nextInt(values.length)];
  }

  private Check check(InetAddress address, OptionalInt port, Timing timing) {
    OptionalInt some = port.isPresent() ? port : OptionalInt.of(1 + random.nextInt(65535));
    return switch (random.nextInt(11)) {
      case 7 -> new Check.Ping(address, timing);
      case 8 ->
          new Check.Program(
              List.of("/usr/bin/check it", "", "-H{address}", "'\"$x: {}é"), address, port, timing);
      case 9 ->
          new Check.StateFile(
              Path.of("/run/states: of all"),
              flip() ? Duration.ZERO : Duration.ofSeconds(1 + random.nextInt(604_800)),
              timing);
      case 10 -> new Check.Heartbeat(Duration.ofSeconds(1 + random.nextInt(86_400)), timing);
      case 0 -> new Check.Tcp(address, some, timing);
      case 1 -> new Check.Tcp(flip() ? Octets.NONE : octets(), content(), address, some, timing);
      case 2 -> new Check.Udp(octets(), flip() ? content() : null, address, some, timing);
      case 3 -> new Check.Handshake(secure(), address, some, timing);
      case 4 -> dns(address, port, timing);
      case 5 -> {
        Secure secure = flip() ? secure() : null;
        String service = pick("", "shop.Cart", "off", "a/b");
        yield new Check.Grpc(secure, service, host(secure), address, some, timing);
      }
      default -> http(address, port, timing);
    };
  }

  private Octets octets() {
    return pick(
        new Octets("PING\r\n"),
        new Octets("\0\u00ff\u0080 \\ \"'\t"),
        new Octets("off"),
        new Octets(" # x: y "));
  }

  private Content content() {
    return flip() ? new Content.Contains(octets()) : new Content.Matches(regex());
  }

  private Regex regex() {
    return Regex.of(pick("^220 ", "[0-9]+", "a{1,3}\\\\(b|c)*$", "(?i)ok"));
  }

  private Secure secure() {
    boolean verify = flip();
    String name =
        verify || flip()
            ? pick("www.example.com", "1.5", "no", "under_score", "2001:db8::1")
            : null;
    Duration fail = Duration.ofHours(random.nextInt(100));
    Secure.Expiry expiry = new Secure.Expiry(fail.plusDays(random.nextInt(30)), fail);
    return new Secure(verify, name, null, flip() ? expiry : null);
  }

  /** What host gives this name, if it is the name of the certificate. */
  private String host(Secure secure) {
    if (secure == null) {
      return flip() ? pick("www.example.com", "192.0.2.1", "2001:db8::1", "no", "host.") : null;
    }
    return flip() || secure.name() == null ? secure.name() : "other.example.com";
  }

  private Check dns(InetAddress address, OptionalInt port, Timing timing) {
    int type = pick(1, 2, 5, 6, 12, 15, 16, 28, 33);
    List<String> expect =
        switch (type) {
          case 1 -> List.of("192.0.2.1", "192.0.2.2");
          case 28 -> List.of("2001:db8::1");
          default -> List.of("10 mail.example.com.");
        };
    int rcode = flip() ? 0 : pick(2, 3, 4, 5);
    return new Check.Dns(
        pick(".", "example.com", "_a.off"),
        type,
        rcode != 0 || flip() ? List.of() : expect,
        rcode,
        flip(),
        address,
        port,
        timing);
  }

  private Check http(InetAddress address, OptionalInt port, Timing timing) {
    Secure secure = flip() ? secure() : null;
    int from = 100 + random.nextInt(500);
    String method = pick("GET", "POST", "OPTIONS", "DELETE");
    List<Content> contents = new ArrayList<>();
    if (flip()) {
      contents.add(new Content.Contains(Octets.utf8(pick("ok", "no", "gesund \u00fc \\n"))));
    }
    if (flip()) {
      contents.add(new Content.Matches(regex()));
    }
    if (flip()) {
      contents.add(
          new Content.Json(pick("/status", "/a~1b/0", ""), pick("ok", "true", "17", "no")));
    }
    List<Check.Header> headers =
        flip()
            ? List.of()
            : List.of(new Check.Header("x-a", "off"), new Check.Header("x.b!", "a \"b\" 'c'"));
    return new Check.Http(
        secure,
        new Check.Request(
            method,
            pick("/", "/healthz", "/a?b=%20&c", "/'\"\\:{}[]"),
            host(secure),
            headers,
            method.equals("GET") || flip() ? Octets.NONE : Octets.utf8(pick("{}", "a\nb\n", "1"))),
        new Check.Expected(
            List.of(
                new StatusRange(from, from + random.nextInt(600 - from)),
                new StatusRange(200, 204)),
            contents),
        flip(),
        flip(),
        pick(
            null,
            new Report(true, new Report.Source.Header("x-load")),
            new Report(false, new Report.Source.Json("/weight")),
            new Report(true, new Report.Source.Json(""))),
        address,
        port,
        timing);
  }
}
