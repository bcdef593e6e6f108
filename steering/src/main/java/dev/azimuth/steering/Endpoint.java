package dev.azimuth.steering;

import java.net.InetAddress;

/**
 * One address of a backend.
 *
 * @param target the number of the probe target that says whether it is up; -1 is always up
 * @param expires when the address must be looked up anew, in milliseconds of the steady clock;
 *     {@link Long#MAX_VALUE} for an address from the configuration
 */
public record Endpoint(InetAddress address, int target, long expires) {
  /** Whether this is an IPv4 address. */
  public boolean v4() {
    return address instanceof java.net.Inet4Address;
  }
}
