package dev.azimuth.app.node;

import dev.azimuth.app.config.HealthConfig.Anchor;
import dev.azimuth.app.orders.Orders;
import dev.azimuth.health.Doubt;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Trail;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the {@link Desk} acts upon. */
interface Outside {
  /** Probes exactly these targets from now on. */
  void watch(Map<Target, TargetHealth> targets);

  /**
   * Resolves exactly these host names from now on.
   *
   * @param hosts with the addresses that each is known to have, if any
   */
  void follow(Map<String, List<InetAddress>> hosts);

  /** Knows the checks of a configuration that is to be in force. */
  void expect(Loading.Whole whole);

  /**
   * Puts a bound plan in force.
   *
   * @param soon whether more differs than weights and results in a row, so that it is kept soon
   */
  void publish(Published published, boolean soon);

  /**
   * A target went up or down. Told when what follows from it is published.
   *
   * @param trail its newest results, the one that decided first
   */
  void stateChanged(
      String label, Target target, TargetHealth before, TargetHealth after, Trail trail);

  /**
   * A host name resolves to other addresses than before. Told when what follows from it is
   * published.
   *
   * @param before null when it did not resolve yet
   */
  void addressesChanged(String host, @Nullable Resolved before, Resolved after);

  /** Asks anchors; the answer comes as an event. */
  void ask(List<Anchor> anchors);

  /** The node begins or ceases to doubt its checks. Told when what follows is published. */
  void doubted(Doubt before, Doubt after);

  /** A balancer leaves a backend out. Told when it does. */
  void ejected(String balancer, String backend);

  /** Orders changed and must outlive the process. Must not wait for a disk. */
  void keep(Orders orders);
}
