package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.Check;
import dev.azimuth.health.Content;
import dev.azimuth.health.Octets;
import dev.azimuth.health.Regex;
import dev.azimuth.health.Report;
import dev.azimuth.health.Secure;
import dev.azimuth.health.Target;
import dev.azimuth.health.Timing;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TargetKeyTest {
  private static final OptionalInt NO = OptionalInt.empty();
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Timing TIMING =
      new Timing(Duration.ofSeconds(5), SECOND, Duration.ofSeconds(2), 3, 2);
  private static final Secure PLAIN = new Secure(true, "www.example.com", null, null);
  private static final Check.Expected OK = Check.Expected.status(new Check.StatusRange(200, 299));

  private static String key(Check check) {
    return TargetKey.of(new Target(InetAddress.ofLiteral("192.0.2.1"), 443, check));
  }

  private static Check http(Check.Request request) {
    return http(PLAIN, request, OK, null);
  }

  private static Check http(
      @Nullable Secure secure,
      Check.Request request,
      Check.Expected expected,
      @Nullable Report report) {
    return new Check.Http(secure, request, expected, false, false, report, null, NO, TIMING);
  }

  private static Check.Request header(Check.Header header) {
    return new Check.Request("GET", "/", null, List.of(header), Octets.NONE);
  }

  /** With another key an upgrade would lose what was known. */
  @Test
  void whatIsDigestedStaysAsItIs() throws Exception {
    Check check =
        new Check.Handshake(
            new Secure(true, "www.example.com", null, new Secure.Expiry(SECOND, Duration.ZERO)),
            null,
            OptionalInt.of(443),
            TIMING);
    String digested =
        """
        address 9 192.0.2.1
        port 3 443
        kind 3 tls
        verify 4 true
        sni 15 www.example.com
        warn 4 PT1S
        fail 4 PT0S
        every 4 PT5S
        retry 4 PT1S
        timeout 4 PT2S
        rise 1 3
        fall 1 2
        """;
    byte[] sha =
        MessageDigest.getInstance("SHA-256").digest(digested.getBytes(StandardCharsets.UTF_8));
    assertThat(key(check)).isEqualTo(HexFormat.of().formatHex(sha));
  }

  @Test
  void aValueFromAFileIsNotInItAndTheFileIs() {
    Check.Header header = new Check.Header("authorization", "Bearer one", Path.of("/etc/one"));
    assertThat(key(http(header(header))))
        .isEqualTo(
            key(http(header(new Check.Header("authorization", "other", Path.of("/etc/one"))))))
        .isNotEqualTo(
            key(http(header(new Check.Header("authorization", "Bearer one", Path.of("/etc/two"))))))
        .isNotEqualTo(key(http(header(new Check.Header("authorization", "Bearer one")))));
  }

  /** Each differs from the first of its kind in one thing, or is of another kind. */
  @Test
  void whatIsAskedOtherwiseOrElsewhereHasAnotherKey() {
    Check.Request get = Check.Request.get("/", null);
    Octets ping = Octets.utf8("ping");
    List<Check> checks = new ArrayList<>();
    checks.add(http(get));
    checks.add(http(null, get, OK, null));
    checks.add(http(new Secure(false, "www.example.com", null, null), get, OK, null));
    checks.add(http(new Secure(true, "other.example.com", null, null), get, OK, null));
    checks.add(http(Check.Request.get("/x", null)));
    checks.add(http(Check.Request.get("/", "x")));
    checks.add(http(new Check.Request("POST", "/", null, List.of(), Octets.NONE)));
    checks.add(http(new Check.Request("GET", "/", null, List.of(), ping)));
    checks.add(http(PLAIN, get, Check.Expected.status(new Check.StatusRange(200, 200)), null));
    for (Content content :
        List.of(
            new Content.Contains(ping),
            new Content.Matches(Regex.of("ping")),
            new Content.Json("/a", "b"),
            new Content.Json("/a", "c"))) {
      checks.add(http(PLAIN, get, new Check.Expected(OK.statuses(), List.of(content)), null));
    }
    for (boolean load : new boolean[] {true, false}) {
      checks.add(http(PLAIN, get, OK, new Report(load, new Report.Source.Header("x"))));
      checks.add(http(PLAIN, get, OK, new Report(load, new Report.Source.Json("x"))));
    }
    checks.add(new Check.Http(PLAIN, get, OK, true, false, null, null, NO, TIMING));
    checks.add(new Check.Http(PLAIN, get, OK, false, true, null, null, NO, TIMING));
    checks.add(new Check.Tcp(null, NO, TIMING));
    checks.add(new Check.Tcp(ping, new Content.Contains(ping), null, NO, TIMING));
    checks.add(new Check.Handshake(PLAIN, null, NO, TIMING));
    checks.add(new Check.Udp(ping, null, null, NO, TIMING));
    checks.add(new Check.Udp(ping, new Content.Contains(ping), null, NO, TIMING));
    checks.add(new Check.Dns("a", 1, List.of(), 0, false, null, NO, TIMING));
    checks.add(new Check.Dns("a", 1, List.of(), 0, true, null, NO, TIMING));
    checks.add(new Check.Dns("a", 1, List.of(), 5, false, null, NO, TIMING));
    checks.add(new Check.Dns("a", 1, List.of("192.0.2.1"), 0, false, null, NO, TIMING));
    checks.add(new Check.Grpc(null, "", null, null, NO, TIMING));
    checks.add(new Check.Grpc(null, "a", null, null, NO, TIMING));
    checks.add(new Check.Grpc(null, "", "a", null, NO, TIMING));
    checks.add(new Check.Ping(null, TIMING));
    checks.add(new Check.Program(List.of("a b"), null, NO, TIMING));
    checks.add(new Check.Program(List.of("a", "b"), null, NO, TIMING));
    checks.add(new Check.Program(List.of("a", "", "b"), null, NO, TIMING));
    checks.add(new Check.StateFile(Path.of("/a"), SECOND, TIMING));
    checks.add(new Check.Heartbeat(SECOND, TIMING));
    checks.add(new Check.Told());
    checks.add(new Check.Ping(null, new Timing(SECOND, SECOND, SECOND, 3, 2)));
    checks.add(
        new Check.Ping(
            null,
            new Timing(
                SECOND, SECOND, SECOND, 3, 2, new Timing.FallOf(1, 2), null, Duration.ZERO)));
    checks.add(
        new Check.Ping(
            null,
            new Timing(
                SECOND,
                SECOND,
                SECOND,
                3,
                2,
                null,
                new Timing.HoldDown(2, SECOND, SECOND),
                Duration.ZERO)));
    checks.add(new Check.Ping(null, new Timing(SECOND, SECOND, SECOND, 3, 2, null, null, SECOND)));

    Set<String> keys = new HashSet<>();
    checks.forEach(check -> assertThat(keys.add(key(check))).as(check.toString()).isTrue());
    Check first = checks.getFirst();
    InetAddress address = InetAddress.ofLiteral("192.0.2.1");
    assertThat(
            Set.of(
                TargetKey.of(new Target(InetAddress.ofLiteral("192.0.2.2"), 443, first)),
                TargetKey.of(new Target(address, 444, first)),
                TargetKey.of(new Target(address, 443, first, "eu/fra1"))))
        .hasSize(3)
        .doesNotContain(key(first));
  }
}
