package dev.azimuth.health;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** Short ways to the values that tests need. */
final class Samples {
  private Samples() {}

  static Timing timing(int everyMillis, int retryMillis, int timeoutMillis, int rise, int fall) {
    return new Timing(
        Duration.ofMillis(everyMillis),
        Duration.ofMillis(retryMillis),
        Duration.ofMillis(timeoutMillis),
        rise,
        fall);
  }

  static Timing timing(
      int everyMillis,
      int retryMillis,
      int timeoutMillis,
      int rise,
      int fall,
      Timing.FallOf fallOf,
      Timing.HoldDown holdDown,
      int backoffMillis) {
    return new Timing(
        Duration.ofMillis(everyMillis),
        Duration.ofMillis(retryMillis),
        Duration.ofMillis(timeoutMillis),
        rise,
        fall,
        fallOf,
        holdDown,
        Duration.ofMillis(backoffMillis));
  }

  static Check.Tcp tcp(Timing timing) {
    return new Check.Tcp(null, OptionalInt.empty(), timing);
  }

  static Check.Http http(Timing timing) {
    return new Check.Http(
        false,
        false,
        "/healthz",
        "www.example.com",
        List.of(new Check.StatusRange(200, 299)),
        null,
        OptionalInt.empty(),
        timing);
  }

  static Check.Http https(boolean verify, String host, Timing timing) {
    return new Check.Http(
        true,
        verify,
        "/healthz",
        host,
        List.of(new Check.StatusRange(200, 299)),
        null,
        OptionalInt.empty(),
        timing);
  }

  static Target target(int port, Check check) {
    return new Target(InetAddress.getLoopbackAddress(), port, check);
  }

  static ProbeResult result(ProbeResult.Code code, long started) {
    return new ProbeResult(code, "", started, 5_000);
  }
}
