package dev.azimuth.steering;

import java.util.ArrayList;
import java.util.List;

/**
 * Which pools depend on a target or a backend.
 *
 * @param byTarget by target number, ascending
 * @param byBackend by backend number
 * @param slots how many counters of answers the backends need
 */
// Nobody else has the arrays, and dependants are not compared.
@SuppressWarnings("ArrayRecordComponent")
record Dependants(List<List<Integer>> byTarget, int[] byBackend, int slots) {
  /**
   * @param targets how many there are
   */
  static Dependants of(List<Pool> pools, int targets) {
    List<List<Integer>> byTarget = new ArrayList<>(targets);
    for (int i = 0; i < targets; i++) {
      byTarget.add(new ArrayList<>(1));
    }
    int[] byBackend =
        new int
            [pools.stream()
                .flatMap(pool -> pool.backends().stream())
                .mapToInt(backend -> backend.number() + 1)
                .max()
                .orElse(0)];
    int slots = 0;
    for (int pool = 0; pool < pools.size(); pool++) {
      for (Backend backend : pools.get(pool).backends()) {
        byBackend[backend.number()] = pool;
        slots = Math.max(slots, backend.slot() + 1);
        for (Endpoint endpoint : backend.endpoints()) {
          if (endpoint.target() >= 0) {
            List<Integer> its = byTarget.get(endpoint.target());
            if (its.isEmpty() || its.getLast() != pool) {
              its.add(pool);
            }
          }
        }
      }
    }
    return new Dependants(byTarget, byBackend, slots);
  }

  List<Integer> poolsOfTarget(int target) {
    return byTarget.get(target);
  }

  int poolOfBackend(int backend) {
    return byBackend[backend];
  }
}
