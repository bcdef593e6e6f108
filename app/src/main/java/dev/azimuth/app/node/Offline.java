package dev.azimuth.app.node;

import dev.azimuth.app.node.Node.Refused;
import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.State;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Verdict;
import dev.azimuth.steering.Backend;
import dev.azimuth.steering.Basis;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Bound;
import dev.azimuth.steering.Endpoint;
import dev.azimuth.steering.Explanation;
import dev.azimuth.steering.Memory;
import dev.azimuth.steering.Pool;
import dev.azimuth.steering.Slots;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Explains answers of a configuration that does not run: every check succeeds but those named. */
public final class Offline {
  private Offline() {}

  /**
   * @param down backends whose checks are taken to fail, as orders name them: {@code pool/backend},
   *     a pool, a pattern, a tag, or a backend's name alone where that is unambiguous
   * @throws Refused as {@link Node#explain}, and for a backend that does not exist
   */
  public static Explanation explain(
      Loading.Whole whole,
      List<String> down,
      String name,
      boolean v4,
      @Nullable String client,
      @Nullable String subnet)
      throws Refused {
    Plan plan = Plan.of(whole, Map.of(), new Slots());
    Set<Integer> failing = new HashSet<>();
    for (String said : down) {
      try {
        for (int backend : plan.roster().matching(plan.roster().resolve(said))) {
          failing.add(backend);
        }
      } catch (IllegalArgumentException e) {
        throw new Refused(String.valueOf(e.getMessage()));
      }
    }
    Set<Integer> fallen = new HashSet<>();
    for (Pool pool : plan.steering().pools()) {
      for (Backend backend : pool.backends()) {
        if (failing.contains(backend.number())) {
          backend.endpoints().stream().map(Endpoint::verdict).forEach(fallen::add);
        }
      }
    }
    TargetHealth up = new TargetHealth(State.UP, 0, 0, null);
    List<Verdict> verdicts =
        IntStream.range(0, plan.verdicts().size())
            .mapToObj(
                i -> plan.judge(i, target -> fallen.contains(i) ? up.settled(State.DOWN) : up))
            .toList();
    List<@Nullable ForcedState> forced = Collections.nCopies(plan.roster().size(), null);
    Bound bound =
        new Binder(Questions::octets)
            .bind(
                plan.steering(),
                HealthTable.given(verdicts, forced),
                Memory.NONE,
                new Basis.Live(),
                0);
    return Questions.explain(whole, bound, name, v4, client, subnet);
  }
}
