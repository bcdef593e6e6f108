package dev.azimuth.balancer;

import dev.azimuth.steering.Addresses;
import dev.azimuth.steering.PrefixMap;
import java.net.InetAddress;
import java.util.List;

/** Who may connect, and who speaks for others. Immutable; costs nothing where everybody may. */
final class Gate {
  private static final int ALLOWED = 1;
  private static final int PROXY = 2;

  private final PrefixMap groups;

  Gate(Settings.Access access) {
    groups =
        PrefixMap.of(
            List.of(
                new PrefixMap.Input(0, access.allow()),
                new PrefixMap.Input(1, access.deny()),
                new PrefixMap.Input(2, access.proxy())),
            inside ->
                (inside.get(0) && !inside.get(1) ? ALLOWED : 0) | (inside.get(2) ? PROXY : 0));
  }

  boolean admits(InetAddress client) {
    return (group(client) & ALLOWED) != 0;
  }

  /** Whether a PROXY header must come from there, and is believed. */
  boolean isProxy(InetAddress source) {
    return (group(source) & PROXY) != 0;
  }

  private int group(InetAddress address) {
    if (groups.constant()) {
      return groups.value(true, 0, 0);
    }
    byte[] octets = address.getAddress();
    return octets.length == 4
        ? groups.value(true, 0, Addresses.number(octets, 0, 4))
        : groups.value(false, Addresses.number(octets, 0, 8), Addresses.number(octets, 8, 16));
  }
}
