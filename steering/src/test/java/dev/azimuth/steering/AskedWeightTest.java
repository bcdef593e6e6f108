package dev.azimuth.steering;

import static dev.azimuth.steering.Scene.b;
import static dev.azimuth.steering.Scene.spare;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.Forced;
import dev.azimuth.health.Latency;
import dev.azimuth.health.Past;
import dev.azimuth.health.State;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.steering.Explanation.BackendOdds;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What backends ask for in the answers to their checks. */
class AskedWeightTest {
  private static Scene asks(Scene scene, String address, int percent) {
    scene.health.set(
        scene.numbers.get(address),
        new TargetHealth(
            State.UP, 0, 0, null, Latency.NONE, new Past(0, 0, List.of(), percent, null)));
    return scene;
  }

  private static Explanation explain(Scene scene) {
    return Explainer.explain(scene.bind(), 0, Family.V4, new Asker(), "a client", List.of(), 30);
  }

  @Test
  void aBackendHasThePartOfItsWeightThatItAsksFor() {
    Scene scene =
        new Scene().pool("eu", b("a", 2, "192.0.2.1"), b("b", 1, "192.0.2.2")).name("www", null, 0);
    asks(scene, "192.0.2.1", 25);
    Explanation why = explain(scene);
    assertThat(why.backends()).extracting(BackendOdds::odds).containsExactly(1 / 3.0, 2 / 3.0);
    assertThat(why.backends().getFirst().note()).isEqualTo("asks for 25 % of its weight");
    assertThat(why.backends().getLast().note()).isEmpty();
  }

  @Test
  void theGreatestWeightThatRisesAndAsksForLessIsStillANumber() {
    Scene scene = new Scene();
    scene.slowStart = Duration.ofSeconds(100);
    scene.pool("eu", b("a", 1_000_000, "192.0.2.1"), b("b", 1, "192.0.2.2")).name("www", null, 0);
    scene.set(State.DOWN, "192.0.2.2").bind();
    asks(asks(scene, "192.0.2.2", 100), "192.0.2.1", 95);
    Side side = scene.bind().pools[0].v4();
    assertThat(side.ordinary())
        .extracting(Member::weight)
        .containsExactly(1_000_000 * 100 * 19, 10 * 20);
  }

  @Test
  void oneThatAsksForNothingIsAsIfDrainedUntilNothingElseIsLeft() {
    Scene scene =
        new Scene()
            .pool("eu", b("a", "192.0.2.1"), b("b", "192.0.2.2"), spare("c", "192.0.2.3"))
            .name("www", null, 0);
    asks(scene, "192.0.2.1", 0);
    assertThat(scene.ask().addresses()).containsExactly("192.0.2.2");
    assertThat(scene.ask().reason()).isEqualTo(Reason.RULE);
    assertThat(explain(scene).backends().getFirst().note())
        .isEqualTo("asks for no clients: 0 % of its weight");
    asks(scene, "192.0.2.2", 0);
    assertThat(scene.ask().addresses()).as("the standby").containsExactly("192.0.2.3");
    asks(scene, "192.0.2.3", 0);
    assertThat(scene.ask().reason()).isEqualTo(Reason.ALL_DOWN);
    assertThat(new Scene.Asking(scene.bind()).every(0, Family.V4).addresses())
        .as("serve_all")
        .containsExactly("192.0.2.1", "192.0.2.2");
  }

  @Test
  void anOrderCountsMoreThanWhatABackendAsksFor() {
    Scene scene = new Scene().pool("eu", b("a", "192.0.2.1"), b("b", "192.0.2.2"));
    scene.name("www", null, 0).force(Forced.UP, "eu/a");
    asks(scene, "192.0.2.1", 0);
    assertThat(explain(scene).backends().getFirst().odds()).isEqualTo(0.5);
  }
}
