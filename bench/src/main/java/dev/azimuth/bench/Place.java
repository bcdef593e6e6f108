package dev.azimuth.bench;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Addresses as the commands take them. */
final class Place {
  private Place() {}

  /**
   * @param text {@code ADDRESS:PORT}, an IPv6 address in brackets
   * @throws IllegalArgumentException when it is not that
   */
  static InetSocketAddress of(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("not ADDRESS:PORT: " + text);
    }
    String host = text.substring(0, colon).replaceAll("[\\[\\]]", "");
    return new InetSocketAddress(
        InetAddress.ofLiteral(host), Integer.parseInt(text.substring(colon + 1)));
  }
}
