package dev.azimuth.app.node;

import java.net.InetAddress;
import java.util.List;

/**
 * What a host name resolves to.
 *
 * @param ttl of the records, in seconds
 */
record Resolved(List<InetAddress> addresses, int ttl) {
  Resolved {
    addresses = List.copyOf(addresses);
  }
}
