package dev.azimuth.app.node;

import dev.azimuth.app.config.Config;
import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.steering.Addresses;
import dev.azimuth.steering.Backend;
import dev.azimuth.steering.Bound.PoolStanding;
import dev.azimuth.steering.Endpoint;
import dev.azimuth.steering.Pool;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What changed of backends and pools from one picture to the next. Pure. */
final class StateChanges {
  private final Published before;
  private final Published after;
  private final List<StateChange> changes = new ArrayList<>();

  private StateChanges(Published before, Published after) {
    this.before = before;
    this.after = after;
  }

  /** Backends and pools that are in both. */
  static List<StateChange> between(Published before, Published after) {
    StateChanges found = new StateChanges(before, after);
    found.backends();
    found.pools();
    return found.changes;
  }

  /** How a backend stands. */
  private record Standing(State state, @Nullable String forced) {}

  private void backends() {
    Map<String, Standing> old = new HashMap<>();
    Predicate<Backend> suspect = suspects();
    each(
        before,
        (pool, backend) -> {
          if (suspect.test(backend)) {
            old.put(key(pool, backend), standing(backend, before.bound().table()));
          }
        });
    each(
        after,
        (pool, backend) -> {
          Standing was = old.get(key(pool, backend));
          if (was == null) {
            return;
          }
          Standing is = standing(backend, after.bound().table());
          if (!was.equals(is)) {
            changes.add(
                new StateChange(
                    "backend",
                    key(pool, backend),
                    was.state.name(),
                    is.state.name(),
                    is.forced,
                    said(pool, backend)));
          }
        });
  }

  /** Which backends may have changed: all where the two number otherwise. */
  private Predicate<Backend> suspects() {
    HealthTable old = before.bound().table();
    HealthTable now = after.bound().table();
    if (!now.sameNumbers(old)) {
      return backend -> true;
    }
    BitSet verdicts = new BitSet();
    BitSet forced = new BitSet();
    now.differences(old, verdicts::set, forced::set);
    return backend ->
        forced.get(backend.number())
            || backend.endpoints().stream()
                .anyMatch(e -> e.verdict() >= 0 && verdicts.get(e.verdict()));
  }

  private interface Each {
    void take(Pool pool, Backend backend);
  }

  private static void each(Published published, Each each) {
    for (Pool pool : published.plan().steering().pools()) {
      for (Backend backend : pool.backends()) {
        each.take(pool, backend);
      }
    }
  }

  private static String key(Pool pool, Backend backend) {
    return pool.name() + "/" + backend.name();
  }

  private static Standing standing(Backend backend, HealthTable table) {
    ForcedState order = table.forced(backend.number());
    return new Standing(
        state(backend.endpoints(), table),
        order == null || order.forced() == null ? null : order.forced().name());
  }

  /** Of several addresses one that is up makes the backend up. */
  private static State state(List<Endpoint> endpoints, HealthTable table) {
    State state = endpoints.isEmpty() ? State.UNKNOWN : State.DOWN;
    for (Endpoint endpoint : endpoints) {
      State its = endpoint.verdict() < 0 ? State.UP : table.verdict(endpoint.verdict()).state();
      if (its == State.UP) {
        return State.UP;
      }
      state = its == State.UNKNOWN ? its : state;
    }
    return state;
  }

  private List<StateChange.Said> said(Pool pool, Backend backend) {
    Config config = after.plan().source().config();
    return backend.endpoints().stream()
        .flatMap(at -> CheckParts.of(config, pool.name(), backend.name(), at).stream())
        .filter(part -> !part.watched())
        .distinct()
        .map(this::said)
        .toList();
  }

  private StateChange.Said said(CheckParts.Part part) {
    Target target = part.target();
    TargetHealth known = after.live(target);
    ProbeResult last = known.last();
    return new StateChange.Said(
        part.check(),
        Addresses.text(target),
        known.state().name(),
        last == null ? null : last.code().name(),
        last == null ? "" : last.detail());
  }

  private void pools() {
    Map<String, Boolean> old = new HashMap<>();
    before.bound().poolStandings().forEach(pool -> old.put(pool.pool().name(), pool.serves()));
    for (PoolStanding pool : after.bound().poolStandings()) {
      Boolean served = old.get(pool.pool().name());
      if (served != null && served != pool.serves()) {
        changes.add(
            new StateChange(
                "pool",
                pool.pool().name(),
                serving(served),
                serving(pool.serves()),
                null,
                List.of()));
      }
    }
  }

  private static String serving(boolean serves) {
    return serves ? "SERVING" : "NOT_SERVING";
  }
}
