package dev.azimuth.resolver;

import dev.azimuth.steering.Cidr;
import java.util.List;

/**
 * How many responses the clients of one network get over UDP, for each {@link
 * TrafficVisitor.AnswerClass} and each address that is listened on.
 *
 * @param perSecond in the long run, at least 1
 * @param burst at once after a rest, at least 1; each worker of an address has its share of both,
 *     and at least one response of this
 * @param slip of so many responses above the limit one is sent truncated, so that the client may
 *     come over TCP, where nothing is limited; 0 for none. Errors are never sent then: nobody would
 *     ask for them again
 * @param v4 the prefix length of an IPv4 network, 1 to 32
 * @param v6 the prefix length of an IPv6 network, 1 to 64
 * @param exempt whose responses are not limited
 */
public record RateLimit(int perSecond, int burst, int slip, int v4, int v6, List<Cidr> exempt) {
  public RateLimit {
    if (perSecond < 1 || burst < 1 || slip < 0) {
      throw new IllegalArgumentException(
          perSecond + " a second, burst " + burst + ", slip " + slip);
    }
    if (v4 < 1 || v4 > 32 || v6 < 1 || v6 > 64) {
      throw new IllegalArgumentException("prefix lengths " + v4 + " and " + v6);
    }
    exempt = List.copyOf(exempt);
  }
}
