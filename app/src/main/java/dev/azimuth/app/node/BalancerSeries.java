package dev.azimuth.app.node;

import dev.azimuth.app.metrics.BalancerSource;
import dev.azimuth.balancer.BalancerReport;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a scrape reads of balancers. Keeps nothing. */
record BalancerSeries(Supplier<Balancing> balancing, Supplier<@Nullable Published> published)
    implements BalancerSource {

  @Override
  public List<BalancerReport> reports() {
    return balancing.get().reports();
  }

  @Override
  public Set<String> ejected(String balancer) {
    Published now = published.get();
    return now == null ? Set.of() : Ejecting.ejected(now, balancer).keySet();
  }

  @Override
  public long ejections(String balancer) {
    return balancing.get().ejections(balancer);
  }

  @Override
  public boolean usable(String balancer) {
    Published now = published.get();
    Plan.Tier tier = now == null ? null : now.plan().balancers().get(balancer);
    return now != null && tier != null && Standing.of(now, balancer, tier) == Standing.USABLE;
  }
}
