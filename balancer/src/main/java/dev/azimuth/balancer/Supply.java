package dev.azimuth.balancer;

import dev.azimuth.steering.Reason;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * The backends that clients may be forwarded to now, as health, orders and the ladder of pools have
 * it. Immutable and equal by content.
 *
 * @param reason why it is these
 * @param elsewhere whether they are of another site, so that clients are rescued from one that
 *     cannot serve
 * @param candidates none when there is nothing to forward to
 */
public record Supply(Reason reason, boolean elsewhere, List<Candidate> candidates) {
  /** Nothing to forward to. */
  public static final Supply NOTHING = new Supply(Reason.ALL_DOWN, false, List.of());

  public Supply {
    candidates = List.copyOf(candidates);
  }

  /**
   * @param key {@code pool/backend}, of one the same for as long as it is configured
   * @param addresses at least one; those that are up, tried in turn
   * @param weight above 0, in proportion to the others
   */
  public record Candidate(String key, List<InetSocketAddress> addresses, int weight) {
    public Candidate {
      addresses = List.copyOf(addresses);
    }
  }
}
