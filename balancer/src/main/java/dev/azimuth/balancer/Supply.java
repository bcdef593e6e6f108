package dev.azimuth.balancer;

import dev.azimuth.steering.Reason;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The backends that clients may be forwarded to now, as health, orders and the ladder of pools have
 * it. Immutable and equal by content.
 *
 * @param reason why it is these
 * @param elsewhere whether they are of another site, so that clients are rescued from one that
 *     cannot serve
 * @param candidates none when there is nothing to forward to
 * @param next where connections go that reach none of these; null for nowhere
 */
public record Supply(
    Reason reason, boolean elsewhere, List<Candidate> candidates, @Nullable Supply next) {
  /** Nothing to forward to. */
  public static final Supply NOTHING = new Supply(Reason.ALL_DOWN, false, List.of(), null);

  public Supply {
    candidates = List.copyOf(candidates);
  }

  /** This one and those that come next, in order. */
  Stream<Supply> all() {
    return Stream.iterate(this, each -> each != null, Supply::next);
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
