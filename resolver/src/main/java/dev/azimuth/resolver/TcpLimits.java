package dev.azimuth.resolver;

import java.time.Duration;

/**
 * What TCP clients may hold (RFC 7766 sections 6.2 and 10, RFC 9210 section 4.2). Milliseconds
 * count.
 *
 * @param firstQuery how long a connection may last before its first whole query, above 0
 * @param idle how long a connection may last since its last whole query, above 0; octets of an
 *     unfinished one do not prolong it
 * @param stall how long a client may leave replies unread once {@code unread} is reached, above 0
 * @param unread how many octets of replies may wait for a slow reader before no further query of
 *     that connection is answered, at least 1; one reply more may be waiting
 * @param connections at most in total, at least 1; the one idle for longest goes when one more
 *     comes
 * @param perClient at most from one IPv4 address or IPv6 /64, at least 1; one more is refused
 */
public record TcpLimits(
    Duration firstQuery,
    Duration idle,
    Duration stall,
    int unread,
    int connections,
    int perClient) {

  /** The limits when nothing is said. */
  public static final TcpLimits DEFAULT =
      new TcpLimits(
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          16 * 1024,
          10_000,
          1_000);

  public TcpLimits {
    if (firstQuery.toMillis() < 1 || idle.toMillis() < 1 || stall.toMillis() < 1) {
      throw new IllegalArgumentException(
          "first query "
              + firstQuery
              + ", idle "
              + idle
              + " and stall "
              + stall
              + ": one is too short");
    }
    if (unread < 1 || connections < 1 || perClient < 1) {
      throw new IllegalArgumentException(
          "unread " + unread + ", connections " + connections + ", per client " + perClient);
    }
  }
}
