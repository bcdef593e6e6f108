package dev.azimuth.steering;

import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.Latency;
import dev.azimuth.health.Past;
import java.util.Locale;
import java.util.StringJoiner;

/** What is worth saying of a backend that is given. */
final class Notes {
  private Notes() {}

  /**
   * @param view of its pool
   * @param client to whom it is given
   * @param now in milliseconds of the steady clock
   * @return empty when there is nothing unusual about it
   */
  static String given(
      PoolView view,
      Member member,
      Offer offer,
      Family family,
      HealthTable table,
      Client client,
      long now) {
    Backend backend = member.backend();
    StringJoiner notes = new StringJoiner("; ");
    if (view.side(family).kept().stream().anyMatch(kept -> kept.backend().equals(backend))) {
      notes.add("down, kept by max_eject");
    }
    ForcedState order = table.forced(backend.number());
    if (order != null && order.weight() != 0) {
      notes.add("weight %d by order, %d configured".formatted(order.weight(), backend.weight()));
    }
    int asked = asked(backend, family, table);
    if (asked < Past.WHOLE && (order == null || order.forced() == null)) {
      notes.add("asks for %d %% of its weight".formatted(asked));
    }
    Pool pool = view.pool();
    long since = view.ramps().getOrDefault(SlowStart.key(backend, family), 0L);
    if (SlowStart.rising(pool, since, now)) {
      notes.add(
          "slow start: %d %% of its weight, %d s left"
              .formatted(
                  SlowStart.percent(pool, since, now),
                  Math.ceilDiv(SlowStart.end(pool, since) - now, 1000)));
    }
    Nearness nearness = offer.schedule == null ? null : offer.schedule.nearness;
    if (nearness != null) {
      notes.add(distance(nearness.kilometres(client, backend.name())));
    } else if (offer.sticky != null && offer.schedule != null) {
      double share = offer.schedule.inclusion(backend.slot());
      notes.add(String.format(Locale.ROOT, "of %.1f %% of all networks", share * 100));
    }
    if (member.latency() > 0) {
      double millis = Math.pow(Latency.STEP, member.latency()) / 1000;
      notes.add(
          String.format(Locale.ROOT, millis < 10 ? "about %.1f ms" : "about %.0f ms", millis));
    }
    return notes.toString();
  }

  /** The least that an address of a family asks for, in per cent, but none. */
  private static int asked(Backend backend, Family family, HealthTable table) {
    return backend.endpoints().stream()
        .filter(endpoint -> endpoint.family() == family && endpoint.verdict() >= 0)
        .mapToInt(endpoint -> table.verdict(endpoint.verdict()).weight())
        .filter(weight -> weight > 0)
        .min()
        .orElse(Past.WHOLE);
  }

  private static String distance(double kilometres) {
    return Double.isNaN(kilometres)
        ? "nobody knows how far"
        : String.format(Locale.ROOT, "about %.0f km", kilometres);
  }
}
