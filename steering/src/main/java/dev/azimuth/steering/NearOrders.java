package dev.azimuth.steering;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The orders of nearness of all pools of a plan out of which the nearest are picked, as one number
 * for each place. Belongs to one thread.
 */
final class NearOrders {
  private final Places places;
  private final List<Nearness> pools;
  private final int[] ofPlace;
  private final Map<List<Integer>, Integer> numbers = new HashMap<>();
  private final List<List<Integer>> numbered = new ArrayList<>();

  NearOrders(SteeringPlan plan) {
    places = plan.routes().places();
    pools = plan.pools().stream().map(Pool::nearness).filter(Objects::nonNull).toList();
    ofPlace = new int[places.count()];
  }

  /** Whether no pool is picked from by nearness: every place has the number 0. */
  boolean none() {
    return pools.isEmpty();
  }

  /** Where places are. */
  Places places() {
    return places;
  }

  int number(int place) {
    if (none()) {
      return 0;
    }
    if (ofPlace[place] == 0) {
      List<Integer> orders = pools.stream().map(nearness -> nearness.orderAt(place)).toList();
      ofPlace[place] =
          1
              + numbers.computeIfAbsent(
                  orders,
                  o -> {
                    numbered.add(o);
                    return numbered.size() - 1;
                  });
    }
    return ofPlace[place] - 1;
  }

  /** What a schedule comes to for clients at places with this number. */
  Schedule at(Schedule schedule, int number) {
    return schedule.nearness == null
        ? schedule
        : schedule.near[numbered.get(number).get(pools.indexOf(schedule.nearness))];
  }
}
