package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import java.util.Arrays;
import java.util.List;

/**
 * The newest results of one target, in a few octets each: when a probe began to the millisecond,
 * its code, and what it took to 12 binary digits. Immutable.
 */
public final class Trail {
  /** How many results are kept. */
  public static final int LENGTH = 16;

  /** Nothing yet. */
  public static final Trail EMPTY = new Trail(new long[0]);

  private static final List<Code> CODES = List.of(Code.values());
  private static final int CODE_BITS = 6;
  private static final int EXPONENT_BITS = 4;
  private static final int FRACTION_BITS = 12;
  private static final int TOOK_BITS = EXPONENT_BITS + FRACTION_BITS;

  /** The oldest first: start, exponent and fraction of what it took, code. */
  private final long[] results;

  private Trail(long[] results) {
    this.results = results;
  }

  /**
   * One result, without its detail.
   *
   * @param started in milliseconds of the steady clock
   * @param tookMicros in microseconds, less up to one in 2,048
   */
  public record Entry(Code code, long started, long tookMicros) {}

  /**
   * With one more result, also an inconclusive one; the oldest is forgotten when there are many.
   */
  public Trail after(ProbeResult result) {
    int kept = Math.min(results.length, LENGTH - 1);
    long[] next = Arrays.copyOfRange(results, results.length - kept, results.length + 1);
    next[kept] =
        (result.started() << (TOOK_BITS + CODE_BITS))
            | (rounded(result.tookMicros()) << CODE_BITS)
            | CODES.indexOf(result.code());
    return new Trail(next);
  }

  private static long rounded(long micros) {
    long most = (1L << (FRACTION_BITS + 15)) - 1; // two minutes
    long value = Math.clamp(micros, 0, most);
    int exponent = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(value) - FRACTION_BITS);
    return ((long) exponent << FRACTION_BITS) | (value >>> exponent);
  }

  public int size() {
    return results.length;
  }

  /**
   * One of the results.
   *
   * @param age 0 for the newest, below {@link #size}
   */
  public Entry get(int age) {
    long packed = results[results.length - 1 - age];
    long took = packed >>> CODE_BITS;
    long fraction = took & ((1L << FRACTION_BITS) - 1);
    int exponent = (int) (took >>> FRACTION_BITS) & ((1 << EXPONENT_BITS) - 1);
    return new Entry(
        CODES.get((int) (packed & ((1L << CODE_BITS) - 1))),
        packed >>> (TOOK_BITS + CODE_BITS),
        fraction << exponent);
  }
}
