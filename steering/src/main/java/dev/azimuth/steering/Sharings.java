package dev.azimuth.steering;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which of several pools each bucket of networks comes to, of which the last few are kept: names
 * and clients that are near the same pools have them in common. Belongs to one thread.
 */
final class Sharings {
  private static final int MOST = 256;

  private final Map<Pools, int[]> known =
      new LinkedHashMap<>(MOST, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Pools, int[]> eldest) {
          return size() > MOST;
        }
      };

  private record Pools(List<String> names, List<Integer> weights) {}

  /**
   * The index of the pool that each of {@link Buckets#COUNT} comes to.
   *
   * @param names at least one, different
   * @param weights as many, each at least 1
   * @return shared by all who asked for the same: never to be written
   */
  int[] of(List<String> names, List<Integer> weights) {
    return known.computeIfAbsent(new Pools(names, weights), Sharings::lay);
  }

  private static int[] lay(Pools pools) {
    int[] weights = pools.weights.stream().mapToInt(weight -> weight).toArray();
    int[] each = IntStream.range(0, weights.length).toArray();
    Rendezvous rendezvous =
        new Rendezvous(
            pools.names,
            weights,
            new int[weights.length],
            Grouping.of(each, each.length, Pick.Groups.MIXED));
    return IntStream.range(0, Buckets.COUNT).map(bucket -> rendezvous.best(bucket, 1)[0]).toArray();
  }
}
