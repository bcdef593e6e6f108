package dev.azimuth.app.node;

import dev.azimuth.app.config.Config;
import dev.azimuth.app.config.Config.BackendConfig;
import dev.azimuth.app.config.Config.PoolConfig;
import dev.azimuth.app.config.Config.PoolLimits;
import dev.azimuth.app.config.Config.ZoneConfig;
import dev.azimuth.app.orders.Ground;
import dev.azimuth.app.orders.Roster;
import dev.azimuth.health.Check;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.Target;
import dev.azimuth.steering.Backend;
import dev.azimuth.steering.Endpoint;
import dev.azimuth.steering.Pick;
import dev.azimuth.steering.Pool;
import dev.azimuth.steering.Slots;
import dev.azimuth.steering.SteeringPlan;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A configuration with every reference bound to a number, for the addresses that host names have
 * now. Immutable.
 *
 * @param targets by target number
 * @param numbers of the targets
 * @param roster every backend by its number
 * @param labels by target: the {@code pool/backend}s that it speaks for, of many the first few
 * @param measured those whose latency decides something
 */
record Plan(
    Loading.Whole source,
    SteeringPlan steering,
    List<Target> targets,
    Map<Target, Integer> numbers,
    Roster roster,
    Map<Target, String> labels,
    Set<Target> measured) {

  /**
   * @param addresses what is known of host names
   * @param slots of the answer counters, by {@code pool/backend}
   */
  static Plan of(Loading.Whole source, Map<String, Resolved> addresses, Slots slots) {
    return new Planning(source, roster(source.config()), addresses, slots).plan();
  }

  /** The same configuration with other addresses of its host names. */
  Plan with(Map<String, Resolved> known, Slots slots) {
    return new Planning(source, roster, known, slots).plan();
  }

  /** The number of a target; empty for one that is not this plan's. */
  OptionalInt number(Target target) {
    Integer number = numbers.get(target);
    return number == null ? OptionalInt.empty() : OptionalInt.of(number);
  }

  /**
   * Whether answers are the same for both: the same addresses, and TTLs that the bounds of no zone
   * tell apart.
   *
   * @param before null when there was none
   */
  boolean alike(@Nullable Resolved before, Resolved after) {
    return before != null
        && before.addresses().equals(after.addresses())
        && source.config().zones().values().stream()
            .map(ZoneConfig::steeredTtl)
            .allMatch(ttl -> ttl.within(before.ttl()) == ttl.within(after.ttl()));
  }

  /** Every backend in the order of their numbers. */
  private static Roster roster(Config config) {
    List<Roster.Entry> entries = new ArrayList<>();
    for (PoolConfig pool : config.pools().values()) {
      for (BackendConfig backend : pool.backends().values()) {
        entries.add(new Roster.Entry(pool.name(), backend.name(), backend.tags()));
      }
    }
    return new Roster(entries);
  }

  /** What orders act upon, with what is known of the targets. */
  Ground ground(HealthTable table) {
    Map<String, PoolLimits> limits = new HashMap<>();
    source.config().pools().forEach((name, pool) -> limits.put(name, pool.limits()));
    return new Ground(steering.pools(), roster, table, limits);
  }

  /** The host names that this plan's backends have. */
  static Set<String> hosts(Config config) {
    Set<String> hosts = new TreeSet<>();
    for (PoolConfig pool : config.pools().values()) {
      for (BackendConfig backend : pool.backends().values()) {
        if (backend.host() != null) {
          hosts.add(backend.host());
        }
      }
    }
    return hosts;
  }

  /** One run of planning. */
  private static final class Planning {
    private static final int MOST_SHOWN = 4;

    private final Loading.Whole source;
    private final Roster roster;
    private final Map<String, Resolved> addresses;
    private final Slots slots;
    private final Map<Target, Integer> targets = new LinkedHashMap<>();
    private final Map<Target, List<String>> labels = new HashMap<>();
    private int backends;
    private final Set<String> measured;

    Planning(Loading.Whole source, Roster roster, Map<String, Resolved> addresses, Slots slots) {
      this.source = source;
      this.roster = roster;
      this.addresses = addresses;
      this.slots = slots;
      measured = source.config().pickedBy(Pick.By.FASTEST);
    }

    Plan plan() {
      List<Pool> planned = source.config().pools().values().stream().map(this::pool).toList();
      List<Target> numbered = List.copyOf(targets.keySet());
      return new Plan(
          source,
          new SteeringPlan(
              source.routing().views(),
              planned,
              source.routing().names(),
              source.routing().routes(),
              source.salt()),
          numbered,
          Map.copyOf(targets),
          roster,
          labels.entrySet().stream()
              .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> label(e.getValue()))),
          measured(planned, numbered));
    }

    private static String label(List<String> keys) {
      String first = String.join(", ", keys.subList(0, Math.min(MOST_SHOWN, keys.size())));
      int more = keys.size() - MOST_SHOWN;
      return more > 0 ? first + " and " + more + " more" : first;
    }

    private static Set<Target> measured(List<Pool> pools, List<Target> numbered) {
      return pools.stream()
          .filter(Pool::measured)
          .flatMap(pool -> pool.backends().stream())
          .flatMap(backend -> backend.endpoints().stream())
          .filter(endpoint -> endpoint.target() >= 0)
          .map(endpoint -> numbered.get(endpoint.target()))
          .collect(Collectors.toUnmodifiableSet());
    }

    private Pool pool(PoolConfig pool) {
      Check check = pool.check() == null ? null : source.config().checks().get(pool.check());
      return new Pool(
          pool.name(),
          pool.backends().values().stream().map(b -> backend(pool, b, check)).toList(),
          pool.minUp(),
          pool.failbackHold(),
          pool.belowMinUp(),
          pool.allDown(),
          pool.limits().slowStart(),
          pool.limits().maxEject(),
          measured.contains(pool.name()),
          source.routing().nearness().get(pool.name()));
    }

    private Backend backend(PoolConfig pool, BackendConfig backend, @Nullable Check check) {
      String key = pool.name() + "/" + backend.name();
      return new Backend(
          backend.name(),
          backends++,
          slots.of(key),
          backend.weight(),
          backend.standby(),
          endpoints(key, backend, check),
          backend.inside().entrySet().stream()
              .collect(Collectors.toMap(e -> view(e.getKey()), Map.Entry::getValue)),
          backend.group());
    }

    private int view(String name) {
      return Objects.requireNonNull(source.routing().viewNumbers().get(name), name);
    }

    private List<Endpoint> endpoints(String key, BackendConfig backend, @Nullable Check check) {
      List<InetAddress> known = backend.addresses();
      int ttl = Integer.MAX_VALUE;
      if (backend.host() != null) {
        Resolved resolved = addresses.getOrDefault(backend.host(), new Resolved(List.of(), 0));
        known = resolved.addresses();
        ttl = resolved.ttl();
      }
      List<Endpoint> endpoints = new ArrayList<>();
      for (InetAddress address : known) {
        endpoints.add(
            new Endpoint(address, check == null ? -1 : target(key, address, backend, check), ttl));
      }
      return endpoints;
    }

    private int target(String key, InetAddress address, BackendConfig backend, Check check) {
      InetAddress where = check.address() != null ? check.address() : address;
      Target target = new Target(where, port(backend, check), check);
      labels.computeIfAbsent(target, t -> new ArrayList<>(1)).add(key);
      return targets.computeIfAbsent(target, t -> targets.size());
    }

    private static int port(BackendConfig backend, Check check) {
      OptionalInt said = check.port().isPresent() ? check.port() : backend.port();
      return said.isPresent() ? said.getAsInt() : check.usualPort().orElseThrow();
    }
  }
}
