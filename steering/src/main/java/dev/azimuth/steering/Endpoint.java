package dev.azimuth.steering;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * One address of a backend.
 *
 * @param verdict the number of the verdict that says whether it is up; -1 is always up
 * @param ttl of the record that the address came from, in seconds; {@link Integer#MAX_VALUE} for an
 *     address from the configuration
 */
public record Endpoint(InetAddress address, int verdict, int ttl) {
  /** The address's family. */
  public Family family() {
    return address instanceof Inet4Address ? Family.V4 : Family.V6;
  }
}
