package dev.azimuth.app.node;

import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The health table of the plan in force: made once for a plan, then each out of the one before. */
final class Tables {
  private @Nullable Table table;

  /** A plan's newest table, and what goes into its next one. */
  private static final class Table {
    final Plan plan;
    final TargetHealth[] live;
    List<@Nullable ForcedState> forced;
    HealthTable made;

    Table(Plan plan, TargetHealth[] live, List<@Nullable ForcedState> forced) {
      this.plan = plan;
      this.live = live;
      this.forced = forced;
      made = new HealthTable(plan.targets(), plan.verdicts(), List.of(live), forced);
    }
  }

  /**
   * Takes in that what is known of a target would be judged otherwise now; whether any verdict of
   * the plan depends on it.
   */
  boolean decides(Target target, TargetHealth known) {
    Table now = table;
    OptionalInt number = now == null ? OptionalInt.empty() : now.plan.number(target);
    if (now == null || number.isEmpty()) {
      return false;
    }
    now.live[number.getAsInt()] = known;
    return now.made.decides(number.getAsInt());
  }

  /**
   * The table of what is known and ordered now.
   *
   * @param known asked of every target of a plan that is new; later ones come by {@link #decides}
   * @param forced by backend number: the same object while nothing differs
   */
  // Only the very plan that a table was made for numbers as it does.
  @SuppressWarnings("ReferenceEquality")
  HealthTable now(
      Plan plan, Function<Target, TargetHealth> known, List<@Nullable ForcedState> forced) {
    Table now = table;
    if (now == null || now.plan != plan) {
      now = new Table(plan, each(plan, known), forced);
      table = now;
    }
    if (now.forced != forced) {
      now.forced = forced;
      now.made = now.made.with(forced);
    }
    now.made = now.made.with(now.live);
    return now.made;
  }

  /** Something of each target of a plan, by its number. */
  static TargetHealth[] each(Plan plan, Function<Target, TargetHealth> of) {
    return plan.targets().stream().map(of).toArray(TargetHealth[]::new);
  }
}
