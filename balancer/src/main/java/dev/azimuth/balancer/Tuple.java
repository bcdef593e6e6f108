package dev.azimuth.balancer;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * What makes a UDP session: who sent a datagram, and to which local address. Made once, then filled
 * and read again and again by one loop.
 */
public final class Tuple {
  /** Whether all addresses are of IPv4. */
  public boolean v4;

  /** The upper 64 bits of the client's IPv6 address; 0 for IPv4. */
  public long high;

  /** The lower 64 bits of the client's IPv6 address; of IPv4 all of it, in the lower 32. */
  public long low;

  /** The client's port, 0 to 65535. */
  public int port;

  /** The interface of a link-local IPv6 client; 0 for any other. */
  public int scope;

  /** Whether the local address is here too: where a socket has but one it need not be. */
  public boolean localKnown;

  /** As {@link #high}, of the local address; 0 while it is not known. */
  public long localHigh;

  /** As {@link #low}, of the local address; 0 while it is not known. */
  public long localLow;

  /** Nobody yet. */
  public Tuple() {}

  Tuple(Tuple of) {
    set(of);
  }

  void set(Tuple of) {
    v4 = of.v4;
    high = of.high;
    low = of.low;
    port = of.port;
    scope = of.scope;
    localKnown = of.localKnown;
    localHigh = of.localHigh;
    localLow = of.localLow;
  }

  boolean same(Tuple as) {
    return port == as.port
        && low == as.low
        && high == as.high
        && localLow == as.localLow
        && localHigh == as.localHigh
        && scope == as.scope
        && v4 == as.v4
        && localKnown == as.localKnown;
  }

  /**
   * @param key without which nobody can choose addresses that meet
   */
  long hash(long key) {
    long client = Hash.mixed(low ^ key) + high;
    long local = Hash.mixed(localLow + 31 * localHigh + key);
    return Hash.mixed(client + local + ((long) port << 32) + scope);
  }

  /** The client's address and port. */
  InetSocketAddress client() {
    ByteBuffer octets = ByteBuffer.allocate(v4 ? 4 : 16);
    if (v4) {
      octets.putInt((int) low);
    } else {
      octets.putLong(high).putLong(low);
    }
    try {
      InetAddress address =
          scope == 0
              ? InetAddress.getByAddress(octets.array())
              : Inet6Address.getByAddress(null, octets.array(), scope);
      return new InetSocketAddress(address, port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of a wrong length", e);
    }
  }

  /** Becomes a datagram's of a client. */
  void set(InetSocketAddress client) {
    InetAddress address = client.getAddress();
    ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
    v4 = octets.remaining() == 4;
    high = v4 ? 0 : octets.getLong();
    low = v4 ? Integer.toUnsignedLong(octets.getInt()) : octets.getLong();
    port = client.getPort();
    scope = address instanceof Inet6Address six ? six.getScopeId() : 0;
  }
}
