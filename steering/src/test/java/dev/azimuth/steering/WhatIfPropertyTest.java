package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.azimuth.health.Forced;
import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import dev.azimuth.steering.Flow.BackendShare;
import dev.azimuth.steering.Flow.Move;
import dev.azimuth.steering.Flow.PoolShare;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is computed for ranges against what the query path gives to every client, for random plans
 * and databases that change by /8s: one address of each /8 stands for all of it.
 */
class WhatIfPropertyTest {
  /** A whole number of rounds of every schedule that these plans have, at every share. */
  private static final int ROUND = 288;

  private static final int NETWORKS = 256;

  private final Random random;
  private final List<List<Atlas.Entry>> databases = new ArrayList<>();
  private final List<Point> sites = new ArrayList<>();

  WhatIfPropertyTest() {
    random = new Random(20261121);
  }

  /** Everything that two plans have in common, and what they may differ in. */
  private SteeringPlan plan(Places places, Pick.By by, int seed) throws TooManyDestinations {
    Random same = new Random(seed);
    List<Pool> pools = new ArrayList<>();
    int number = 0;
    for (int pool = 0; pool < 4; pool++) {
      List<Backend> backends = new ArrayList<>();
      Map<String, Point> at = new HashMap<>();
      int size = 1 + same.nextInt(3);
      for (int i = 0; i < size; i++) {
        Endpoint endpoint = new Endpoint(Scene.address("192.0.2." + number), -1, Integer.MAX_VALUE);
        backends.add(
            new Backend("b" + i, number, number++, 1, false, List.of(endpoint), Map.of(), null));
        at.put("b" + i, sites.get(same.nextInt(sites.size())));
      }
      pools.add(
          new Pool(
              "p" + pool,
              backends,
              new MinUp.Count(1),
              new FailbackHold.For(Duration.ZERO),
              BelowMinUp.SERVE_USABLE,
              null,
              Duration.ZERO,
              1,
              false,
              by == Pick.By.NEAREST ? new Nearness.Maker(places).of(at) : null));
    }
    List<Rule> rules = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      rules.add(new Rule("r" + i, i == 0 ? Condition.ALL : condition(), to(), false, null));
    }
    SteeredName name =
        new SteeredName(
            "www.",
            rules,
            new Pick(by, 1),
            new TtlRange(15, 60),
            null,
            AllDown.ofZone(new AllDown.NoData()));
    List<SteeredName> names = List.of(name);
    Routes routes =
        Routes.of(
            List.of(),
            pools.stream().map(pool -> new BitSet()).toList(),
            names,
            places,
            Routes.NONE);
    return new SteeringPlan(List.of(), pools, names, routes, Salt.NONE);
  }

  private Condition condition() {
    List<Cidr> cidr = random.nextInt(3) == 0 ? List.of(prefix()) : List.of();
    List<Cidr> resolver = random.nextInt(4) == 0 ? List.of(prefix()) : List.of();
    return new Condition(cidr, resolver, List.of(), Atlas.area(random));
  }

  private Cidr prefix() {
    return Cidr.around(true, 0, random.nextInt() & 0xffffffffL, 1 + random.nextInt(8));
  }

  private To to() {
    int first = random.nextInt(4);
    int second = (first + 1 + random.nextInt(3)) % 4;
    return switch (random.nextInt(3)) {
      case 0 -> To.pools(first, second);
      case 1 ->
          new To.Ordered(
              List.of(
                  new Step(
                      List.of(
                          new Step.Share(first, 1 + random.nextInt(2)),
                          new Step.Share(second, 1 + random.nextInt(2))),
                      null)));
      default -> new To.Nearest(List.of(first, second), List.of(sites.get(0), sites.get(1)), 2);
    };
  }

  private static Bound bind(SteeringPlan plan, BitSet down) {
    List<ForcedState> forced = new ArrayList<>();
    for (Pool pool : plan.pools()) {
      for (Backend backend : pool.backends()) {
        forced.add(
            down.get(backend.number())
                ? new ForcedState(Forced.DOWN, 0, Long.MAX_VALUE, Long.MAX_VALUE)
                : null);
      }
    }
    return new Binder(text -> text.getBytes(StandardCharsets.US_ASCII))
        .bind(
            plan, new HealthTable(List.of(), List.of(), forced), Memory.NONE, new Basis.Live(), 1);
  }

  /** By pool and backend, what one client gets in a round of queries; of no pool "(nodata)". */
  private static Map<String, Map<String, Double>> asked(Scene.Asking asking, Bound bound) {
    Map<String, Map<String, Double>> shares = new TreeMap<>();
    for (int query = 0; query < ROUND; query++) {
      Scene.Answer answer = asking.ask(0, Family.V4);
      if (answer.kind() == Decision.Kind.NODATA) {
        shares
            .computeIfAbsent("(nodata)", p -> new TreeMap<>())
            .merge("", 1.0 / ROUND, Double::sum);
        continue;
      }
      int number = Integer.parseInt(answer.addresses().getFirst().substring("192.0.2.".length()));
      for (Pool pool : bound.plan().pools()) {
        for (Backend backend : pool.backends()) {
          if (backend.number() == number) {
            shares
                .computeIfAbsent(pool.name(), p -> new TreeMap<>())
                .merge(pool.name() + "/" + backend.name(), 1.0 / ROUND, Double::sum);
          }
        }
      }
    }
    return shares;
  }

  private static double sum(Map<String, Double> shares) {
    return shares.values().stream().mapToDouble(d -> d).sum();
  }

  /** Of what turns share out: what both have stays, first of the pool and then in it. */
  private static double moved(
      Map<String, Map<String, Double>> before, Map<String, Map<String, Double>> after) {
    double stays = 0;
    for (String pool : before.keySet()) {
      if (after.containsKey(pool)) {
        Map<String, Double> from = before.get(pool);
        Map<String, Double> to = after.get(pool);
        double both = Math.min(sum(from), sum(to));
        for (String backend : from.keySet()) {
          stays +=
              both
                  * Math.min(
                      from.get(backend) / sum(from), to.getOrDefault(backend, 0.0) / sum(to));
        }
      }
    }
    return 1 - stays;
  }

  @ParameterizedTest
  @ValueSource(strings = {"WEIGHTED", "ROTATE", "NEAREST"})
  void sharesAndMovesAreThoseOfEveryClientAskedByItself(Pick.By by) throws TooManyDestinations {
    for (int round = 0; round < 25; round++) {
      databases.clear();
      databases.add(Atlas.database(random, true, 8));
      Places places = Atlas.places(databases);
      sites.clear();
      for (int i = 0; i < 4; i++) {
        // Far from each other, so that no two are as near as each other to anybody.
        sites.add(new Point(10 + 17 * i + random.nextInt(5), -170 + 83 * i + random.nextInt(9)));
      }
      int seed = random.nextInt();
      SteeringPlan old = plan(places, by, seed);
      SteeringPlan fresh = random.nextBoolean() ? old : plan(places, by, seed);
      BitSet down = new BitSet();
      for (int i = 0; i < 12; i++) {
        down.set(i, random.nextInt(3) == 0);
      }
      boolean drawn = by == Pick.By.NEAREST || hasTies(old) || hasTies(fresh);
      compare(bind(old, new BitSet()), bind(fresh, down), drawn, places);
    }
  }

  /** Whether pools may be nearly as far, which networks then are shared by. */
  private static boolean hasTies(SteeringPlan plan) {
    return plan.names().getFirst().rules().stream()
        .anyMatch(rule -> rule.to() instanceof To.Nearest);
  }

  /**
   * @param drawn whether networks are drawn, so that those asked are a sample of all
   */
  private static void compare(Bound before, Bound after, boolean drawn, Places places) {
    Map<String, double[]> shares = new TreeMap<>();
    double moved = 0;
    double weight = 0;
    Scene.Asking was = new Scene.Asking(before);
    Scene.Asking is = new Scene.Asking(after);
    int samples = drawn ? 8 : 1;
    for (int network = 0; network < NETWORKS; network++) {
      for (int sample = 0; sample < samples; sample++) {
        long address = ((long) network << 24) + ((long) sample << 8);
        if (places.count() > 1
            ? places.find(true, 0, address) == 0
            : !Subnets.usable(true, 0, address)) {
          continue;
        }
        was.asker.sourceLow = address;
        is.asker.sourceLow = address;
        Map<String, Map<String, Double>> from = asked(was, before);
        Map<String, Map<String, Double>> to = asked(is, after);
        from.values().forEach(each -> each.forEach((k, v) -> add(shares, k, 0, v)));
        to.values().forEach(each -> each.forEach((k, v) -> add(shares, k, 1, v)));
        moved += moved(from, to);
        weight++;
      }
    }
    WhatIf whatIf = WhatIf.of(before, after, name -> true);
    whatIf.addEverybody(Family.V4, part -> {});
    Flow flow = whatIf.flows().getFirst().flow();
    double slack = drawn ? 0.04 : 1e-9;
    Map<String, double[]> computed = new TreeMap<>();
    for (PoolShare pool : flow.pools()) {
      if (pool.backends().isEmpty()) {
        computed.put("", new double[] {pool.before(), pool.after()});
      }
      for (BackendShare each : pool.backends()) {
        computed.put(each.backend(), new double[] {each.before(), each.after()});
      }
    }
    for (String backend : computed.keySet()) {
      double[] real = shares.getOrDefault(backend, new double[2]);
      assertThat(computed.get(backend)[0]).as(backend).isCloseTo(real[0] / weight, within(slack));
      assertThat(computed.get(backend)[1]).as(backend).isCloseTo(real[1] / weight, within(slack));
    }
    assertThat(computed.keySet())
        .containsAll(shares.keySet().stream().filter(k -> !drawn).collect(Collectors.toSet()));
    assertThat(flow.moved()).isCloseTo(moved / weight, within(slack));
    assertThat(flow.moves().stream().mapToDouble(Move::share).sum()).isEqualTo(flow.moved());
  }

  private static void add(Map<String, double[]> shares, String backend, int side, double share) {
    shares.computeIfAbsent(backend, b -> new double[2])[side] += share;
  }
}
