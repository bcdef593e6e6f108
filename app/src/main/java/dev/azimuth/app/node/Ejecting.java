package dev.azimuth.app.node;

import dev.azimuth.app.config.BalancerConfig;
import dev.azimuth.balancer.Departing;
import dev.azimuth.balancer.Ejections;
import dev.azimuth.balancer.Settings;
import dev.azimuth.steering.Bound;
import dev.azimuth.steering.Forwarding.Given;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which backends balancers leave out since connections to them failed. Belongs to the publisher.
 */
final class Ejecting {
  private final Map<String, Ejections> byBalancer = new HashMap<>();
  private Map<String, Ejections> shown = Map.of();
  private long next = Long.MAX_VALUE;

  /**
   * Connections of a balancer to a backend failed in a row.
   *
   * @return whether it is left out from now on
   */
  boolean failing(
      String balancer, String key, @Nullable Plan plan, @Nullable Bound bound, long now) {
    BalancerConfig config = plan == null ? null : plan.source().config().balancers().get(balancer);
    if (config == null || bound == null) {
      return false;
    }
    Settings.Passive passive = config.settings().passive();
    Ejections before = byBalancer.getOrDefault(balancer, Ejections.NONE);
    Ejections after = before.failed(key, passive, beside(bound, key), now);
    byBalancer.put(balancer, after);
    return !after.equals(before);
  }

  /** The backends that are given now and are of the same pool as this one. */
  private static Set<String> beside(Bound bound, String key) {
    String pool = key.substring(0, key.indexOf('/'));
    Set<String> keys = new HashSet<>();
    bound.forwardings().stream()
        .flatMap(
            forwarding ->
                Stream.concat(
                    forwarding.given().stream(),
                    forwarding.next().stream().flatMap(next -> next.given().stream())))
        .filter(given -> given.pool().equals(pool))
        .forEach(given -> keys.add(ForwardSetups.key(given)));
    return keys;
  }

  /** Takes in what the checks say now; forgets balancers and backends that are no more. */
  void look(Plan plan, Bound bound, long now) {
    byBalancer.keySet().retainAll(plan.source().config().balancers().keySet());
    next = Long.MAX_VALUE;
    for (Map.Entry<String, Ejections> entry : byBalancer.entrySet()) {
      BalancerConfig balancer =
          plan.source().config().balancers().getOrDefault(entry.getKey(), null);
      if (balancer != null) {
        Departing departing = ForwardSetups.departing(bound, balancer);
        Ejections after =
            entry
                .getValue()
                .checked(departing.down())
                .only(ForwardSetups.keys(balancer, plan.source().config()));
        entry.setValue(after);
        next = Math.min(next, after.nextChange(now));
        next = Math.min(next, Recovering.nextChange(after, plan, now));
      }
    }
    Map<String, Ejections> current = Map.copyOf(byBalancer);
    if (!current.equals(shown)) {
      shown = current;
    }
  }

  /** By balancer. The same object while nothing differs. */
  Map<String, Ejections> now() {
    return shown;
  }

  /** When something changes though nothing happens, in milliseconds of the steady clock. */
  long next() {
    return next;
  }

  /** The backends that a balancer leaves out, by {@code pool/backend} in their order. */
  static Map<String, Ejections.Ejection> ejected(Published published, String balancer) {
    Map<String, Ejections.Ejection> ejected = new TreeMap<>();
    published
        .ejections()
        .getOrDefault(balancer, Ejections.NONE)
        .ejections()
        .forEach(
            (key, each) -> {
              if (each.until() > published.at()) {
                ejected.put(key, each);
              }
            });
    return ejected;
  }

  /** The same backends without those that are left out. */
  static List<Given> left(
      List<Given> given, Ejections ejections, Settings.Passive passive, long now) {
    Set<String> out = new HashSet<>();
    Stream<String> pools = given.stream().map(Given::pool).distinct();
    pools.forEach(
        pool ->
            out.addAll(
                ejections.out(
                    given.stream()
                        .filter(each -> each.pool().equals(pool))
                        .map(ForwardSetups::key)
                        .toList(),
                    passive.most(),
                    now)));
    return given.stream().filter(each -> !out.contains(ForwardSetups.key(each))).toList();
  }
}
