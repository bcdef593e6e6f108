package dev.azimuth.app.node;

import dev.azimuth.health.Doubt;
import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Trail;
import dev.azimuth.steering.Addresses;
import dev.azimuth.steering.Bound.Change;
import dev.azimuth.steering.Bound.RuleStanding;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log lines that tell an operator what changed and why. */
final class Journal {
  private static final Logger LOG = LoggerFactory.getLogger("azimuth");

  /** Above so many changes at once, their number says more than their list. */
  private static final int MOST_LINES = 50;

  /** How many of the newest results of a target a line shows. */
  private static final int EVIDENCE = 5;

  private Journal() {}

  static void stateChanged(
      String label, Target target, TargetHealth before, TargetHealth after, Trail trail) {
    ProbeResult last = after.last();
    LOG.info(
        "{} {} {} -> {}: {}{}{}",
        label,
        Addresses.text(target),
        before.state(),
        after.state(),
        last == null ? "" : last.code(),
        last == null || last.detail().isEmpty() ? "" : " " + last.detail(),
        evidence(trail));
  }

  /** What came before the result that decided, the newest first. */
  private static String evidence(Trail trail) {
    int shown = Math.min(trail.size(), EVIDENCE);
    return shown < 2
        ? ""
        : IntStream.range(1, shown)
            .mapToObj(age -> trail.get(age).code().name())
            .collect(Collectors.joining(", ", ", after ", ""));
  }

  static void doubted(Doubt before, Doubt after) {
    switch (after) {
      case Doubt.Asking asking ->
          LOG.warn(
              "more than half of what was up fails at once: asking the anchors whether it is this"
                  + " node");
      case Doubt.Holding holding ->
          LOG.error(
              "this node doubts its own checks, since fewer than half of its anchors answer: for at"
                  + " most {} min answers stand on what was known before",
              Doubt.LONGEST_MILLIS / 60_000);
      case Doubt.None none ->
          LOG.warn(
              before.declared()
                  ? "this node believes its checks again"
                  : "the anchors answer: the checks are right");
    }
  }

  static void ejected(String balancer, String backend) {
    LOG.warn(
        "balancer {}: {} is ejected for a while, since connections to it failed one after the other",
        balancer,
        backend);
  }

  static void addressesChanged(String host, @Nullable Resolved before, Resolved after) {
    if (before == null) {
      LOG.info("{} resolves to {}", host, shown(after));
    } else {
      LOG.info("{} resolves to {}, before to {}", host, shown(after), shown(before));
    }
  }

  private static String shown(Resolved resolved) {
    return resolved.addresses().stream().map(Addresses::text).collect(Collectors.joining(" "));
  }

  /** Which names now get another pool, or for another reason. */
  static void changed(List<Change> changes) {
    for (Change change : changes.subList(0, Math.min(MOST_LINES, changes.size()))) {
      RuleStanding was = change.before();
      RuleStanding is = change.after();
      LOG.info(
          "{} ({}): {} {} -> {} {}",
          is.name().name(),
          is.rule().label(),
          shown(was.pool()),
          was.reason(),
          shown(is.pool()),
          is.reason());
    }
    if (changes.size() > MOST_LINES) {
      LOG.info("{} more names changed their answer", changes.size() - MOST_LINES);
    }
  }

  private static String shown(String pool) {
    return pool.isEmpty() ? "no pool" : pool;
  }

  /** What becomes of writing to disk. */
  static final class OfKeeping implements Keeper.Listener {
    @Override
    public void notKept(String why) {
      LOG.error("what is known would not survive a restart: {}", why);
    }

    @Override
    public void keptAfterAll(String what) {
      LOG.info("{} is on disk again", what);
    }

    @Override
    public void fault(RuntimeException fault) {
      LOG.error("a fault while what is known is kept; it is tried again", fault);
    }
  }
}
