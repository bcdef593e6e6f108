package dev.azimuth.steering;

import java.util.List;

/**
 * All that a binding depends on beside the state of the pools: names that agree in it are bound
 * once.
 *
 * @param view whose addresses are given; {@link View#NONE} for the ordinary ones
 * @param allDown the form that counts
 */
record Terms(List<Step> steps, int view, boolean fence, AllDown allDown, Pick pick, TtlRange ttl) {

  static Terms of(SteeredName name, Destination destination, List<Pool> pools) {
    Rule rule = name.rules().get(destination.rule());
    List<Step> steps = destination.steps(rule);
    Pool first = pools.get(steps.getFirst().shares().getFirst().pool());
    return new Terms(
        steps,
        destination.view(),
        rule.fence(),
        allDown(name, rule, first),
        name.pick(),
        name.ttl());
  }

  /** The form of all-down that counts: of the rule, the name, the first pool, the zone. */
  static AllDown allDown(SteeredName name, Rule rule, Pool first) {
    AllDown own = rule.allDown() != null ? rule.allDown() : name.allDown();
    AllDown pool = own != null ? own : first.allDown();
    return pool != null ? pool : name.zoneAllDown();
  }
}
