package dev.azimuth.app.node;

import dev.azimuth.app.config.BalancerConfig;
import dev.azimuth.app.config.Combination;
import dev.azimuth.app.config.Config;
import dev.azimuth.app.config.Config.BackendConfig;
import dev.azimuth.app.config.Config.PoolConfig;
import dev.azimuth.app.config.Config.PoolLimits;
import dev.azimuth.app.config.Config.ZoneConfig;
import dev.azimuth.app.orders.Ground;
import dev.azimuth.app.orders.Roster;
import dev.azimuth.health.Check;
import dev.azimuth.health.Formula;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.State;
import dev.azimuth.health.Suspects;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Verdict;
import dev.azimuth.steering.Backend;
import dev.azimuth.steering.Endpoint;
import dev.azimuth.steering.Forward;
import dev.azimuth.steering.Pick;
import dev.azimuth.steering.Pool;
import dev.azimuth.steering.Slots;
import dev.azimuth.steering.SteeringPlan;
import dev.azimuth.steering.Usable;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
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
   * @param own the pools of its own site that it forwards to
   * @param told what is told of it, for each address of each pool that is this balancer
   */
  record Tier(List<Pool> own, List<Target> told) {
    /** Whether its site has a backend to forward to, by what a table says. */
    boolean usable(HealthTable table) {
      return own.stream().anyMatch(pool -> Usable.any(pool, table));
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
   * A table with what balancers will say of themselves once it is in force in another's place.
   *
   * @param before of the same numbers
   */
  HealthTable told(HealthTable before, HealthTable after) {
    TargetHealth[] known = new TargetHealth[targets.size()];
    Arrays.setAll(known, after::health);
    for (Tier tier : balancers.values()) {
      boolean usable = tier.usable(after);
      if (usable != tier.usable(before)) {
        for (Target target : tier.told) {
          int number = number(target).orElseThrow();
          known[number] = known[number].settled(usable ? State.UP : State.DOWN);
        }
      }
    }
    return after.with(known);
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

  /** One run of planning. */
  private static final class Planning {
    private static final int MOST_SHOWN = 4;

    private final Loading.Whole source;
    private final Roster roster;
    private final Map<String, Resolved> addresses;
    private final Slots slots;
    private final Map<Target, Integer> targets = new LinkedHashMap<>();
    private final Map<Formula, Integer> verdicts = new LinkedHashMap<>();
    private final Map<Target, Integer> poolsOf = new LinkedHashMap<>();
    private final Map<Target, List<String>> labels = new HashMap<>();

    /** Whether what is being added is only watched. */
    private boolean watching;

    private final Map<String, List<Target>> told = new HashMap<>();
    private int backends;
    private int poolNumber = -1;
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
              source.salt(),
              forwards()),
          numbered,
          Map.copyOf(targets),
          List.copyOf(verdicts.keySet()),
          roster,
          List.copyOf(poolsOf.values()),
          labels.entrySet().stream()
              .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> label(e.getValue()))),
          measured(planned, numbered, List.copyOf(verdicts.keySet())),
          tiers(planned));
    }

    private Map<String, Tier> tiers(List<Pool> planned) {
      Map<String, Pool> byName = new HashMap<>();
      planned.forEach(pool -> byName.put(pool.name(), pool));
      Map<String, Tier> tiers = new LinkedHashMap<>();
      source
          .config()
          .balancers()
          .forEach((name, balancer) -> tiers.put(name, tier(name, balancer, byName)));
      return Collections.unmodifiableMap(tiers);
    }

    private Tier tier(String name, BalancerConfig balancer, Map<String, Pool> byName) {
      return new Tier(
          balancer.to().getFirst().stream()
              .limit(balancer.own())
              .map(pool -> Objects.requireNonNull(byName.get(pool), pool))
              .toList(),
          told.getOrDefault(name, List.of()));
    }

    /** Those of all balancers, one after the other. */
    private List<Forward> forwards() {
      List<String> names = List.copyOf(source.config().pools().keySet());
      List<Forward> forwards = new ArrayList<>();
      for (BalancerConfig balancer : source.config().balancers().values()) {
        for (int i = 0; i < balancer.to().size(); i++) {
          forwards.add(
              new Forward(
                  balancer.to().get(i).stream().map(names::indexOf).toList(),
                  balancer.settings().panic(),
                  balancer.allDown().get(i)));
        }
      }
      return forwards;
    }

    private static String label(List<String> keys) {
      String first = String.join(", ", keys.subList(0, Math.min(MOST_SHOWN, keys.size())));
      int more = keys.size() - MOST_SHOWN;
      return more > 0 ? first + " and " + more + " more" : first;
    }

    private static Set<Target> measured(
        List<Pool> pools, List<Target> numbered, List<Formula> formulas) {
      Set<Target> measured = new HashSet<>();
      pools.stream()
          .filter(Pool::measured)
          .flatMap(pool -> pool.backends().stream())
          .flatMap(backend -> backend.endpoints().stream())
          .filter(endpoint -> endpoint.verdict() >= 0)
          .forEach(
              endpoint ->
                  formulas
                      .get(endpoint.verdict())
                      .targets(target -> measured.add(numbered.get(target))));
      return Set.copyOf(measured);
    }

    private Pool pool(PoolConfig pool) {
      poolNumber++;
      return new Pool(
          pool.name(),
          pool.backends().values().stream().map(b -> backend(pool, b)).toList(),
          pool.minUp(),
          pool.failbackHold(),
          pool.belowMinUp(),
          pool.allDown(),
          pool.limits().slowStart(),
          pool.limits().maxEject(),
          measured.contains(pool.name()),
          source.routing().nearness().get(pool.name()));
    }

    private Backend backend(PoolConfig pool, BackendConfig backend) {
      String key = pool.name() + "/" + backend.name();
      return new Backend(
          backend.name(),
          backends++,
          slots.of(key),
          backend.weight(),
          backend.standby(),
          endpoints(key, backend, pool.check(backend)),
          backend.inside().entrySet().stream()
              .collect(Collectors.toMap(e -> view(e.getKey()), Map.Entry::getValue)),
          backend.group());
    }

    private int view(String name) {
      return Objects.requireNonNull(source.routing().viewNumbers().get(name), name);
    }

    private List<Endpoint> endpoints(String key, BackendConfig backend, @Nullable String check) {
      List<InetAddress> known = backend.addresses();
      int ttl = Integer.MAX_VALUE;
      if (backend.host() != null) {
        Resolved resolved = addresses.getOrDefault(backend.host(), new Resolved(List.of(), 0));
        known = resolved.addresses();
        ttl = resolved.ttl();
      }
      List<Endpoint> endpoints = new ArrayList<>();
      for (InetAddress address : known) {
        int verdict = check == null ? -1 : verdict(new Wiring(key, address, backend), check);
        endpoints.add(new Endpoint(address, verdict, ttl));
      }
      return endpoints;
    }

    private int verdict(Wiring wiring, String check) {
      Formula formula = formula(wiring, check);
      return verdicts.computeIfAbsent(formula, f -> verdicts.size());
    }

    private Formula formula(Wiring wiring, String name) {
      Combination combination = source.config().combinations().get(name);
      if (combination == null) {
        return new Formula.One(target(wiring, name));
      }
      List<Formula> parts = new ArrayList<>(formulas(wiring, combination.all()));
      if (!combination.any().isEmpty()) {
        parts.add(new Formula.AtLeast(1, formulas(wiring, combination.any())));
      }
      combination
          .atLeast()
          .forEach(
              (count, names) -> parts.add(new Formula.AtLeast(count, formulas(wiring, names))));
      formulas(wiring, combination.veto()).forEach(part -> parts.add(new Formula.Unless(part)));
      boolean before = watching;
      watching = true;
      formulas(wiring, combination.watch()); // targets of which no verdict is made
      watching = before;
      return parts.size() == 1 ? parts.getFirst() : new Formula.AtLeast(parts.size(), parts);
    }

    private List<Formula> formulas(Wiring wiring, List<String> names) {
      return names.stream().map(name -> formula(wiring, name)).toList();
    }

    private int target(Wiring wiring, String name) {
      Target target = wiring.target(source.config().check(name));
      if (!target.check().probed()) {
        told.computeIfAbsent(wiring.backend.name(), balancer -> new ArrayList<>(1)).add(target);
      }
      List<String> its = labels.computeIfAbsent(target, t -> new ArrayList<>(1));
      String label = watching ? wiring.key + " (watched check " + name + ")" : wiring.key;
      if (its.isEmpty() || !its.getLast().equals(label)) {
        its.add(label);
      }
      poolsOf.merge(target, poolNumber, (a, b) -> a.equals(b) ? a : Suspects.SEVERAL_POOLS);
      return targets.computeIfAbsent(target, t -> targets.size());
    }
  }

  /**
   * What a check is wired to.
   *
   * @param key {@code pool/backend}
   * @param address one of the backend's
   */
  record Wiring(String key, InetAddress address, BackendConfig backend) {
    Target target(Check check) {
      InetAddress where = check.address() != null ? check.address() : address;
      return new Target(where, port(backend, check), check, check.byName() ? key : "");
    }

    private static int port(BackendConfig backend, Check check) {
      OptionalInt said = check.port().isPresent() ? check.port() : backend.port();
      return said.isPresent() ? said.getAsInt() : check.usualPort().orElseThrow();
    }
  }
}
