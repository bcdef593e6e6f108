package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.Forced;
import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.State;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A binder that keeps what did not change gives what one gives that never bound before. */
class RebindingTest {
  private static final List<AllDown> FORMS =
      List.of(new AllDown.ServeAll(), new AllDown.LastGood(), new AllDown.NoData());

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whateverHappensInWhateverOrder(long seed) {
    Random random = new Random(seed);
    Scene scene = world(random);
    SteeringPlan plan = new SteeringPlan(scene.views, scene.pools, scene.names);
    HealthTable table = new HealthTable(scene.targets, scene.health, scene.forced);
    Binder kept = new Binder(name -> name.getBytes(StandardCharsets.US_ASCII));
    Memory memory = Memory.NONE;
    Basis basis = new Basis.Live();
    int rebound = 0;
    for (int step = 0; step < 400; step++) {
      Bound bound = kept.bind(plan, table, memory, basis, scene.now);
      Binder anew = new Binder(name -> name.getBytes(StandardCharsets.US_ASCII));
      Bound fresh = anew.bind(plan, table, memory, basis, scene.now);
      assertSame(bound, fresh, step);
      memory = bound.memory();
      rebound += bound.nextChange() <= scene.now + 1000 ? 1 : 0;

      switch (random.nextInt(6)) {
        case 0, 1 -> {
          String target = pick(random, targets(scene));
          scene.set(pick(random, List.of(State.values())), target);
          table = with(table, scene);
        }
        case 2 -> {
          Forced forced = random.nextBoolean() ? null : pick(random, List.of(Forced.values()));
          long until = random.nextBoolean() ? Long.MAX_VALUE : scene.now + random.nextInt(90_000);
          long planned = random.nextBoolean() ? Long.MAX_VALUE : scene.now + random.nextInt(90_000);
          int weight = random.nextBoolean() ? 0 : 1 + random.nextInt(5);
          scene.forced.set(
              scene.numbers.get(pick(random, backends(scene))),
              random.nextInt(3) == 0 ? null : new ForcedState(forced, weight, until, planned));
          table = table.with(scene.forced);
        }
        case 3 -> scene.now += random.nextInt(70_000);
        case 4 -> scene.now = Math.min(bound.nextChange(), scene.now + 500_000);
        default -> {
          if (random.nextInt(8) == 0) {
            basis =
                basis instanceof Basis.Live ? new Basis.Frozen(Long.MAX_VALUE) : new Basis.Live();
          } else if (random.nextInt(4) == 0) {
            memory = memory.released(pick(random, scene.pools).name());
          }
        }
      }
    }
    assertThat(rebound).as("time edges were met").isPositive();
  }

  private static HealthTable with(HealthTable table, Scene scene) {
    return table.with(scene.health.toArray(dev.azimuth.health.TargetHealth[]::new));
  }

  private static void assertSame(Bound kept, Bound fresh, int step) {
    assertThat(kept.poolStandings()).as("step %d", step).isEqualTo(fresh.poolStandings());
    assertThat(kept.memory()).as("step %d", step).isEqualTo(fresh.memory());
    for (int name = 0; name < kept.bindings.length; name++) {
      for (int i = 0; i < kept.bindings[name].length; i++) {
        RuleBinding a = kept.bindings[name][i];
        RuleBinding b = fresh.bindings[name][i];
        assertThat(a.choice()).isEqualTo(b.choice());
        for (Family family : Family.values()) {
          assertSame(a.offer(family), b.offer(family), "step " + step + " name " + name);
          assertSame(kept.steering().v4[name][i], fresh.steering().v4[name][i], "v4");
          assertSame(kept.steering().v6[name][i], fresh.steering().v6[name][i], "v6");
        }
      }
    }
    // A TTL that counts down is bound anew every second: from when depends on the binding before.
    assertThat(kept.nextChange())
        .as("step %d", step)
        .isLessThanOrEqualTo(fresh.nextChange())
        .isGreaterThan(kept.now);
  }

  private static void assertSame(Offer a, Offer b, String where) {
    assertThat(a.kind).as(where).isEqualTo(b.kind);
    assertThat(a.reason).as(where).isEqualTo(b.reason);
    assertThat(a.ttl)
        .as("%s: %s, %s", where, a.ttlReason, b.ttlReason)
        .isBetween(b.ttl, b.ttl == Integer.MAX_VALUE ? b.ttl : b.ttl + 1);
    assertThat(a.members).as(where).isEqualTo(b.members);
    assertThat(a.split == null).as(where).isEqualTo(b.split == null);
    if (a.schedule != null && b.schedule != null) {
      assertThat(a.schedule.order).as(where).isEqualTo(b.schedule.order);
      assertThat(a.schedule.octets).as(where).isDeepEqualTo(b.schedule.octets);
    }
    if (a.split != null && b.split != null) {
      assertThat(a.split.order()).as(where).isEqualTo(b.split.order());
      for (int i = 0; i < a.split.parts().size(); i++) {
        assertSame(a.split.parts().get(i), b.split.parts().get(i), where);
      }
    }
  }

  private static Scene world(Random random) {
    Scene scene = new Scene();
    scene.views.add(new View("inside", List.of(new Cidr(true, 0, 0x0a000000L, 8))));
    for (int pool = 0; pool < 6; pool++) {
      Scene.B[] backends = new Scene.B[1 + random.nextInt(4)];
      for (int i = 0; i < backends.length; i++) {
        String v4 = "192.0.2." + (pool * 8 + i);
        String v6 = "2001:db8::" + (pool * 8 + i);
        String[] addresses =
            switch (random.nextInt(3)) {
              case 0 -> new String[] {v4, v6};
              case 1 -> new String[] {v4};
              default -> new String[] {v6};
            };
        backends[i] =
            random.nextInt(5) == 0
                ? Scene.spare("b" + i, addresses)
                : Scene.b("b" + i, 1 + random.nextInt(4), addresses);
      }
      FailbackHold hold =
          random.nextInt(4) == 0
              ? new FailbackHold.Manual()
              : new FailbackHold.For(Duration.ofSeconds(random.nextInt(3) * 60L));
      scene.slowStart = Duration.ofSeconds(random.nextInt(2) * 30L);
      scene.maxEject = random.nextBoolean() ? 1 : 0.4;
      scene.pool(
          "p" + pool,
          random.nextBoolean() ? new MinUp.Share(0.5) : new MinUp.Count(1),
          hold,
          pick(random, List.of(BelowMinUp.values())),
          null,
          backends);
    }
    for (int name = 0; name < 8; name++) {
      List<Rule> rules = new ArrayList<>();
      int conditional = random.nextInt(2);
      for (int rule = 0; rule <= conditional; rule++) {
        Condition condition =
            rule == conditional
                ? Condition.ALL
                : new Condition(List.of(new Cidr(true, 0, 0xc6336400L, 24)), List.of(), List.of());
        rules.add(new Rule("rule" + rule, condition, to(random), random.nextBoolean(), null));
      }
      scene.names.add(
          new SteeredName(
              "n" + name + ".",
              rules,
              scene.pick,
              scene.ttl,
              null,
              AllDown.ofZone(pick(random, FORMS))));
    }
    return scene;
  }

  private static To to(Random random) {
    List<Step> steps = new ArrayList<>();
    int next = random.nextInt(3);
    do {
      List<Step.Share> shares = new ArrayList<>();
      do {
        shares.add(new Step.Share(next++, 1 + random.nextInt(5)));
      } while (next < 6 && random.nextInt(3) == 0);
      steps.add(new Step(shares, StickyPrefix.DEFAULT));
    } while (next < 6 && random.nextBoolean());
    return new To.Ordered(steps);
  }

  private static List<String> targets(Scene scene) {
    return scene.numbers.keySet().stream().filter(key -> !key.contains("/")).sorted().toList();
  }

  private static List<String> backends(Scene scene) {
    return scene.numbers.keySet().stream().filter(key -> key.contains("/")).sorted().toList();
  }

  private static <T> T pick(Random random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
