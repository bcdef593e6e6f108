package dev.azimuth.steering;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How likely each backend is among the answers of one client, all of them found in one pass over
 * everything that may be given.
 */
final class Odds {
  private final Map<Integer, Given> given = new HashMap<>();

  /**
   * One backend that is given to some clients.
   *
   * @param offer what gives it
   * @param odds of being among this client's answers, 0 to 1
   * @param ofPool the share of all positions, or networks, of its pool that it has, 0 to 1
   * @param ofClients the share of all networks that come to its pool, 0 to 1
   */
  record Given(Member member, Offer offer, double odds, double ofPool, double ofClients) {}

  private Odds() {}

  static Odds of(Offer whole, Client client) {
    Odds odds = new Odds();
    Offer.Split split = whole.split;
    if (split == null) {
      odds.add(whole, client, 1, 1);
      return odds;
    }
    long[] buckets = new long[split.parts().size()];
    for (int part : split.order()) {
      buckets[part]++;
    }
    Offer own = whole.part(client);
    for (int i = 0; i < buckets.length; i++) {
      Offer part = split.parts().get(i);
      double share = (double) buckets[i] / split.order().length;
      if (whole.sticky == null) {
        odds.add(part, client, share, 1);
      } else {
        odds.add(part, client, part == own ? 1 : 0, share);
      }
    }
    return odds;
  }

  /** What is given of a backend; null for nothing. */
  @Nullable Given of(Backend backend) {
    return given.get(backend.number());
  }

  private void add(Offer part, Client client, double comes, double ofClients) {
    if (part.schedule == null) {
      return;
    }
    Schedule schedule = part.schedule.at(client);
    Map<Integer, Integer> positions = positions(schedule);
    Sticky sticky = schedule.order.length > 1 ? part.sticky : null;
    for (Member member : part.members) {
      int slot = member.backend().slot();
      double share = (double) positions.getOrDefault(slot, 0) / schedule.order.length;
      double chance = share;
      if (sticky != null) {
        chance = schedule.gives(sticky.bucket(client), slot) ? 1 : 0;
      }
      given.put(
          member.backend().number(), new Given(member, part, comes * chance, share, ofClients));
    }
  }

  /** By the slot of a backend: in how many positions it is. */
  private static Map<Integer, Integer> positions(Schedule schedule) {
    int[] ofSet = new int[schedule.slots.length];
    for (int set : schedule.order) {
      ofSet[set]++;
    }
    Map<Integer, Integer> positions = new HashMap<>();
    for (int set = 0; set < ofSet.length; set++) {
      for (int slot : schedule.slots[set]) {
        positions.merge(slot, ofSet[set], Integer::sum);
      }
    }
    return positions;
  }
}
