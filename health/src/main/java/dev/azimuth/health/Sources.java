package dev.azimuth.health;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.UnsupportedAddressTypeException;

/** Whether this machine could send to another at all. */
final class Sources {
  private Sources() {}

  /**
   * Whether the machine has an address to send from to this one. Connecting a datagram socket sends
   * nothing and needs none of TCP's local ports, so it fails for the lack of an address only.
   */
  static boolean has(InetSocketAddress remote) {
    try (DatagramChannel channel = DatagramChannel.open()) {
      return connects(channel, remote);
    } catch (IOException e) {
      return true; // no descriptor is left, which says nothing of addresses
    }
  }

  private static boolean connects(DatagramChannel channel, InetSocketAddress remote) {
    try {
      channel.connect(remote);
      return true;
    } catch (IOException | UnsupportedAddressTypeException e) {
      return false;
    }
  }
}
