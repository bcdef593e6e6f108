package dev.azimuth.steering;

import static dev.azimuth.steering.Scene.b;
import static dev.azimuth.steering.Scene.spare;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.Forced;
import dev.azimuth.health.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A pool that is given keeps a share of its backends, whatever their checks say. */
class MaxEjectTest {

  private static Scene scene(double maxEject, int backends) {
    Scene scene = new Scene();
    scene.maxEject = maxEject;
    scene.pick = new Pick(Pick.By.ALL, 64);
    Scene.B[] all = new Scene.B[backends];
    for (int i = 0; i < backends; i++) {
      all[i] = b("b" + i, address(i));
    }
    scene
        .pool(
            "eu",
            new MinUp.Count(1),
            new FailbackHold.For(Duration.ZERO),
            BelowMinUp.SERVE_USABLE,
            new AllDown.NoData(),
            all)
        .name("www.example.com.", null, 0);
    return scene;
  }

  private static String address(int i) {
    return "192.0.2." + (i + 1);
  }

  private static void down(Scene scene, int... order) {
    for (int i : order) {
      scene.now += 1000;
      scene.set(State.DOWN, address(i));
    }
  }

  @Test
  void thoseThatCameDownLastAreGivenAllTheSame() {
    Scene scene = scene(0.5, 4);
    down(scene, 2, 0, 3);
    assertThat(scene.ask().addresses()).containsExactly(address(1), address(3));
    assertThat(scene.ask().reason()).isEqualTo(Reason.RULE);
    Explanation explanation =
        Explainer.explain(
            scene.bind(),
            0,
            Family.V4,
            new Scene.Asking(scene.bind()).asker,
            "somebody",
            List.of(),
            60);
    assertThat(explanation.backends())
        .extracting(Explanation.BackendOdds::note)
        .containsExactly("its check fails", "", "its check fails", "down, kept by max_eject");
  }

  @Test
  void theShareIsRoundedDown() {
    Scene scene = scene(0.5, 3);
    down(scene, 0, 1);
    assertThat(scene.ask().addresses())
        .as("one of three")
        .containsExactlyInAnyOrder(address(1), address(2));
    Scene third = scene(1 / 3.0, 3);
    down(third, 0);
    assertThat(third.ask().addresses()).as("a third is one").hasSize(2);
  }

  @Test
  void itNeverMakesAPoolServe() {
    Scene scene = scene(0.5, 2);
    scene.pool("us", b("iad1", "198.51.100.1"));
    scene.names.clear();
    scene.name("www.example.com.", null, 0, 1);
    down(scene, 0, 1);
    assertThat(scene.ask().addresses()).containsExactly("198.51.100.1");
    Scene alone = scene(0.5, 2);
    down(alone, 0, 1);
    assertThat(alone.ask().reason()).isEqualTo(Reason.ALL_DOWN);
    assertThat(alone.bind().poolStandings().getFirst().serves()).isFalse();
  }

  @Test
  void theShareOfThePoolStaysTheTrueOne() {
    Scene scene = scene(0.25, 4);
    down(scene, 0, 1, 2);
    assertThat(scene.bind().poolStandings().getFirst().shareV4()).isEqualTo(0.25);
  }

  @Test
  void aStandbyStandsInForAnOrdinaryPoolThatIsDown() {
    Scene scene = new Scene();
    scene.maxEject = 0.5;
    scene.pool("eu", b("fra1", address(0)), b("fra2", address(1)), spare("spare", address(8)));
    scene.name("www.example.com.", null, 0);
    down(scene, 0, 1);
    assertThat(scene.ask().addresses()).containsExactly(address(8));
  }

  @Test
  void whatIsForcedDownOrDrainedIsNeverGivenNorCounted() {
    Scene scene = scene(0.25, 4);
    scene.force(Forced.DOWN, "eu/b0").force(Forced.DRAIN, "eu/b1");
    down(scene, 2);
    assertThat(scene.ask().addresses()).containsExactly(address(3));
    down(scene, 0, 1);
    assertThat(scene.ask().addresses()).containsExactly(address(3));
  }

  @Test
  void withoutALimitNoneIsKept() {
    Scene scene = scene(1, 3);
    down(scene, 0, 1);
    assertThat(scene.ask().addresses()).containsExactly(address(2));
  }

  @Test
  void manyRandomPoolsGiveWhatANaiveModelSays() {
    Random random = new Random(9);
    for (int run = 0; run < 300; run++) {
      int backends = 1 + random.nextInt(8);
      double limit = (1 + random.nextInt(100)) / 100.0;
      Scene scene = scene(limit, backends);
      long[] since = new long[backends];
      List<Integer> down = new ArrayList<>();
      List<Integer> out = new ArrayList<>();
      for (int i : random.ints(0, backends).distinct().limit(backends).toArray()) {
        if (random.nextInt(5) == 0) {
          scene.force(Forced.DRAIN, "eu/b" + i);
          out.add(i);
        } else if (random.nextBoolean()) {
          down(scene, i);
          since[i] = scene.now;
          down.add(i);
        }
      }
      int mayBeOut = (int) Math.floor(limit * backends + 1e-9);
      List<Integer> leftOut =
          down.stream().sorted(Comparator.comparingLong(i -> since[i])).limit(mayBeOut).toList();
      List<String> expected =
          IntStream.range(0, backends)
              .filter(i -> !leftOut.contains(i) && !out.contains(i))
              .mapToObj(MaxEjectTest::address)
              .toList();
      boolean serves = down.size() + out.size() < backends;
      assertThat(scene.ask().addresses())
          .containsExactlyInAnyOrderElementsOf(serves ? expected : List.of());
    }
  }
}
