package dev.azimuth.steering;

import java.nio.IntBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Weights laid out as sequences, of which the last few are kept: very many pools have the same
 * weights. Belongs to one thread.
 */
final class Sequences {
  /** With at most 4,096 positions each, but for those with more than 512 members. */
  private static final int MOST = 256;

  private final Map<IntBuffer, int[]> known =
      new LinkedHashMap<>(MOST, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<IntBuffer, int[]> eldest) {
          return size() > MOST;
        }
      };

  /**
   * The sequence for so many members with these weights.
   *
   * @param weights each at least 1
   * @return shared by all who asked for the same: never to be written
   */
  int[] of(int[] weights) {
    return known.computeIfAbsent(
        IntBuffer.wrap(weights),
        w -> Layout.sequence(Layout.counts(weights, Layout.longest(weights.length))));
  }
}
