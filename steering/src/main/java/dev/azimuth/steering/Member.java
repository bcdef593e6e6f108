package dev.azimuth.steering;

import java.net.InetAddress;
import java.util.List;

/**
 * A backend that may be given, with those of its addresses of one family that may.
 *
 * @param addresses at least one, all of one family
 * @param weight the effective one, to be compared with those of the other members alone; at least 1
 * @param latency the level of its probes' latency (see {@link dev.azimuth.health.Latency}); 0 for
 *     not measured, and wherever nothing is picked by it
 */
record Member(Backend backend, List<InetAddress> addresses, int weight, int latency) {
  /** The same with another weight. */
  Member weighing(int other) {
    return new Member(backend, addresses, other, latency);
  }
}
