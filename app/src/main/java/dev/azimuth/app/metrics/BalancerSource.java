package dev.azimuth.app.metrics;

import dev.azimuth.balancer.BalancerReport;
import java.util.List;
import java.util.Set;

/** What balancers have counted. Called at every scrape, on any thread. */
public interface BalancerSource {
  /** Every balancer as it stands. */
  List<BalancerReport> reports();

  /** The {@code pool/backend}s that a balancer leaves out since connections to them failed. */
  Set<String> ejected(String balancer);

  /** How often a balancer has ejected a backend. */
  long ejections(String balancer);

  /** Whether clients should come to a balancer. */
  boolean usable(String balancer);
}
