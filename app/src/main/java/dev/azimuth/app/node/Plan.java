package dev.azimuth.app.node;

import dev.azimuth.app.config.Config;
import dev.azimuth.app.config.Config.BackendConfig;
import dev.azimuth.app.config.Config.PoolConfig;
import dev.azimuth.app.config.Config.PoolLimits;
import dev.azimuth.app.config.Config.ZoneConfig;
import dev.azimuth.app.orders.Ground;
import dev.azimuth.app.orders.Roster;
import dev.azimuth.health.Formula;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.State;
import dev.azimuth.health.Suspects;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Verdict;
import dev.azimuth.steering.Bound;
import dev.azimuth.steering.Endpoint;
import dev.azimuth.steering.Forwarding;
import dev.azimuth.steering.Slots;
import dev.azimuth.steering.SteeringPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A configuration with every reference bound to a number, for the addresses that host names have
 * now. Immutable.
 *
 * @param targets by target number
 * @param numbers of the targets
 * @param verdicts by verdict number: what each endpoint's checks are, over the numbers of targets
 * @param roster every backend by its number
 * @param pools by target number: the pool that has it, or {@link Suspects#SEVERAL_POOLS}
 * @param labels by target: the {@code pool/backend}s that it speaks for, or is watched for, of many
 *     the first few
 * @param measured those whose latency decides something
 * @param balancers by name
 */
record Plan(
    Loading.Whole source,
    SteeringPlan steering,
    List<Target> targets,
    Map<Target, Integer> numbers,
    List<Formula> verdicts,
    Roster roster,
    List<Integer> pools,
    Map<Target, String> labels,
    Set<Target> measured,
    Map<String, Tier> balancers) {

  /**
   * What a balancer has to do with steering.
   *
   * @param forward the number of what it forwards to, as {@link Bound#forwardings} has it
   * @param own how many pools of that, from the first, are of its own site
   * @param told what is told of it, for each address of each pool that is this balancer
   */
  record Tier(int forward, int own, List<Target> told) {
    /** Whether clients who come now stay at its site. */
    boolean usable(Bound bound) {
      return usable(bound.forwardings().get(forward));
    }

    /**
     * The same by what it would forward to.
     *
     * @param forwarding of its number
     */
    boolean usable(Forwarding forwarding) {
      return forwarding.usable() && forwarding.serving() < own;
    }
  }

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

  /** Whether the state of an endpoint is told: whoever asks for it here is told in time. */
  boolean told(Endpoint endpoint) {
    return endpoint.verdict() >= 0
        && verdicts.get(endpoint.verdict()) instanceof Formula.One(int target)
        && !targets.get(target).check().probed();
  }

  /** The longest TTL that a steered answer may have, in seconds; 0 where no name is steered. */
  int longestTtl() {
    return source.config().zones().values().stream()
        .filter(zone -> !zone.names().isEmpty())
        .mapToInt(zone -> zone.steeredTtl().upper())
        .max()
        .orElse(0);
  }

  /** The number of a target; empty for one that is not this plan's. */
  OptionalInt number(Target target) {
    Integer number = numbers.get(target);
    return number == null ? OptionalInt.empty() : OptionalInt.of(number);
  }

  /** The number of the pool of a target of this plan, or {@link Suspects#SEVERAL_POOLS}. */
  int poolOf(Target target) {
    Integer number = numbers.get(target);
    return number == null ? Suspects.SEVERAL_POOLS : pools.get(number);
  }

  /**
   * What the checks of an endpoint come to.
   *
   * @param known of each target
   */
  Verdict judge(int verdict, Function<Target, TargetHealth> known) {
    return verdicts
        .get(verdict)
        .judge(
            number -> {
              Target target = targets.get(number);
              return Verdict.of(known.apply(target), target.check().timing());
            });
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
    Map<String, List<String>> poolsOf = new HashMap<>();
    config.balancers().keySet().forEach(name -> poolsOf.put(name, new ArrayList<>(1)));
    for (PoolConfig pool : config.pools().values()) {
      if (pool.balancer() != null) {
        poolsOf.computeIfAbsent(pool.balancer(), name -> new ArrayList<>(1)).add(pool.name());
      }
    }
    return new Roster(entries, poolsOf);
  }

  /** What orders act upon, with what is known of the targets. */
  Ground ground(HealthTable table) {
    Map<String, PoolLimits> limits = new HashMap<>();
    source.config().pools().forEach((name, pool) -> limits.put(name, pool.limits()));
    return new Ground(steering.pools(), roster, table, limits);
  }

  /**
   * A table with what balancers will say of themselves once it is in force.
   *
   * @param before what is bound before
   * @param forwarding what each forward is, by its number, with the table
   */
  HealthTable told(Bound before, IntFunction<Forwarding> forwarding, HealthTable table) {
    TargetHealth[] known = new TargetHealth[targets.size()];
    Arrays.setAll(known, table::health);
    for (Tier tier : balancers.values()) {
      boolean usable = tier.usable(forwarding.apply(tier.forward));
      if (usable != tier.usable(before)) {
        for (Target target : tier.told) {
          int number = number(target).orElseThrow();
          known[number] = known[number].settled(usable ? State.UP : State.DOWN);
        }
      }
    }
    return table.with(known);
  }

  /** The host names that its backends have. */
  Set<String> hosts() {
    return hosts(source.config());
  }

  /** The host names that a configuration's backends have. */
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
}
