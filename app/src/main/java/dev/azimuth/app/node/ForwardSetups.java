package dev.azimuth.app.node;

import dev.azimuth.app.config.BalancerConfig;
import dev.azimuth.app.config.Config;
import dev.azimuth.app.config.Config.BackendConfig;
import dev.azimuth.app.config.Config.PoolConfig;
import dev.azimuth.balancer.Departing;
import dev.azimuth.balancer.Ejections;
import dev.azimuth.balancer.Settings;
import dev.azimuth.balancer.Setup;
import dev.azimuth.balancer.Supply;
import dev.azimuth.health.Forced;
import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.State;
import dev.azimuth.steering.Backend;
import dev.azimuth.steering.Bound;
import dev.azimuth.steering.Forwarding;
import dev.azimuth.steering.Forwarding.Given;
import dev.azimuth.steering.Pool;
import dev.azimuth.steering.Reason;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** What balancers go by, made of what is published. Pure. */
final class ForwardSetups {
  private ForwardSetups() {}

  /** One for each balancer, in the order of the configuration. */
  static List<Setup> of(Published published) {
    Config config = published.plan().source().config();
    List<Forwarding> forwardings = published.bound().forwardings();
    List<Setup> setups = new ArrayList<>();
    int next = 0;
    for (BalancerConfig balancer : config.balancers().values()) {
      List<Supply> supplies = new ArrayList<>();
      for (int i = 0; i < balancer.to().size(); i++) {
        // Each route has pools of its own: the first is the site's.
        int own = i == 0 ? balancer.own() : 1;
        supplies.add(supply(forwardings.get(next++), own, balancer, published));
      }
      setups.add(
          new Setup(
              balancer.settings(),
              supplies,
              departing(published.bound(), balancer),
              keys(balancer, config)));
    }
    return setups;
  }

  /** Every backend of the pools of a balancer, as {@code pool/backend}. */
  static Set<String> keys(BalancerConfig balancer, Config config) {
    return balancer.to().stream()
        .flatMap(List::stream)
        .distinct()
        .map(config.pools()::get)
        .filter(Objects::nonNull)
        .flatMap(pool -> pool.backends().keySet().stream().map(name -> pool.name() + "/" + name))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** What serves, and behind it what comes next where none of that can be reached. */
  private static Supply supply(
      Forwarding forwarding, int own, BalancerConfig balancer, Published published) {
    Supply next = null;
    for (Forwarding.Next behind : forwarding.next().reversed()) {
      next =
          new Supply(
              Reason.FAILOVER,
              behind.place() >= own,
              candidates(behind.given(), balancer, published),
              next);
    }
    return new Supply(
        forwarding.reason(),
        forwarding.serving() >= own,
        candidates(forwarding.given(), balancer, published),
        next);
  }

  private static List<Supply.Candidate> candidates(
      List<Given> given, BalancerConfig balancer, Published published) {
    Config config = published.plan().source().config();
    Settings settings = balancer.settings();
    Ejections ejections = published.ejections().getOrDefault(settings.name(), Ejections.NONE);
    List<Given> left = Ejecting.left(given, ejections, settings.passive(), published.at());
    boolean rising =
        left.stream().anyMatch(each -> percent(each, ejections, published) < Recovering.WHOLE);
    return left.stream()
        .map(
            each ->
                new Supply.Candidate(
                    key(each),
                    addresses(each, balancer, config),
                    rising
                        ? risen(each.weight(), percent(each, ejections, published))
                        : each.weight()))
        .toList();
  }

  private static int percent(Given given, Ejections ejections, Published published) {
    PoolConfig pool = published.plan().source().config().pools().get(given.pool());
    return pool == null
        ? Recovering.WHOLE
        : Recovering.percent(ejections, key(given), pool.limits().slowStart(), published.at());
  }

  /** In hundredths, so that a part of 1 is a number. */
  private static int risen(int weight, int percent) {
    return (int) Math.min(Integer.MAX_VALUE, (long) weight * percent);
  }

  /** {@code pool/backend}. */
  static String key(Given given) {
    return given.pool() + "/" + given.backend().name();
  }

  private static List<InetSocketAddress> addresses(
      Given given, BalancerConfig balancer, Config config) {
    PoolConfig pool = Objects.requireNonNull(config.pools().get(given.pool()), given.pool());
    BackendConfig backend =
        Objects.requireNonNull(pool.backends().get(given.backend().name()), given.pool());
    int port = backend.port().orElseGet(() -> balancer.port().orElseThrow());
    return given.addresses().stream().map(address -> new InetSocketAddress(address, port)).toList();
  }

  /** Backends of a balancer's pools that are down, or drained. */
  static Departing departing(Bound bound, BalancerConfig balancer) {
    Set<String> pools =
        balancer.to().stream().flatMap(List::stream).collect(Collectors.toUnmodifiableSet());
    Set<String> down = new HashSet<>();
    Set<String> drained = new HashSet<>();
    HealthTable table = bound.table();
    for (Pool pool : bound.plan().pools()) {
      if (pools.contains(pool.name())) {
        for (Backend backend : pool.backends()) {
          String key = pool.name() + "/" + backend.name();
          ForcedState forced = table.forced(backend.number());
          Forced order = forced == null ? null : forced.forced();
          if (order == Forced.DRAIN) {
            drained.add(key);
          } else if (order == Forced.DOWN || (order == null && down(backend, table))) {
            down.add(key);
          }
        }
      }
    }
    return new Departing(down, drained);
  }

  private static boolean down(Backend backend, HealthTable table) {
    return !backend.endpoints().isEmpty()
        && backend.endpoints().stream()
            .allMatch(
                each -> each.verdict() >= 0 && table.verdict(each.verdict()).state() == State.DOWN);
  }
}
