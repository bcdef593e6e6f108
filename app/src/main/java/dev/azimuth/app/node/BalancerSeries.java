package dev.azimuth.app.node;

import dev.azimuth.app.metrics.BalancerSource;
import dev.azimuth.balancer.BalancerReport;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a scrape reads of balancers. Keeps nothing. */
record BalancerSeries(
    Supplier<List<BalancerReport>> running, Supplier<@Nullable Published> published)
    implements BalancerSource {

  @Override
  public List<BalancerReport> reports() {
    return running.get();
  }

  @Override
  public boolean usable(String balancer) {
    Published now = published.get();
    Plan.Tier tier = now == null ? null : now.plan().balancers().get(balancer);
    return now != null && tier != null && Standing.of(now, balancer, tier) == Standing.USABLE;
  }
}
