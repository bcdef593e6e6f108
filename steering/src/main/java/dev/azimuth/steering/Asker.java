package dev.azimuth.steering;

/**
 * Who asks, as steering sees it: the address that the query came from and the client subnet that it
 * carried. A worker owns one and fills it for every query. IPv4 addresses stand in the lower 32
 * bits of {@code …Low} with {@code …High} 0.
 */
public final class Asker {
  public boolean sourceV4;
  public long sourceHigh;
  public long sourceLow;

  /** Whether the query carried a well-formed client subnet with a source prefix above 0. */
  public boolean subnet;

  public boolean subnetV4;
  public long subnetHigh;
  public long subnetLow;

  /** The source prefix length of the subnet, 1 to 32 or 128. */
  public int subnetLength;

  /**
   * Another number for each message, evenly spread: what is drawn more than once for one message,
   * as for additional records, is drawn alike.
   */
  public int draw;

  /** Nobody yet. */
  public Asker() {}
}
