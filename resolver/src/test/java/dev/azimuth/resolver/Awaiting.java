package dev.azimuth.resolver;

import java.util.function.BooleanSupplier;

/** Waiting for what another thread does. */
final class Awaiting {
  private static final long PATIENCE_NANOS = 20_000_000_000L;

  private Awaiting() {}

  static void until(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > PATIENCE_NANOS) {
        throw new AssertionError("not in time");
      }
      Thread.onSpinWait();
    }
  }
}
