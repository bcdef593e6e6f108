package dev.azimuth.balancer;

import java.net.InetSocketAddress;

/**
 * Where a balancer listens.
 *
 * @param at resolved; port 0 for any free one; a wildcard address is of its own family only
 */
public record Listen(Protocol protocol, InetSocketAddress at) {

  /** What is forwarded. */
  public enum Protocol {
    /** Connections. */
    TCP,
    /** Datagrams, in sessions. */
    UDP
  }
}
