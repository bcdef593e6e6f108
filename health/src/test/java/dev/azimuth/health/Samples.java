package dev.azimuth.health;

import io.netty.buffer.Unpooled;
import io.netty.channel.IoEventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** Short ways to the values that tests need. */
final class Samples {
  static final Check.StatusRange GOOD = new Check.StatusRange(200, 299);

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
    return http(null, timing);
  }

  static Check.Http https(boolean verify, String host, Timing timing) {
    return http(new Secure(verify, host, null, null), timing);
  }

  private static Check.Http http(Secure secure, Timing timing) {
    String host = secure == null ? "www.example.com" : secure.name();
    return http(
        secure, Check.Request.get("/healthz", host), Check.Expected.status(GOOD), false, timing);
  }

  static Check.Http http(
      Secure secure, Check.Request request, Check.Expected expected, boolean http2, Timing timing) {
    return new Check.Http(
        secure, request, expected, http2, false, null, null, OptionalInt.empty(), timing);
  }

  /** The same with a kept connection. */
  static Check.Http kept(Check.Http check) {
    return new Check.Http(
        check.secure(),
        check.request(),
        check.expected(),
        check.http2(),
        true,
        check.report(),
        check.address(),
        check.port(),
        check.timing());
  }

  /** The same with a report. */
  static Check.Http reporting(Check.Http check, Report report) {
    return new Check.Http(
        check.secure(),
        check.request(),
        check.expected(),
        check.http2(),
        check.keep(),
        report,
        check.address(),
        check.port(),
        check.timing());
  }

  static Target target(int port, Check check) {
    return new Target(InetAddress.getLoopbackAddress(), port, check);
  }

  static ProbeResult result(ProbeResult.Code code, long started) {
    return new ProbeResult(code, "", started, 5_000);
  }

  /**
   * What probes need.
   *
   * @param source whether the machine has an address to send from
   */
  static Means means(
      IoEventLoop loop,
      Means.Wires wires,
      KeptConnections kept,
      LongSupplier clock,
      Predicate<InetSocketAddress> source) {
    return new Means(
        loop,
        Unpooled.directBuffer(1 << 16, 1 << 16),
        wires,
        Transport.best()::datagrams,
        () -> new Tls(null),
        kept,
        new Certificates(clock),
        "test",
        clock,
        clock,
        new Random(1),
        source,
        Local.none());
  }
}
