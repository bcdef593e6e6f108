package dev.azimuth.resolver;

import java.net.Inet4Address;
import java.net.InetAddress;

/** An address as {@link Client} has it. */
record ClientAddress(boolean v4, long high, long low) {
  static final ClientAddress NONE = new ClientAddress(true, 0, 0);

  static ClientAddress of(InetAddress address) {
    byte[] octets = address.getAddress();
    if (address instanceof Inet4Address) {
      return new ClientAddress(true, 0, Wire.i32(octets, 0) & 0xFFFF_FFFFL);
    }
    return new ClientAddress(false, Wire.i64(octets, 0), Wire.i64(octets, 8));
  }

  void fill(Client client) {
    client.v4 = v4;
    client.high = high;
    client.low = low;
  }

  /** What is limited as one client: an IPv4 address, or the /64 that one IPv6 host has at least. */
  ClientAddress site() {
    return v4 ? this : new ClientAddress(false, high, 0);
  }
}
