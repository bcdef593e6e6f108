package dev.azimuth.app.node;

import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import java.util.HashMap;
import java.util.Map;

/**
 * What is held on to while the node doubts its checks. Immutable.
 *
 * @param states by target; empty without a doubt
 */
record Held(Map<Target, TargetHealth> states) {
  /** Nothing is held: the checks are believed. */
  static final Held NOTHING = new Held(Map.of());

  Held {
    states = Map.copyOf(states);
  }

  /**
   * The health that counts: what is held, else what is known. Of a target that was unknown only
   * success is believed.
   */
  TargetHealth counts(Target target, TargetHealth known) {
    TargetHealth before = states.get(target);
    return before == null || (before.state() == State.UNKNOWN && known.state() == State.UP)
        ? known
        : before;
  }

  /**
   * The same for other targets. What is new of them is held as it is known now, or as the target
   * was that it comes after.
   *
   * @param heirs by new target: the one that it comes after
   */
  Held with(Map<Target, TargetHealth> known, Map<Target, Target> heirs) {
    Map<Target, TargetHealth> next = HashMap.newHashMap(known.size());
    known.forEach(
        (target, health) -> {
          TargetHealth before = states.get(heirs.getOrDefault(target, target));
          next.put(target, before == null ? health : before);
        });
    return new Held(next);
  }
}
