package dev.azimuth.steering;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The schedules of one pool as it stands: each made once, for all names. */
final class Shelf {
  private final Sequences sequences;
  private final List<Entry> entries = new ArrayList<>(2);
  private @Nullable Shelf before;

  private record Entry(List<Member> members, Pick pick, Schedule schedule) {}

  /**
   * @param sequences those of all pools
   * @param before of the same pool as it stood: what still fits is taken from there
   */
  Shelf(Sequences sequences, @Nullable Shelf before) {
    this.sequences = sequences;
    this.before = before;
  }

  Schedule schedule(List<Member> members, Pick pick, @Nullable Nearness nearness) {
    Schedule known = find(members, pick);
    if (known == null && before != null) {
      known = before.find(members, pick);
    } else if (known != null) {
      return known;
    }
    Schedule schedule = known != null ? known : Schedule.of(members, pick, nearness, sequences);
    entries.add(new Entry(members, pick, schedule));
    return schedule;
  }

  /**
   * No more is asked for. Of a pool that nobody is given now, such as one that is down, those are
   * kept that it had: most come back as they were.
   */
  void settle() {
    if (entries.isEmpty() && before != null) {
      entries.addAll(before.entries);
    }
    before = null;
  }

  // That it is the same list says more quickly what comparing says too.
  @SuppressWarnings("ReferenceEquality")
  private @Nullable Schedule find(List<Member> members, Pick pick) {
    for (Entry entry : entries) {
      if (entry.pick.equals(pick) && (entry.members == members || entry.members.equals(members))) {
        return entry.schedule;
      }
    }
    return null;
  }
}
