package dev.azimuth.health;

import java.net.InetAddress;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** How a backend's health is found out. Immutable and equal by content. */
public sealed interface Check {

  Timing timing();

  /** Where to connect instead of the backend's own address; null for the backend's. */
  @Nullable InetAddress address();

  /** The port to connect to; empty for the backend's, else the usual one of the kind. */
  OptionalInt port();

  /**
   * An HTTP/1.1 GET whose status code decides.
   *
   * @param tls whether the request goes over TLS
   * @param verify whether the certificate must chain to a trusted root and bear {@code host}
   * @param path begins with a slash
   * @param host the Host header, the SNI and the name verified; null sends the address as Host
   * @param expect ranges of good status codes, at least one
   */
  record Http(
      boolean tls,
      boolean verify,
      String path,
      @Nullable String host,
      List<StatusRange> expect,
      @Nullable InetAddress address,
      OptionalInt port,
      Timing timing)
      implements Check {
    public Http {
      expect = List.copyOf(expect);
    }
  }

  /** A TCP connection that is accepted. */
  record Tcp(@Nullable InetAddress address, OptionalInt port, Timing timing) implements Check {}

  /**
   * Good status codes.
   *
   * @param from the first, 100 to 599
   * @param to the last, {@code from} to 599
   */
  record StatusRange(int from, int to) {}
}
