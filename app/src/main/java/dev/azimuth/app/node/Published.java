package dev.azimuth.app.node;

import dev.azimuth.app.orders.Orders;
import dev.azimuth.balancer.Ejections;
import dev.azimuth.health.Doubt;
import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Trail;
import dev.azimuth.health.Verdict;
import dev.azimuth.steering.Bound;
import java.time.Duration;
import java.util.DoubleSummaryStatistics;
import java.util.Map;

/**
 * What is in force since one instant.
 *
 * @param addresses what host names resolve to
 * @param known what the checks say of each target, though the table may be frozen; goes on with
 *     every probe result, also those that change no answer
 * @param trails the newest results of each target; goes on likewise
 * @param held what answers stand on instead while the node doubts
 * @param doubt whether the table is held since the node doubts its checks
 * @param ejections by balancer: the backends that it leaves out since connections to them failed
 * @param at when, in milliseconds of the steady clock
 */
record Published(
    long generation,
    Plan plan,
    Bound bound,
    Map<String, Resolved> addresses,
    Map<Target, TargetHealth> known,
    Map<Target, Trail> trails,
    Held held,
    Orders orders,
    Doubt doubt,
    Map<String, Ejections> ejections,
    long at) {

  /**
   * For how long at most answers that were given may lead clients to balancers of this node; zero
   * when none do.
   */
  Duration lead() {
    boolean leads =
        plan.balancers().values().stream()
            .flatMap(tier -> tier.told().stream())
            .anyMatch(target -> live(target).state() == State.UP);
    return Duration.ofSeconds(leads ? plan.longestTtl() : 0);
  }

  /** What the checks of a target say now. */
  TargetHealth live(Target target) {
    return known.getOrDefault(target, TargetHealth.unknown(at));
  }

  /** What counts of a target: what is held while the node doubts, else what its checks say now. */
  TargetHealth counts(Target target) {
    return held.counts(target, live(target));
  }

  /** The newest results of a target. */
  Trail trail(Target target) {
    return trails.getOrDefault(target, Trail.EMPTY);
  }

  /** What the checks of an endpoint come to now, since when as far as the table knows. */
  Verdict judge(int verdict) {
    return plan.judge(verdict, this::live).after(bound.table().verdict(verdict));
  }

  /** What the successful probes of an endpoint take, in microseconds; 0 for not measured. */
  double meanMicros(int verdict) {
    DoubleSummaryStatistics means = new DoubleSummaryStatistics();
    plan.verdicts()
        .get(verdict)
        .targets(
            target -> {
              double mean = live(plan.targets().get(target)).latency().meanMicros();
              if (mean > 0) {
                means.accept(mean);
              }
            });
    return means.getAverage();
  }
}
