package dev.azimuth.app.node;

import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.steering.Backend;
import dev.azimuth.steering.Family;
import dev.azimuth.steering.MinUp;
import dev.azimuth.steering.Pool;
import dev.azimuth.steering.Rule;
import dev.azimuth.steering.SteeredName;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Whether enough is known of the pools that names and balancers use to give from them. Pure. */
final class Verdicts {
  private Verdicts() {}

  static boolean complete(Plan plan, Function<Target, TargetHealth> known) {
    Set<Integer> used = new HashSet<>();
    for (SteeredName name : plan.steering().names()) {
      for (Rule rule : name.rules()) {
        used.addAll(rule.to().pools());
      }
    }
    plan.steering().forwards().forEach(forward -> used.addAll(forward.pools()));
    return used.stream()
        .map(plan.steering().pools()::get)
        .allMatch(pool -> decided(plan, pool, known));
  }

  /** The verdict is out when nothing is unknown, or when what is known up is enough to serve. */
  private static boolean decided(Plan plan, Pool pool, Function<Target, TargetHealth> known) {
    List<Backend> ordinary = pool.backends().stream().filter(b -> !b.standby()).toList();
    long up = 0;
    long upWeight = 0;
    long weight = 0;
    boolean unknown = false;
    for (Backend backend : ordinary) {
      weight += backend.weight();
      boolean open = false;
      boolean isUp = false;
      for (Family family : Family.values()) {
        List<State> states =
            backend.endpoints().stream()
                .filter(endpoint -> endpoint.family() == family)
                .map(
                    endpoint ->
                        endpoint.verdict() < 0 || plan.told(endpoint)
                            ? State.UP
                            : plan.judge(endpoint.verdict(), known).state())
                .toList();
        isUp |= states.contains(State.UP);
        open |= !states.contains(State.UP) && states.contains(State.UNKNOWN);
      }
      isUp &= !open;
      unknown |= open;
      up += isUp ? 1 : 0;
      upWeight += isUp ? backend.weight() : 0;
    }
    boolean enough =
        up > 0
            && switch (pool.minUp()) {
              case MinUp.Share(double share) -> up >= share * ordinary.size();
              case MinUp.Weight(double share) -> upWeight >= share * weight;
              case MinUp.Count(int backends) -> up >= backends;
            };
    return enough || !unknown;
  }
}
