package dev.azimuth.steering;

import static dev.azimuth.steering.Scene.b;
import static dev.azimuth.steering.Scene.spare;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.Forced;
import dev.azimuth.health.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The weight of a backend that comes back rises little by little. */
class SlowStartTest {
  private static final String FIRST = "192.0.2.1";
  private static final String SECOND = "192.0.2.2";

  private static Scene scene(String... addresses) {
    Scene scene = new Scene();
    scene.slowStart = Duration.ofSeconds(30);
    Scene.B[] backends = new Scene.B[addresses.length];
    for (int i = 0; i < backends.length; i++) {
      backends[i] = b("b" + i, addresses[i]);
    }
    scene.pool("eu", backends).name("www.example.com.", null, 0);
    return scene;
  }

  /** The share that the first backend has of the answers, in percent of an equal share. */
  private static double weight(Scene scene, int backend, int others) {
    Schedule schedule = scene.bind().bindings[0][0].offer(Family.V4).schedule;
    double share = Weighed.inclusion(schedule, backend);
    return share == 1 ? 100 : 100 * share / (1 - share) * others;
  }

  private static Scene recovering() {
    Scene scene = scene(FIRST, SECOND);
    scene.bind();
    scene.set(State.DOWN, FIRST).bind();
    scene.now += 10_000;
    scene.set(State.UP, FIRST).bind();
    return scene;
  }

  @Test
  void theWeightRisesFromATenthToTheWholeInAStraightLine() {
    Scene scene = recovering();
    for (int second = 0; second <= 30; second++) {
      assertThat(weight(scene, 0, 1)).as("%d s", second).isCloseTo(10 + 3 * second, within(0.51));
      scene.now += 1000;
    }
  }

  private static org.assertj.core.data.Offset<Double> within(double offset) {
    return org.assertj.core.data.Offset.offset(offset);
  }

  @Test
  void atTheFirstStartNothingRises() {
    Scene scene = scene(FIRST, SECOND).set(State.UNKNOWN, FIRST, SECOND);
    scene.bind();
    scene.set(State.UP, FIRST).bind();
    scene.now += 1000;
    scene.set(State.UP, SECOND);
    assertThat(weight(scene, 0, 1)).isEqualTo(100);
  }

  @Test
  void whatLeavesAllDownTakesEverythingAtOnceAndWhatFollowsRises() {
    Scene scene = scene(FIRST, SECOND);
    scene.bind();
    scene.set(State.DOWN, FIRST, SECOND).bind();
    scene.now += 10_000;
    scene.set(State.UP, FIRST).bind();
    assertThat(scene.ask().addresses()).containsExactly(FIRST);
    scene.now += 1000;
    scene.set(State.UP, SECOND);
    assertThat(weight(scene, 1, 1)).isCloseTo(10, within(0.1));
    Scene together = scene(FIRST, SECOND);
    together.bind();
    together.set(State.DOWN, FIRST, SECOND).bind();
    together.set(State.UP, FIRST, SECOND);
    assertThat(weight(together, 0, 1)).isEqualTo(100);
  }

  @Test
  void anAddedBackendRisesAndANewPoolDoesNot() {
    Scene before = scene(FIRST);
    before.bind();
    Scene after = scene(FIRST, SECOND);
    after.pool("us", b("iad1", "198.51.100.1"), b("iad2", "198.51.100.2"));
    after.name("api.example.com.", null, 1);
    after.memory = before.memory;
    assertThat(weight(after, 1, 1)).isCloseTo(10, within(0.1));
    Schedule us = after.bind().bindings[1][0].offer(Family.V4).schedule;
    assertThat(Weighed.inclusion(us, 2)).isEqualTo(0.5);
  }

  @Test
  void theEndOfADrainIsARecovery() {
    Scene scene = scene(FIRST, SECOND);
    scene.bind();
    scene.force(Forced.DRAIN, "eu/b0").bind();
    scene.now += 60_000;
    scene.force(null, "eu/b0");
    assertThat(weight(scene, 0, 1)).isCloseTo(10, within(0.1));
  }

  @Test
  void aRestartGoesOnWhereItWas() {
    Scene scene = recovering();
    scene.now += 15_000;
    scene.bind();
    Scene restarted = scene(FIRST, SECOND);
    restarted.memory = scene.memory;
    restarted.now = scene.now + 3000;
    assertThat(weight(restarted, 0, 1)).isCloseTo(64, within(0.6));
  }

  @Test
  void aBackendThatFailsAgainBeginsAnew() {
    Scene scene = recovering();
    scene.now += 20_000;
    scene.set(State.DOWN, FIRST).bind();
    scene.set(State.UP, FIRST);
    assertThat(weight(scene, 0, 1)).isCloseTo(10, within(0.1));
  }

  @Test
  void aStandbyIsNotTheReasonForAnOrdinaryBackendToRise() {
    Scene scene = new Scene();
    scene.slowStart = Duration.ofSeconds(30);
    scene.pool("eu", b("fra1", FIRST), spare("spare", "192.0.2.9"));
    scene.name("www.example.com.", null, 0);
    scene.bind();
    scene.set(State.DOWN, FIRST).bind();
    scene.set(State.UP, FIRST);
    assertThat(scene.bind().pools[0].v4().rampUntil()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void eachFamilyRisesByItself() {
    Scene scene = new Scene();
    scene.slowStart = Duration.ofSeconds(30);
    scene.pool("eu", b("fra1", FIRST, "2001:db8::1"), b("fra2", SECOND, "2001:db8::2"));
    scene.name("www.example.com.", null, 0);
    scene.bind();
    scene.set(State.DOWN, FIRST).bind();
    scene.set(State.UP, FIRST);
    PoolView view = scene.bind().pools[0];
    assertThat(view.v4().rampUntil()).isNotEqualTo(Long.MAX_VALUE);
    assertThat(view.v6().rampUntil()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void itIsLaidOutAtMostOnceASecondAndOnlyWhileItRises() {
    Scene scene = recovering();
    long begun = scene.now;
    List<Long> instants = new ArrayList<>();
    long next = scene.bind().nextChange();
    while (next != Long.MAX_VALUE && instants.size() < 1000) {
      instants.add(next);
      scene.now = next;
      next = scene.bind().nextChange();
    }
    assertThat(instants).hasSizeBetween(30, 100).last().isEqualTo(begun + 30_000);
    List<Long> rises = instants.stream().filter(instant -> instant <= begun + 30_000).toList();
    for (int i = 1; i < rises.size(); i++) {
      assertThat(rises.get(i) - rises.get(i - 1)).isGreaterThanOrEqualTo(1000);
    }
  }

  @Test
  void theTtlIsTheTimeThatIsLeftAndExplainShowsIt() {
    Scene scene = recovering();
    scene.now += 60_000; // the recovery itself is long told
    scene.set(State.DOWN, FIRST).bind();
    scene.set(State.UP, FIRST).bind();
    scene.now += 5_000;
    Explanation explanation =
        Explainer.explain(
            scene.bind(),
            0,
            Family.V4,
            new Scene.Asking(scene.bind()).asker,
            "somebody",
            List.of(),
            60);
    assertThat(explanation.ttl()).isEqualTo(25);
    assertThat(explanation.ttlReason()).isEqualTo("slow start in eu");
    assertThat(explanation.backends().getFirst().note())
        .isEqualTo("slow start: 25 % of its weight, 25 s left");
    assertThat(explanation.backends().getLast().note()).isEmpty();
  }

  @Test
  void noMoreTimeIsLeftThanTheWholeRiseTakes() {
    Scene scene = recovering();
    scene.now += 60_500; // the rise ends at a whole second, half a second late
    scene.set(State.DOWN, FIRST).bind();
    scene.set(State.UP, FIRST);
    Explanation explanation =
        Explainer.explain(scene.bind(), 0, Family.V4, new Asker(), "somebody", List.of(), 60);
    assertThat(explanation.backends().getFirst().note()).endsWith("30 s left");
  }

  @Test
  void minUpCountsARisingBackendWhole() {
    Scene scene = new Scene();
    scene.slowStart = Duration.ofSeconds(30);
    scene
        .pool(
            "eu",
            new MinUp.Weight(0.6),
            new FailbackHold.For(Duration.ZERO),
            BelowMinUp.SERVE_USABLE,
            null,
            b("fra1", 2, FIRST),
            b("fra2", 1, SECOND))
        .name("www.example.com.", null, 0);
    scene.bind();
    scene.set(State.DOWN, FIRST).bind();
    scene.set(State.UP, FIRST);
    assertThat(scene.ask().reason()).isEqualTo(Reason.RULE);
  }

  /** A naive model: since when each backend is up, and whether another one was up then. */
  @Test
  void manyRandomChangesGiveWhatANaiveModelSays() {
    Random random = new Random(8);
    for (int run = 0; run < 50; run++) {
      Scene scene = scene(FIRST, SECOND, "192.0.2.3");
      String[] addresses = {FIRST, SECOND, "192.0.2.3"};
      scene.bind();
      boolean[] up = {true, true, true};
      long[] since = {0, 0, 0};
      for (int step = 0; step < 40; step++) {
        scene.now += random.nextInt(20_000);
        int which = random.nextInt(3);
        boolean another = up[0] || up[1] || up[2];
        up[which] = !up[which];
        scene.set(up[which] ? State.UP : State.DOWN, addresses[which]);
        if (up[which]) {
          since[which] = another ? scene.now : 0;
        }
        if (random.nextInt(4) == 0) {
          Memory kept = scene.memory;
          Scene restarted = scene(addresses);
          restarted.now = scene.now;
          restarted.memory = kept;
          for (int i = 0; i < 3; i++) {
            restarted.set(up[i] ? State.UP : State.DOWN, addresses[i]);
          }
          scene = restarted;
        }
        Side side = scene.bind().pools[0].v4();
        List<Integer> expected = new ArrayList<>();
        boolean rising = false;
        for (int i = 0; i < 3; i++) {
          long end = (since[i] + 30_000 + 999) / 1000 * 1000;
          rising |= up[i] && since[i] > 0 && scene.now < end;
        }
        for (int i = 0; i < 3; i++) {
          if (up[i]) {
            long end = (since[i] + 30_000 + 999) / 1000 * 1000;
            long elapsed = Math.max(0, scene.now / 1000 * 1000 - since[i]);
            long percent =
                since[i] == 0 || scene.now >= end ? 100 : Math.min(100, 10 + 90 * elapsed / 30_000);
            expected.add(rising ? (int) percent : 1);
          }
        }
        assertThat(side.ordinary()).extracting(Member::weight).isEqualTo(expected);
      }
    }
  }
}
