package dev.azimuth.balancer;

import dev.azimuth.steering.Salt;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The table of Maglev hashing (Eisenbud et al., NSDI 2016, section 3.4): each backend has a share
 * of the slots in proportion to its weight, and when one comes or goes few slots move but its own.
 * The same backends give the same table on every node, in whatever order they come. Pure.
 */
final class Maglev {
  /** How many slots; a prime, so that a walk of any step comes to all of them. */
  static final int SLOTS = 65_537;

  private Maglev() {}

  /**
   * @param backends at least one, with keys that differ. Beyond {@link #SLOTS} of them some have no
   *     slot
   * @param weights as many, each at least 1
   * @return for each slot the number of a backend
   */
  static int[] table(List<Backend> backends, int[] weights) {
    long[] keys = backends.stream().mapToLong(backend -> Salt.NONE.key(backend.key)).toArray();
    int[] turns =
        IntStream.range(0, keys.length)
            .boxed()
            .sorted(Comparator.comparing(i -> backends.get(i).key))
            .mapToInt(Integer::intValue)
            .toArray();
    int most = Arrays.stream(weights).max().orElseThrow();
    int[] at = Arrays.stream(keys).mapToInt(key -> part(key >>> 32, SLOTS)).toArray();
    int[] step = Arrays.stream(keys).mapToInt(key -> 1 + part(key, SLOTS - 1)).toArray();
    long[] credit = new long[keys.length];
    int[] table = new int[SLOTS];
    Arrays.fill(table, -1);
    int filled = 0;
    while (true) {
      for (int number : turns) {
        credit[number] += weights[number];
        if (credit[number] < most) {
          continue;
        }
        credit[number] -= most;
        while (table[at[number]] >= 0) {
          at[number] = next(at[number], step[number]);
        }
        table[at[number]] = number;
        if (++filled == SLOTS) {
          return table;
        }
      }
    }
  }

  /** The slot after one, in a walk of such steps. */
  static int next(int slot, int step) {
    int next = slot + step;
    return next < SLOTS ? next : next - SLOTS;
  }

  /** A number from 0 to {@code bound} − 1 for the low 32 bits of a key. */
  static int part(long key, int bound) {
    return (int) (((key & 0xFFFF_FFFFL) * bound) >>> 32);
  }
}
