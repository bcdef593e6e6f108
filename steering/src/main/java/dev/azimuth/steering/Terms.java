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
        allDown(name, rule, first).form(),
        name.pick(),
        name.ttl());
  }

  /** What counts of what the rule, the name, the first pool and the zone say. */
  static AllDown.Said allDown(SteeredName name, Rule rule, Pool first) {
    if (rule.allDown() != null) {
      return new AllDown.Said(rule.allDown(), AllDown.Level.RULE);
    }
    if (name.allDown() != null) {
      return new AllDown.Said(name.allDown(), AllDown.Level.NAME);
    }
    return first.allDown() != null
        ? new AllDown.Said(first.allDown(), AllDown.Level.POOL)
        : name.inherited();
  }
}
