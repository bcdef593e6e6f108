package dev.azimuth.app.config;

import java.net.InetSocketAddress;

/** Whether two sockets can listen side by side. Pure. */
final class Overlap {
  private Overlap() {}

  /**
   * Whether one address and port leaves nothing to the other: they are the same, or one is any
   * address of the other's family. Never for port 0, which means a free one.
   */
  static boolean of(InetSocketAddress a, InetSocketAddress b) {
    return a.getPort() != 0
        && a.getPort() == b.getPort()
        && a.getAddress().getClass() == b.getAddress().getClass()
        && (a.getAddress().equals(b.getAddress())
            || a.getAddress().isAnyLocalAddress()
            || b.getAddress().isAnyLocalAddress());
  }
}
