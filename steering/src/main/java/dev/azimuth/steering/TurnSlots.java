package dev.azimuth.steering;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers for the counters of whose turn it is, given once and kept for as long as the process
 * runs, as {@link Slots} are: one for each name, family and what it turns through. Not for use by
 * several threads.
 */
final class TurnSlots {
  private final Map<String, List<Use>> usesOfName = new HashMap<>();

  /** By the number of the name in the plan. */
  private List<List<Use>> uses = List.of();

  private int size;

  private record Use(Family family, String what, int slot) {
    boolean is(Family other, String another) {
      return family == other && what.equals(another);
    }
  }

  /** Takes up the names of a plan, by the numbers of which slots are then asked for. */
  void number(List<SteeredName> names) {
    uses =
        names.stream()
            .map(name -> usesOfName.computeIfAbsent(name.name(), n -> new ArrayList<>(2)))
            .toList();
  }

  /** The slot of what a name turns through. */
  int of(int name, Family family, String what) {
    List<Use> known = uses.get(name);
    for (Use use : known) {
      if (use.is(family, what)) {
        return use.slot;
      }
    }
    known.add(new Use(family, what, size));
    return size++;
  }

  /** How many numbers were given. */
  int size() {
    return size;
  }
}
