package dev.azimuth.health;

import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Connections that wait for the next probe of their targets, one a target. One that the other side
 * ends or speaks on is closed. Confined to the loop thread.
 */
final class KeptConnections {
  /** A connection is made anew after so long, in milliseconds, so that a new server is met. */
  static final long OLDEST = 600_000;

  /** However scarce descriptors are, so many connections may wait. */
  private static final int FEWEST = 64;

  /** The limit falls at most so often, in milliseconds: one shortage is met by many probes. */
  private static final long FALLS_EVERY = 1_000;

  /** It rises by an eighth after so long without a shortage, and again after as long. */
  private static final long RISES_EVERY = 60_000;

  private final int limit;
  private final LongSupplier clock;
  private int most;
  private long changed;
  private boolean scarce; // whether the limit has ever fallen
  private final Map<Target, Waiting> waiting = new HashMap<>();

  /**
   * @param until when it has waited for longer than until the next probe
   */
  private record Waiting(Wire wire, long until) {}

  /**
   * @param limit at a time; more are closed, and fewer are kept for a while where descriptors run
   *     out
   * @param clock the steady clock, in milliseconds
   */
  KeptConnections(int limit, LongSupplier clock) {
    this.limit = limit;
    this.most = limit;
    this.clock = clock;
  }

  /** Takes a connection over whose probe has ended well. */
  void keep(Target target, Wire wire) {
    long now = clock.getAsLong();
    rise(now);
    if (waiting.size() >= most || now - wire.opened >= OLDEST) {
      wire.close();
      return;
    }
    wire.use(new Wait(target));
    Waiting before =
        waiting.put(
            target, new Waiting(wire, now + 2 * target.check().timing().every().toMillis()));
    if (before != null) {
      before.wire.close();
    }
  }

  /**
   * Gives away the connection to a target; null when there is none that is of use.
   *
   * @param user of it from now on
   */
  @Nullable Wire take(Target target, Wire.User user) {
    Waiting kept = waiting.remove(target);
    if (kept == null) {
      return null;
    }
    if (kept.wire.alive() && clock.getAsLong() <= kept.until) {
      kept.wire.use(user);
      return kept.wire;
    }
    kept.wire.close();
    return null;
  }

  /** Closes those to other targets. */
  void retain(Set<Target> targets) {
    for (Target target : List.copyOf(waiting.keySet())) {
      if (!targets.contains(target)) {
        close(target);
      }
    }
  }

  /** Descriptors have run out: closes an eighth, and for a while keeps no more than the rest. */
  void makeRoom() {
    long now = clock.getAsLong();
    if (waiting.isEmpty() || (scarce && now - changed < FALLS_EVERY)) {
      return;
    }
    int fewer = waiting.size() - (waiting.size() + 7) / 8;
    waiting.keySet().stream().limit(waiting.size() - fewer).toList().forEach(this::close);
    most = Math.min(limit, Math.max(FEWEST, fewer));
    changed = now;
    scarce = true;
  }

  private void rise(long now) {
    if (most < limit && now - changed >= RISES_EVERY) {
      most = Math.min(limit, most + most / 8);
      changed = now;
    }
  }

  private void close(Target target) {
    Waiting kept = waiting.remove(target);
    if (kept != null) {
      kept.wire.close();
    }
  }

  int size() {
    return waiting.size();
  }

  /** Nothing but HTTP/2's own frames may come while nobody asks. */
  private final class Wait implements Wire.User {
    private final Target target;

    Wait(Target target) {
      this.target = target;
    }

    @Override
    public void connected(Wire wire) {
      throw new IllegalStateException("it is connected");
    }

    @Override
    public void secured(Wire wire) {
      drop(wire); // a second handshake, of which nobody knows what it came to
    }

    @Override
    public void heard(Wire wire, ByteBuf octets) {
      drop(wire);
    }

    @Override
    public void counted(Wire wire, int octets) {
      // Frames, of which those that matter end it.
    }

    @Override
    public void leaving(Wire wire) {
      drop(wire);
    }

    @Override
    public void ended(Wire wire) {
      drop(wire);
    }

    @Override
    public void failed(Wire wire, Throwable cause, boolean ours) {
      drop(wire);
    }

    private void drop(Wire wire) {
      Waiting kept = waiting.get(target);
      if (kept != null && kept.wire.equals(wire)) {
        waiting.remove(target);
      }
      wire.close();
    }
  }
}
