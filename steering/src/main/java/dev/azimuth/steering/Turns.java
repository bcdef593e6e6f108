package dev.azimuth.steering;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Whose turn it is: one counter for each (name, type, pool), and how often each backend was given
 * in answers. Each worker owns one, so that nothing is shared; other threads may read the totals
 * racily.
 */
public final class Turns {
  private final SplittableRandom random;
  private int[] positions = {};
  private long[] given = {};

  /**
   * @param seed for the random position at which each counter starts
   */
  public Turns(long seed) {
    random = new SplittableRandom(seed);
  }

  /**
   * Makes room for all counters of a steering; call it when a batch sees a new picture. The
   * counters that are there keep their positions.
   */
  public void fit(Steering steering) {
    int had = positions.length;
    if (steering.turnSlots() > had) {
      positions = Arrays.copyOf(positions, steering.turnSlots());
      for (int i = had; i < positions.length; i++) {
        positions[i] = random.nextInt(Integer.MAX_VALUE);
      }
    }
    if (steering.backendSlots() > given.length) {
      given = Arrays.copyOf(given, steering.backendSlots());
    }
  }

  /** The position of a counter in a schedule of {@code length} entries; moves it by one. */
  int next(int slot, int length) {
    if (length == 1) {
      return 0;
    }
    int position = positions[slot];
    if (position >= length) {
      // A new counter, or the schedule grew shorter: rare, so that a division does not matter.
      position %= length;
    }
    int following = position + 1;
    positions[slot] = following == length ? 0 : following;
    return position;
  }

  /** Any position of a schedule of {@code length} entries, each as likely as the others. */
  int random(int length) {
    // The upper half of a product of 128 bits: as even as a remainder, and no division.
    return (int) Math.unsignedMultiplyHigh(random.nextLong(), length);
  }

  /** Counts the backends of an answer set. */
  void count(int[] slots) {
    for (int slot : slots) {
      given[slot]++;
    }
  }

  /** How often the backend with this slot was given; 0 for one not yet seen. */
  public long given(int slot) {
    long[] now = given;
    return slot < now.length ? now[slot] : 0;
  }
}
