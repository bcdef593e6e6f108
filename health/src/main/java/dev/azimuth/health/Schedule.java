package dev.azimuth.health;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which target is probed when. {@code every} and {@code retry} are from start to start, each with a
 * jitter of 10 % either way; a probe that takes longer than that is followed at once by the next.
 * Has no clock: all times are milliseconds of the steady clock and come as parameters. Confined to
 * one thread.
 */
final class Schedule {
  private static final double JITTER = 0.1;

  private final RandomGenerator random;
  private final PriorityQueue<Slot> waiting =
      new PriorityQueue<>(Comparator.comparingLong((Slot slot) -> slot.due));
  private Map<Target, Slot> slots = new HashMap<>();

  /** One target; waits to be due or is being probed. */
  static final class Slot {
    final Target target;
    private TargetHealth health;
    private long due;
    private long started;
    private boolean waits = true;

    private Slot(Target target, TargetHealth health, long due) {
      this.target = target;
      this.health = health;
      this.due = due;
    }
  }

  Schedule(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Replaces the whole set. Targets that stay keep their times and what is known of them. A new one
   * is due at once when nothing is known of it, else at a random point of its interval.
   *
   * @return slots that are gone and were being probed
   */
  List<Slot> replace(Map<Target, TargetHealth> targets, long now) {
    Map<Target, Slot> old = slots;
    Map<Target, Slot> next = HashMap.newHashMap(targets.size());
    targets.forEach(
        (target, health) -> {
          Slot kept = old.remove(target);
          next.put(target, kept == null ? first(target, health, now) : kept);
        });
    slots = next;
    waiting.clear();
    for (Slot slot : next.values()) {
      if (slot.waits) {
        waiting.add(slot);
      }
    }
    List<Slot> gone = new ArrayList<>();
    for (Slot slot : old.values()) {
      if (!slot.waits) {
        gone.add(slot);
      }
    }
    return gone;
  }

  private Slot first(Target target, TargetHealth health, long now) {
    if (health.state() == State.UNKNOWN) {
      return new Slot(target, health, now);
    }
    long pause = health.pause(target.check().timing(), now);
    return new Slot(target, health, now + random.nextLong(pause + 1));
  }

  /**
   * Takes the slot that has been due for longest and counts its probe as started now; null when
   * none is due.
   */
  @Nullable Slot poll(long now) {
    Slot slot = waiting.peek();
    if (slot == null || slot.due > now) {
      return null;
    }
    waiting.remove();
    slot.waits = false;
    slot.started = now;
    return slot;
  }

  /** When the next slot is due; {@link Long#MAX_VALUE} when none waits. */
  long nextDue() {
    Slot slot = waiting.peek();
    return slot == null ? Long.MAX_VALUE : slot.due;
  }

  /** Takes the result of the probe of a slot that {@link #poll} gave and that is not gone. */
  void finished(Slot slot, ProbeResult result, long now) {
    Timing timing = slot.target.check().timing();
    slot.health = slot.health.after(result, timing);
    long pause =
        result.code() == ProbeResult.Code.INCONCLUSIVE
            ? timing.retry().toMillis()
            : slot.health.pause(timing, now);
    double factor = 1 + JITTER * (2 * random.nextDouble() - 1);
    slot.due = Math.max(now, slot.started + Math.round(pause * factor));
    slot.waits = true;
    waiting.add(slot);
  }
}
