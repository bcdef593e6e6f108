package dev.azimuth.health;

import dev.azimuth.health.Timing.FallOf;
import dev.azimuth.health.Timing.HoldDown;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a target's results beyond its state. Immutable and bounded.
 *
 * @param row conclusive results of one kind in a row, the newest included; 0 before the first
 * @param failures the newest results since the target came up, a bit each, the newest lowest and 1
 *     for a failure; 0 where no {@link FallOf} counts them
 * @param falls when it went down from up, the oldest first, in milliseconds of the steady clock; at
 *     most as many as its {@link HoldDown} looks at
 * @param weight what successful results ask for, in per cent of the configured weight and in steps
 *     of five, 0 to 100; 100 where they say nothing. One step is taken when two results in a row
 *     ask for it, more at once
 * @param change the result that decided its newest change of state; null before the first, and for
 *     a state that another process left
 */
public record Past(
    int row, long failures, List<Long> falls, int weight, @Nullable ProbeResult change) {
  /** The weight of a target that says none, in per cent. */
  public static final int WHOLE = 100;

  private static final int STEP = 5;

  /** Nothing remembered. */
  public static final Past NONE = new Past(0, 0, List.of(), WHOLE, null);

  public Past {
    falls = List.copyOf(falls);
  }

  /** What another process left of a target. */
  public static Past of(List<Long> falls, int weight, long failures) {
    return new Past(0, failures, falls, weight, null);
  }

  /** After a result that left the state. */
  Past stayed(@Nullable ProbeResult before, ProbeResult result, boolean up, Timing timing) {
    boolean good = result.code().good();
    boolean same = before != null && before.code().good() == good;
    FallOf counted = up ? timing.fallOf() : null;
    return new Past(
        rowAfter(same),
        counted == null ? 0 : counted.within(failures << 1 | (good ? 0 : 1)),
        falls,
        good ? weightAfter(same ? before : null, result) : weight,
        change);
  }

  /** After a result that changed the state; what was counted while up begins anew. */
  Past changed(boolean same, ProbeResult by, boolean fell, long at, Timing timing) {
    HoldDown hold = fell ? timing.holdDown() : null;
    return new Past(
        rowAfter(same),
        0,
        hold == null ? falls : fallsAfter(at, hold.falls()),
        by.code().good() ? asked(by) : weight,
        by);
  }

  /**
   * The weight after one more good result.
   *
   * @param before the result before it if that was good too
   */
  private int weightAfter(@Nullable ProbeResult before, ProbeResult result) {
    int asked = asked(result);
    boolean taken = Math.abs(asked - weight) > STEP || (before != null && asked(before) == asked);
    return taken ? asked : weight;
  }

  /** What a good result asks for; whatever little that is, it is more than nothing. */
  private static int asked(ProbeResult result) {
    int said = result.weight();
    return said == ProbeResult.NOT_SAID
        ? WHOLE
        : said == 0 ? 0 : Math.max(STEP, (said + STEP / 2) / STEP * STEP);
  }

  private int rowAfter(boolean same) {
    return same ? row == Integer.MAX_VALUE ? row : row + 1 : 1;
  }

  private List<Long> fallsAfter(long at, int most) {
    List<Long> after = new ArrayList<>(falls);
    after.add(at);
    return after.subList(Math.max(0, after.size() - most), after.size());
  }

  /** How many failures in a row from now on bring a target down that is up; at least 1. */
  int failuresLeft(Timing timing) {
    FallOf counted = timing.fallOf();
    if (counted == null) {
      return timing.fall();
    }
    long seen = failures;
    int left = 0;
    do {
      seen = counted.within(seen << 1 | 1);
      left++;
    } while (Long.bitCount(seen) < counted.failures());
    return Math.min(left, timing.fall());
  }

  /** Until when a target that is down stays so, whatever its probes say; 0 for no hold. */
  long heldUntil(Timing timing) {
    HoldDown hold = timing.holdDown();
    if (hold == null || falls.size() < hold.falls()) {
      return 0;
    }
    long last = falls.getLast();
    long first = falls.get(falls.size() - hold.falls());
    return last - first <= hold.within().toMillis() ? last + hold.lasts().toMillis() : 0;
  }
}
