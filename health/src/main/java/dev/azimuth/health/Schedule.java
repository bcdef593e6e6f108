package dev.azimuth.health;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which target is probed when. {@code every} and {@code retry} are from start to start, each with a
 * jitter of 10 % either way; a probe that takes longer than that is followed at once by the next.
 * No address is probed more than so many times at once: what is due beyond that waits its turn. Has
 * no clock: all times are milliseconds of the steady clock and come as parameters. Confined to one
 * thread.
 */
final class Schedule {
  private static final double JITTER = 0.1;

  /** New targets start within this, in milliseconds, and one after the other while they are few. */
  private static final long SPREAD = 1000;

  /** Who starts waits this long for the first results, in milliseconds. */
  private static final long AWAITED = 4500;

  private final RandomGenerator random;
  private int perAddress;
  private final Agenda<Slot> waiting = new Agenda<>();
  private Map<Target, Slot> slots = new HashMap<>();

  /** An address: how many of its targets are being probed, and which are due and must wait. */
  private static final class Host {
    private final ArrayDeque<Slot> held = new ArrayDeque<>();
    private int running;
  }

  /** One target; waits to be due, is due and held back, or is being probed. */
  static final class Slot {
    final Target target;

    /** The probe under way; null while there is none. Belongs to whoever runs it. */
    Prober.@Nullable Run run;

    private final Host host;
    private TargetHealth health;
    private long due;
    private long started;
    private boolean waits = true;

    private Slot(Target target, Host host, TargetHealth health, long due) {
      this.target = target;
      this.host = host;
      this.health = health;
      this.due = due;
    }
  }

  /**
   * @param perAddress the most probes of one address at a time, at least 1
   */
  Schedule(RandomGenerator random, int perAddress) {
    this.random = random;
    this.perAddress = perAddress;
  }

  /**
   * Replaces the whole set. Targets that stay keep their times and what is known of them. A new one
   * is due at a random point of its interval, or at once when nothing is known of it: then a
   * thousand start within a second.
   *
   * @return slots that are gone and were being probed
   */
  List<Slot> replace(Map<Target, TargetHealth> targets, long now) {
    Map<Target, Slot> old = slots;
    Map<Target, Slot> next = HashMap.newHashMap(targets.size());
    Map<InetAddress, Host> hosts = new HashMap<>();
    old.values().forEach(slot -> hosts.put(slot.target.address(), slot.host));
    int unknown = 0;
    for (Map.Entry<Target, TargetHealth> entry : targets.entrySet()) {
      Target target = entry.getKey();
      Slot kept = old.remove(target);
      if (kept == null) {
        unknown += entry.getValue().state() == State.UNKNOWN ? 1 : 0;
        Host host = hosts.computeIfAbsent(target.address(), _ -> new Host());
        kept = first(target, host, entry.getValue(), now, unknown);
      }
      next.put(target, kept);
    }
    slots = next;
    List<Slot> gone = new ArrayList<>();
    for (Slot slot : old.values()) {
      if (!slot.waits) {
        slot.host.running--;
        gone.add(slot);
      }
    }
    waiting.clear();
    hosts.values().forEach(host -> host.held.clear());
    for (Slot slot : next.values()) {
      if (slot.waits) {
        waiting.add(slot, slot.due);
      }
    }
    return gone;
  }

  /**
   * @param unknown how many new targets of which nothing is known there have been, this one too
   */
  private Slot first(Target target, Host host, TargetHealth health, long now, int unknown) {
    Timing timing = target.check().timing();
    long within =
        health.state() == State.UNKNOWN
            ? Math.min(Math.min(unknown - 1, SPREAD), soonEnough(timing))
            : health.pause(timing, now);
    return new Slot(target, host, health, now + random.nextLong(within + 1));
  }

  private static long soonEnough(Timing timing) {
    long latest = Math.max(0, AWAITED - timing.timeout().toMillis());
    return Math.min(timing.every().toMillis(), latest);
  }

  /**
   * Takes the slot that has been due for longest and may be probed, and counts its probe as started
   * now; null when there is none.
   */
  @Nullable Slot poll(long now) {
    for (Slot slot; (slot = waiting.poll(now)) != null; ) {
      Host host = slot.host;
      if (host.running < perAddress) {
        host.running++;
        slot.waits = false;
        slot.started = now;
        return slot;
      }
      host.held.add(slot);
    }
    return null;
  }

  /**
   * @param most probes of one address at a time from now on, at least 1
   */
  void perAddress(int most) {
    perAddress = most;
  }

  /** When the next slot is due; {@link Long#MAX_VALUE} when none waits. */
  long nextDue() {
    return waiting.next();
  }

  /**
   * Takes the result of the probe of a slot that {@link #poll} gave and that is not gone.
   *
   * @return whether more is known now than that all is as it was; that it answers quicker or slower
   *     is no news, since who steers by that has time
   */
  boolean finished(Slot slot, ProbeResult result, long now) {
    Timing timing = slot.target.check().timing();
    TargetHealth before = slot.health;
    slot.health = before.after(result, timing);
    long pause =
        result.code() == ProbeResult.Code.INCONCLUSIVE
            ? timing.retry().toMillis()
            : slot.health.pause(timing, now);
    double factor = 1 + JITTER * (2 * random.nextDouble() - 1);
    slot.due = Math.max(now, slot.started + Math.round(pause * factor));
    slot.waits = true;
    waiting.add(slot, slot.due);
    Host host = slot.host;
    Slot next = host.held.poll();
    if (next != null) {
      waiting.add(next, next.due); // due already
    }
    host.running--;
    return !slot.health.alike(before, timing);
  }
}
