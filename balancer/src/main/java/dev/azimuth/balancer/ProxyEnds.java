package dev.azimuth.balancer;

import java.net.Inet4Address;
import java.net.InetSocketAddress;

/**
 * Both ends of a client's connection, as the PROXY protocol has them. Immutable.
 *
 * @param client where it comes from
 * @param server where it went to
 */
record ProxyEnds(InetSocketAddress client, InetSocketAddress server) {
  /** Whether both are of IPv4: a header has no room for one of each. */
  boolean v4() {
    return client.getAddress() instanceof Inet4Address
        && server.getAddress() instanceof Inet4Address;
  }
}
