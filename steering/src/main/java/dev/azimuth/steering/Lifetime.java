package dev.azimuth.steering;

import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/**
 * How long an answer holds: the earliest possible change of anything that was consulted for it,
 * within the bounds of the name. Pure. A reason is put into words only where it counts.
 */
final class Lifetime {
  private final TtlRange range;
  private final long now;
  private Ttl least;
  private long edge = Long.MAX_VALUE;

  /**
   * @param seconds within the name's bounds
   * @param reason what keeps it from being longer
   */
  record Ttl(int seconds, String reason) {}

  /**
   * @param now in milliseconds of the steady clock
   */
  Lifetime(TtlRange range, long now) {
    this.range = range;
    this.now = now;
    least = new Ttl(range.upper(), "upper bound");
  }

  /** Something that is stable for so many milliseconds from any instant on. */
  Lifetime stable(long millis, Supplier<String> reason) {
    if (millis != Long.MAX_VALUE) {
      bound(millis / 1000, reason);
    }
    return this;
  }

  /** Something that ends at an instant; the TTL is the time that is left. */
  Lifetime ends(long instant, Supplier<String> reason) {
    if (instant == Long.MAX_VALUE || instant <= now) {
      return this;
    }
    long left = instant - now;
    bound(left / 1000, reason);
    // Far from its end the upper bound rules; near to it the TTL follows the clock by the second.
    long upper = range.upper() * 1000L;
    edge(left > upper ? instant - upper : Math.min(instant, now + 1000));
    return this;
  }

  /** An order for a pool that begins later: the lower bound where answers could outlive that. */
  Lifetime planned(long instant, String pool) {
    if (instant == Long.MAX_VALUE || instant <= now) {
      return this;
    }
    long lowered = instant - range.upper() * 1000L;
    if (lowered <= now) {
      lowest(() -> "an order for " + pool + " begins at " + Instant.ofEpochMilli(instant));
      edge(instant);
    } else {
      edge(lowered);
    }
    return this;
  }

  /** A forced change: the lower bound until answers from before it have expired everywhere. */
  Lifetime forcedAt(long changed) {
    long over = changed + range.upper() * 1000L;
    if (changed > 0 && over > now) {
      bound(0, () -> "an order changed");
      edge(over);
    }
    return this;
  }

  /** The lower bound. */
  Lifetime lowest(Supplier<String> reason) {
    bound(0, reason);
    return this;
  }

  /**
   * Everything about the pools that were looked at.
   *
   * @param choice which of the rungs were, and which of them serve
   */
  Lifetime consulted(
      List<Ladder.Rung> rungs, Ladder.Choice choice, Family reference, Family asked) {
    for (int i = 0; i < choice.looked(); i++) {
      PoolView pool = rungs.get(i).pool();
      if (choice.serving().contains(i)) {
        serving(pool, pool.side(reference));
        serving(pool, pool.side(asked));
      } else {
        String name = pool.pool().name();
        stable(pool.side(reference).downStable(), () -> "a backend of " + name + " may come back");
        ends(pool.heldUntil(), () -> "failback hold of " + name);
        consulted(pool, pool.side(reference));
      }
    }
    return this;
  }

  private void serving(PoolView pool, Side side) {
    String name = pool.pool().name();
    stable(side.upStable(), () -> "fall × every of " + name);
    if (side.ordinary().isEmpty()) {
      // The standby gives way as soon as an ordinary backend is back.
      stable(side.downStable(), () -> "a backend of " + name + " may come back");
    }
    consulted(pool, side);
  }

  private void consulted(PoolView pool, Side side) {
    String name = pool.pool().name();
    if (side.hostTtl() != Integer.MAX_VALUE) {
      stable(side.hostTtl() * 1000L, () -> "host name in " + name);
    }
    ends(side.forcedUntil(), () -> "an order for " + name + " ends");
    planned(side.planned(), name);
    ends(side.rampUntil(), () -> "slow start in " + name);
    forcedAt(pool.forcedChanged());
    if (side.guessed()) {
      lowest(() -> "nothing known of " + name + " yet");
    }
  }

  Ttl ttl() {
    return least;
  }

  /**
   * When the answer must be bound anew though no event says so; {@link Long#MAX_VALUE} for never.
   */
  long edge() {
    return edge;
  }

  private void bound(long seconds, Supplier<String> reason) {
    long within = Math.max(range.lower(), seconds);
    if (within < least.seconds()) {
      least = new Ttl((int) within, reason.get());
    }
  }

  private void edge(long instant) {
    edge = Math.min(edge, instant);
  }
}
