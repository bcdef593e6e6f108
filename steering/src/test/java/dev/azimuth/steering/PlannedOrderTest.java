package dev.azimuth.steering;

import static dev.azimuth.steering.Scene.b;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.Forced;
import dev.azimuth.health.ForcedState;
import org.junit.jupiter.api.Test;

/** What orders do to weights, and to the TTL before and after they begin. */
class PlannedOrderTest {
  private static final String FIRST = "192.0.2.1";
  private static final String SECOND = "192.0.2.2";

  /** With TTLs of 15 to 60 s; checks that would allow 30. */
  private static Scene scene() {
    return new Scene()
        .pool("eu", b("fra1", FIRST), b("fra2", SECOND))
        .name("www.example.com.", null, 0);
  }

  private static Scene order(Scene scene, ForcedState order) {
    scene.forced.set(scene.numbers.get("eu/fra1"), order);
    return scene;
  }

  private static int ttl(Scene scene) {
    return scene.ask().ttl();
  }

  @Test
  void beforeAPlannedDrainTheTtlIsTheLowerBoundForOneUpperBound() {
    Scene scene = scene();
    scene.bind();
    long begins = scene.now + 600_000;
    ForcedState planned = new ForcedState(null, 0, Long.MAX_VALUE, begins);
    order(scene, planned);
    assertThat(ttl(scene)).as("long before").isEqualTo(30);
    assertThat(scene.bind().nextChange()).isEqualTo(begins - 60_000);

    scene.now = begins - 60_001;
    assertThat(ttl(scene)).isEqualTo(30);
    scene.now = begins - 60_000;
    assertThat(ttl(scene)).isEqualTo(15);
    Bound bound = scene.bind();
    assertThat(bound.nextChange()).isEqualTo(begins);
    assertThat(scene.ask().addresses()).as("until then both are given").hasSize(1);
    Explanation explanation =
        Explainer.explain(
            bound,
            0,
            Family.V4,
            new Scene.Asking(bound).asker,
            "somebody",
            java.util.List.of(),
            60);
    assertThat(explanation.ttlReason()).isEqualTo("an order for eu begins at 1970-01-01T00:26:40Z");
    assertThat(explanation.backends()).extracting("odds").containsExactly(0.5, 0.5);

    scene.now = begins;
    order(scene, new ForcedState(Forced.DRAIN, 0, Long.MAX_VALUE, Long.MAX_VALUE));
    assertThat(scene.ask().addresses()).containsExactly(SECOND);
    assertThat(ttl(scene)).as("the change itself").isEqualTo(15);
    scene.now = begins + 60_000;
    assertThat(ttl(scene)).isEqualTo(30);
  }

  @Test
  void everyAnswerFromBeforeHasEndedWhenAPlannedDrainBegins() {
    Scene scene = scene();
    scene.bind();
    long begins = scene.now + 200_000;
    order(scene, new ForcedState(null, 0, Long.MAX_VALUE, begins));
    for (; scene.now < begins; scene.now += 500) {
      int ttl = ttl(scene);
      assertThat(ttl == 15 || scene.now + ttl * 1000L <= begins).as("%d", scene.now).isTrue();
    }
  }

  @Test
  void aPlannedOrderIsNoChangeUntilItBegins() {
    Scene scene = scene();
    scene.bind();
    order(scene, new ForcedState(null, 0, Long.MAX_VALUE, scene.now + 3_600_000));
    assertThat(ttl(scene)).isEqualTo(30);
    assertThat(scene.ask().reason()).isEqualTo(Reason.RULE);
  }

  @Test
  void anOrderedWeightTakesTheConfiguredOnesPlaceAndItsChangeLowersTheTtl() {
    Scene scene = scene();
    scene.bind();
    order(scene, new ForcedState(null, 3, Long.MAX_VALUE, Long.MAX_VALUE));
    Bound bound = scene.bind();
    assertThat(ttl(scene)).isEqualTo(15);
    Explanation explanation =
        Explainer.explain(
            bound,
            0,
            Family.V4,
            new Scene.Asking(bound).asker,
            "somebody",
            java.util.List.of(),
            60);
    assertThat(explanation.backends()).extracting("odds").containsExactly(0.75, 0.25);
    assertThat(explanation.backends().getFirst().note())
        .isEqualTo("weight 3 by order, 1 configured");
    assertThat(explanation.backends().getFirst().forced()).isNull();
  }

  @Test
  void anOrderedWeightCountsInMinUpByWeight() {
    Scene scene = new Scene();
    scene
        .pool(
            "eu",
            new MinUp.Weight(0.5),
            new FailbackHold.For(java.time.Duration.ZERO),
            BelowMinUp.SERVE_USABLE,
            null,
            b("fra1", FIRST),
            b("fra2", SECOND))
        .pool("us", b("iad1", "198.51.100.1"))
        .name("www.example.com.", null, 0, 1);
    scene.set(dev.azimuth.health.State.DOWN, SECOND);
    assertThat(scene.ask().addresses()).containsExactly(FIRST);
    order(scene, new ForcedState(null, 1, Long.MAX_VALUE, Long.MAX_VALUE));
    scene.forced.set(
        scene.numbers.get("eu/fra2"), new ForcedState(null, 3, Long.MAX_VALUE, Long.MAX_VALUE));
    assertThat(scene.ask().addresses()).containsExactly("198.51.100.1");
  }
}
