package dev.azimuth.resolver;

/**
 * Where a query came from: a cursor that a worker owns and fills for every query. IPv4 addresses
 * stand in the lower 32 bits of {@link #low} with {@link #high} 0.
 */
public final class Client {
  public boolean v4;
  public long high;
  public long low;

  /**
   * Whether the reply goes over a stream (TCP), which has room for {@link ResponseWriter#STREAM}
   * octets and knows no truncation, rather than in a datagram.
   */
  public boolean stream;

  /** Nobody yet. */
  public Client() {}
}
