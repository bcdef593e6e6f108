package dev.azimuth.health;

import java.util.ArrayList;
import java.util.List;

/** The state machine as one would explain it: looks back over the whole history each time. */
final class NaiveHealth {
  private final Timing timing;
  private final List<Boolean> good = new ArrayList<>();
  private final List<Long> ends = new ArrayList<>();

  NaiveHealth(Timing timing) {
    this.timing = timing;
  }

  void add(boolean success, long end) {
    good.add(success);
    ends.add(end);
  }

  int row() {
    int row = 0;
    while (row < good.size() && good.get(good.size() - 1 - row).equals(good.getLast())) {
      row++;
    }
    return row;
  }

  State state() {
    if (good.isEmpty()) {
      return State.UNKNOWN;
    }
    boolean up = good.getFirst();
    int upFrom = 1; // the result that brought it up is none that counts against it
    List<Long> falls = new ArrayList<>();
    for (int end = 2; end <= good.size(); end++) {
      if (up && falls(end, upFrom)) {
        up = false;
        falls.add(ends.get(end - 1));
      } else if (!up && allOf(end, timing.rise(), true) && !held(falls, ends.get(end - 1))) {
        up = true;
        upFrom = end;
      }
    }
    return up ? State.UP : State.DOWN;
  }

  private boolean falls(int end, int upFrom) {
    Timing.FallOf of = timing.fallOf();
    return allOf(end, timing.fall(), false)
        || (of != null
            && good.subList(Math.max(upFrom, end - of.probes()), end).stream()
                    .filter(success -> !success)
                    .count()
                >= of.failures());
  }

  private boolean allOf(int end, int count, boolean wanted) {
    return end >= count && good.subList(end - count, end).stream().allMatch(g -> g == wanted);
  }

  private boolean held(List<Long> falls, long now) {
    Timing.HoldDown hold = timing.holdDown();
    if (hold == null || falls.size() < hold.falls()) {
      return false;
    }
    long first = falls.get(falls.size() - hold.falls());
    return falls.getLast() - first <= hold.within().toMillis()
        && now < falls.getLast() + hold.lasts().toMillis();
  }
}
