package dev.azimuth.net;

/**
 * Who sent a datagram and to which local address it came, or to whom and from where one goes. Its
 * user fills and reads it again and again: it belongs to one thread.
 */
public final class Correspondent {
  /** Whether all addresses are of IPv4. */
  public boolean v4;

  /** The upper 64 bits of the peer's IPv6 address; 0 for IPv4. */
  public long high;

  /** The lower 64 bits of the peer's IPv6 address; of IPv4 all of it, in the lower 32. */
  public long low;

  /** The peer's port, 0 to 65535. */
  public int port;

  /** The interface of a link-local IPv6 peer; 0 for any other. */
  public int scope;

  /** Whether the local address is known: sockets of a wildcard address ask the kernel for it. */
  public boolean askedKnown;

  /** As {@link #high}, of the local address. */
  public long askedHigh;

  /** As {@link #low}, of the local address. */
  public long askedLow;

  /** Nobody yet. */
  public Correspondent() {}
}
