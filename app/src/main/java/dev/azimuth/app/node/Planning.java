package dev.azimuth.app.node;

import dev.azimuth.app.config.BalancerConfig;
import dev.azimuth.app.config.Combination;
import dev.azimuth.app.config.Config.BackendConfig;
import dev.azimuth.app.config.Config.PoolConfig;
import dev.azimuth.app.orders.Roster;
import dev.azimuth.health.Check;
import dev.azimuth.health.Formula;
import dev.azimuth.health.Suspects;
import dev.azimuth.health.Target;
import dev.azimuth.steering.Backend;
import dev.azimuth.steering.Endpoint;
import dev.azimuth.steering.Forward;
import dev.azimuth.steering.Pick;
import dev.azimuth.steering.Pool;
import dev.azimuth.steering.Slots;
import dev.azimuth.steering.SteeringPlan;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One run of planning: binds every reference of a configuration to a number. */
final class Planning {
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
        tiers());
  }

  private Map<String, Plan.Tier> tiers() {
    Map<String, Plan.Tier> tiers = new LinkedHashMap<>();
    int forward = 0;
    for (Map.Entry<String, BalancerConfig> each : source.config().balancers().entrySet()) {
      BalancerConfig balancer = each.getValue();
      List<Target> its = told.getOrDefault(each.getKey(), List.of());
      tiers.put(each.getKey(), new Plan.Tier(forward, balancer.own(), its));
      forward += balancer.to().size();
    }
    return Collections.unmodifiableMap(tiers);
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
        .forEach((count, names) -> parts.add(new Formula.AtLeast(count, formulas(wiring, names))));
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
