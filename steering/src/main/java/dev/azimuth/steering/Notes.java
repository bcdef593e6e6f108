package dev.azimuth.steering;

import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.Latency;
import dev.azimuth.health.Past;
import java.util.BitSet;
import java.util.Locale;
import java.util.StringJoiner;

/** What is worth saying of the backends of a pool that are given to a client. */
final class Notes {
  private final PoolView view;
  private final Family family;
  private final HealthTable table;
  private final Client client;
  private final long now;

  /** The numbers of the backends that are kept. */
  private final BitSet kept = new BitSet();

  /**
   * @param view of the pool
   * @param client to whom they are given
   * @param now in milliseconds of the steady clock
   */
  Notes(PoolView view, Family family, HealthTable table, Client client, long now) {
    this.view = view;
    this.family = family;
    this.table = table;
    this.client = client;
    this.now = now;
    view.side(family).kept().forEach(member -> kept.set(member.backend().number()));
  }

  /** Empty when there is nothing unusual about a backend. */
  String of(Odds.Given given) {
    Member member = given.member();
    Offer offer = given.offer();
    Backend backend = member.backend();
    StringJoiner notes = new StringJoiner("; ");
    if (given.ofClients() < 1) {
      notes.add(percent("its pool has %.1f %% of all networks", given.ofClients()));
    }
    if (kept.get(backend.number())) {
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
                  SlowStart.percent(pool, since, now), SlowStart.secondsLeft(pool, since, now)));
    }
    Nearness nearness = offer.schedule == null ? null : offer.schedule.nearness;
    if (nearness != null) {
      notes.add(distance(nearness.kilometres(client, backend.name())));
    } else if (offer.sticky != null && offer.schedule != null) {
      notes.add(percent("of %.1f %% of all networks", given.ofPool() * given.ofClients()));
    }
    if (member.latency() > 0) {
      double millis = Math.pow(Latency.STEP, member.latency()) / 1000;
      notes.add(
          String.format(Locale.ROOT, millis < 10 ? "about %.1f ms" : "about %.0f ms", millis));
    }
    return notes.toString();
  }

  private static String percent(String words, double share) {
    return String.format(Locale.ROOT, words, share * 100);
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
