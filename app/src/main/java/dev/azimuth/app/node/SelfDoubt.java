package dev.azimuth.app.node;

import dev.azimuth.app.config.HealthConfig.Anchor;
import dev.azimuth.health.Doubt;
import dev.azimuth.health.State;
import dev.azimuth.health.Suspects;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Timing;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The doubt of this node, and the health that it holds on to meanwhile. Belongs to the publisher's
 * thread; takes the time as a parameter.
 */
final class SelfDoubt {
  /** Nobody waits longer for targets that were cut off. */
  private static final long LONGEST_RECOVERY = Duration.ofMinutes(2).toMillis();

  private final Suspects suspects = new Suspects();
  private Doubt doubt = Doubt.None.FIRST;
  private Map<Target, TargetHealth> held = Map.of();

  /** Other targets are watched. */
  void watch(Map<Target, TargetHealth> known) {
    suspects.watch(known);
  }

  void probed(Target target, TargetHealth before, TargetHealth after, long now) {
    suspects.probed(target, before, after, now);
  }

  void answered(int answering, int anchors, long now) {
    doubt = doubt.answered(answering, anchors, now);
  }

  Doubt doubt() {
    return doubt;
  }

  /**
   * Looks at what is known.
   *
   * @param ask is to ask the anchors
   */
  void look(Plan plan, Map<Target, TargetHealth> known, long now, Consumer<List<Anchor>> ask) {
    List<Anchor> anchors = plan.source().config().health().anchors();
    Doubt before = doubt;
    doubt =
        plan.source().config().health().doubts()
            ? doubt.at(now, sight(plan, known, now))
            : Doubt.None.FIRST;
    if (!doubt.holds()) {
      held = Map.of();
    } else if (held.isEmpty()) {
      held = lastBelieved(known);
    }
    if (doubt.asked() > before.asked()) {
      ask.accept(anchors);
    }
  }

  /** What was known before so much failed; of those that fail that they are about to. */
  private Map<Target, TargetHealth> lastBelieved(Map<Target, TargetHealth> known) {
    Map<Target, TargetHealth> believed = HashMap.newHashMap(known.size());
    known.forEach(
        (target, health) ->
            believed.put(target, suspects.contains(target) ? health.failing() : health));
    return believed;
  }

  /** The health that counts: what is held, else what is known. */
  TargetHealth counts(Target target, TargetHealth known) {
    return held.getOrDefault(target, known);
  }

  /** When it is to be looked at again; {@link Long#MAX_VALUE} for not by itself. */
  long next(@Nullable Plan plan, Map<Target, TargetHealth> known, long now) {
    return plan == null ? Long.MAX_VALUE : doubt.next(sight(plan, known, now));
  }

  private Doubt.Sight sight(Plan plan, Map<Target, TargetHealth> known, long now) {
    return new Doubt.Sight() {
      @Override
      public boolean suspicious() {
        return suspects.tooMany(now, plan::poolOf);
      }

      @Override
      public boolean recovered() {
        return held.entrySet().stream()
            .allMatch(
                entry -> {
                  TargetHealth live = known.get(entry.getKey());
                  return entry.getValue().state() != State.UP
                      || live == null
                      || live.state() == State.UP;
                });
      }

      @Override
      public long recoveryMillis() {
        long longest = 0;
        for (Target target : held.keySet()) {
          longest = Math.max(longest, recovery(target.check().timing()));
        }
        return Math.min(longest, LONGEST_RECOVERY);
      }
    };
  }

  private static long recovery(Timing timing) {
    long first = Math.max(timing.every().toMillis(), timing.backoff().toMillis());
    return first + (timing.rise() - 1) * timing.retry().toMillis() + timing.timeout().toMillis();
  }
}
