package dev.azimuth.app.config;

import dev.azimuth.balancer.Settings;
import dev.azimuth.steering.AllDown;
import java.net.InetAddress;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * A balancer, and which pools it forwards to.
 *
 * @param settings what it does
 * @param to pools in order, at least one in each list: first the balancer's own, then those of each
 *     of {@link Settings#matches}
 * @param own how many of the balancer's own pools, from the first, are of its site: the others
 *     rescue clients who come though names lead elsewhere
 * @param port where backends without a port of their own are connected to; empty when all have one
 * @param advertise the addresses of pools that are this balancer, at most one a family; empty when
 *     there are no such pools
 * @param allDown what becomes of connections when nothing is usable, for each list of pools
 */
public record BalancerConfig(
    Settings settings,
    List<List<String>> to,
    int own,
    OptionalInt port,
    List<InetAddress> advertise,
    List<AllDown> allDown) {
  public BalancerConfig {
    to = to.stream().map(List::copyOf).toList();
    advertise = List.copyOf(advertise);
    allDown = List.copyOf(allDown);
  }

  /** The same with what becomes of connections when nothing is usable. */
  BalancerConfig with(List<AllDown> forms) {
    return new BalancerConfig(settings, to, own, port, advertise, forms);
  }

  /** The same with other settings. */
  public BalancerConfig with(Settings other) {
    return new BalancerConfig(other, to, own, port, advertise, allDown);
  }

  /** Every pool that it may forward to. */
  Stream<String> pools() {
    return to.stream().flatMap(List::stream).distinct();
  }
}
