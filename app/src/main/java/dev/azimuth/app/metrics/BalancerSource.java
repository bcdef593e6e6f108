package dev.azimuth.app.metrics;

import dev.azimuth.balancer.BalancerReport;
import java.util.List;

/** What balancers have counted. Called at every scrape, on any thread. */
public interface BalancerSource {
  /** Every balancer as it stands. */
  List<BalancerReport> reports();

  /** Whether clients should come to a balancer. */
  boolean usable(String balancer);
}
