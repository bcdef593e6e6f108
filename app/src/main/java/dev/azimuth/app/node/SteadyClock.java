package dev.azimuth.app.node;

import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * Milliseconds since the Unix epoch as the wall clock had them when the process began, advanced by
 * the monotonic clock ever since: reads like a time of day, never jumps.
 */
public final class SteadyClock implements LongSupplier {
  private final long epochMillis = System.currentTimeMillis();
  private final long origin = System.nanoTime();

  /** A clock that starts now. */
  public SteadyClock() {}

  @Override
  public long getAsLong() {
    return epochMillis + (System.nanoTime() - origin) / 1_000_000;
  }

  /** The time of day of a reading; {@link Instant#MAX} for {@link Long#MAX_VALUE}. */
  public static Instant instant(long millis) {
    return millis == Long.MAX_VALUE ? Instant.MAX : Instant.ofEpochMilli(millis);
  }
}
