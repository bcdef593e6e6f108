package dev.azimuth.balancer;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.PlatformDependent;

/**
 * How much memory connections may hold on their way from one side to the other: a share of what the
 * process has for it. For any thread; looked at a few times a second.
 */
final class Budget {
  /** The share of direct memory that is theirs. */
  private static final double SHARE = 0.25;

  /** Above this part of it each connection gets less. */
  private static final double TIGHT = 0.5;

  /** Above this part of it nobody new is let in. */
  private static final double FULL = 0.9;

  private final PooledByteBufAllocator allocator;
  private final long octets;

  Budget(PooledByteBufAllocator allocator) {
    this(allocator, (long) (SHARE * PlatformDependent.maxDirectMemory()));
  }

  Budget(PooledByteBufAllocator allocator, long octets) {
    this.allocator = allocator;
    this.octets = octets;
  }

  PooledByteBufAllocator allocator() {
    return allocator;
  }

  /** Octets that are held now. */
  long held() {
    return allocator.pinnedDirectMemory();
  }

  /** How near the end of it everything is. */
  enum Level {
    AMPLE,
    TIGHT,
    FULL
  }

  Level level() {
    double used = (double) held() / octets;
    return used < TIGHT ? Level.AMPLE : used < FULL ? Level.TIGHT : Level.FULL;
  }
}
