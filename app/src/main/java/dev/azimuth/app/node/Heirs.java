package dev.azimuth.app.node;

import dev.azimuth.health.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Finds the targets of a new plan whose check has only other times or secrets than one that goes.
 */
final class Heirs {
  private Heirs() {}

  /**
   * The target that each new one comes after, where there is one: it goes to the same place and
   * asks the same there. Of several the first.
   */
  static Map<Target, Target> of(Plan before, Plan next) {
    List<Target> fresh = missing(next, before);
    if (fresh.isEmpty()) {
      return Map.of();
    }
    Map<Target, Target> leaving = new HashMap<>();
    missing(before, next).forEach(target -> leaving.putIfAbsent(target.question(), target));
    Map<Target, Target> heirs = new HashMap<>();
    for (Target target : leaving.isEmpty() ? List.<Target>of() : fresh) {
      Target old = leaving.get(target.question());
      if (old != null) {
        heirs.put(target, old);
      }
    }
    return heirs;
  }

  private static List<Target> missing(Plan of, Plan in) {
    return of.targets().stream().filter(t -> in.number(t).equals(OptionalInt.empty())).toList();
  }
}
