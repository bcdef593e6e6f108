package dev.azimuth.steering;

import java.util.ArrayList;
import java.util.List;

/**
 * Which pools depend on a verdict or a backend.
 *
 * @param byVerdict by verdict number, ascending
 * @param byBackend by backend number
 * @param slots how many counters of answers the backends need
 */
// Nobody else has the arrays, and dependants are not compared.
@SuppressWarnings("ArrayRecordComponent")
record Dependants(List<List<Integer>> byVerdict, int[] byBackend, int slots) {
  /**
   * @param verdicts how many there are
   */
  static Dependants of(List<Pool> pools, int verdicts) {
    List<List<Integer>> byVerdict = new ArrayList<>(verdicts);
    for (int i = 0; i < verdicts; i++) {
      byVerdict.add(new ArrayList<>(1));
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
          if (endpoint.verdict() >= 0) {
            List<Integer> its = byVerdict.get(endpoint.verdict());
            if (its.isEmpty() || its.getLast() != pool) {
              its.add(pool);
            }
          }
        }
      }
    }
    return new Dependants(byVerdict, byBackend, slots);
  }

  List<Integer> poolsOfVerdict(int verdict) {
    return byVerdict.get(verdict);
  }

  int poolOfBackend(int backend) {
    return byBackend[backend];
  }
}
