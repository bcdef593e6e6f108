package dev.azimuth.balancer;

import static dev.azimuth.balancer.Scene.assertShares;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChoosersTest {
  private static final int CLIENTS = 100_000;

  @ParameterizedTest
  @EnumSource(
      value = Settings.By.class,
      names = {"WEIGHTED", "P2C", "LEAST_CONNECTIONS", "STICKY"})
  void clientsThatDoNotStayAreSharedByWeight(Settings.By by) {
    Scene scene = new Scene(1, 5, 1, 3, 1000, 70);
    assertShares(scene.counts(scene.chooser(by), CLIENTS), scene.weights);
  }

  @Test
  void randomLeavesWeightsAside() {
    Scene scene = new Scene(2, 5, 1, 3, 1000, 70);
    assertShares(scene.counts(scene.chooser(Settings.By.RANDOM), CLIENTS), 1, 1, 1, 1, 1);
  }

  @Test
  void weightsAsLargeAsTheyComeAreExact() {
    Scene scene = new Scene(3, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE / 2, 1);
    long[] counts = scene.counts(scene.chooser(Settings.By.WEIGHTED), CLIENTS);
    assertShares(counts, scene.weights);
  }

  @Test
  void aRotationIsExactInEachRoundAndBeginsAnywhere() {
    Set<String> starts = new HashSet<>();
    for (int seed = 0; seed < 50; seed++) {
      Scene scene = new Scene(seed, 3, 1, 2);
      Chooser chooser = scene.chooser(Settings.By.ROTATE);
      starts.add(String.valueOf(scene.choose(chooser, 0)));
      for (int round = 0; round < 3; round++) {
        assertThat(scene.counts(chooser, 6)).containsExactly(3, 1, 2);
      }
    }
    assertThat(starts).hasSize(3);
  }

  @Test
  void aRotationGivesTheTurnsOfOneThatIsFullToTheOthersAlike() {
    Scene scene = new Scene(4, 1, 1, 1, 1);
    Chooser chooser = scene.chooser(Settings.By.ROTATE);
    scene.backends.getFirst().enter(1);
    long[] counts = new long[4];
    for (int i = 0; i < 300; i++) {
      scene.ask.begin(i, 1, 0);
      counts[scene.backends.indexOf(chooser.choose(scene.ask))]++;
    }
    assertThat(counts).containsExactly(0, 100, 100, 100);
  }

  @Test
  void leastConnectionsKeepsLoadsEvenForTheirWeights() {
    Scene scene = new Scene(5, 1, 2, 4, 8);
    Chooser chooser = scene.chooser(Settings.By.LEAST_CONNECTIONS);
    Random random = new Random(5);
    List<Backend> open = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      if (open.size() > 300 && random.nextBoolean()) {
        open.remove(open.size() - 1).leave();
        continue;
      }
      Backend chosen = scene.choose(chooser, i);
      double load = load(scene, chosen);
      assertThat(scene.backends).allMatch(backend -> load(scene, backend) >= load);
      chosen.enter(Settings.Limits.NONE);
      open.add(chosen);
    }
  }

  private static double load(Scene scene, Backend backend) {
    return (double) backend.open() / scene.weights[scene.backends.indexOf(backend)];
  }

  /** With n of n clients the fullest of n has about ln n / ln ln n at random, of two ln ln n. */
  @Test
  void theLesserOfTwoKeepsTheFullestFarBelowChance() {
    int[] weights = new int[1000];
    Arrays.fill(weights, 1);
    assertThat(fullest(Settings.By.P2C, weights)).isLessThanOrEqualTo(3);
    assertThat(fullest(Settings.By.RANDOM, weights)).isGreaterThanOrEqualTo(5);
  }

  private static int fullest(Settings.By by, int[] weights) {
    Scene scene = new Scene(6, weights);
    Chooser chooser = scene.chooser(by);
    for (int i = 0; i < weights.length; i++) {
      scene.choose(chooser, i).enter(Settings.Limits.NONE);
    }
    return scene.backends.stream().mapToInt(Backend::open).max().orElseThrow();
  }

  @Test
  void theLesserOfTwoFillsThemByWeight() {
    Scene scene = new Scene(7, 1, 3);
    Chooser chooser = scene.chooser(Settings.By.P2C);
    for (int i = 0; i < 4000; i++) {
      scene.choose(chooser, i).enter(Settings.Limits.NONE);
    }
    assertThat(scene.backends.getFirst().open()).isBetween(999, 1001);
  }

  @ParameterizedTest
  @EnumSource(Settings.By.class)
  void whoeverIsFreeIsFoundAndNobodyElse(Settings.By by) {
    Random random = new Random(8);
    for (int round = 0; round < 500; round++) {
      int size = random.nextInt(1, 12);
      Scene scene = new Scene(round, random.ints(size, 1, 1 << random.nextInt(1, 31)).toArray());
      Chooser chooser =
          Choosers.of(
              new Settings.Pick(by, random.nextBoolean() ? 1.25 : 0, 32, 128),
              scene.backends,
              scene.weights);
      scene.ask.begin(random.nextLong(), 2, random.nextInt(100_000));
      Set<Backend> free = new HashSet<>(scene.backends);
      List<Backend> shuffled = new ArrayList<>(scene.backends);
      Collections.shuffle(shuffled, random);
      for (Backend backend : shuffled.subList(0, random.nextInt(size + 1))) {
        free.remove(backend);
        if (random.nextBoolean()) {
          scene.ask.tried(backend);
        } else {
          backend.enter(2);
          backend.enter(2);
        }
      }
      if (free.isEmpty()) {
        assertThat(chooser.choose(scene.ask)).isNull();
      } else {
        assertThat(free).contains(chooser.choose(scene.ask));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Settings.By.class,
      names = {"WEIGHTED", "P2C", "LEAST_CONNECTIONS"})
  void withoutThoseThatAreBarredTheOthersKeepTheirProportions(Settings.By by) {
    Scene scene = new Scene(9, 1, 2, 100_000, 3);
    Chooser chooser = scene.chooser(by);
    long[] counts = new long[4];
    for (int i = 0; i < CLIENTS; i++) {
      scene.ask.begin(i, Settings.Limits.NONE, 0);
      scene.ask.tried(scene.backends.get(2));
      counts[scene.backends.indexOf(chooser.choose(scene.ask))]++;
    }
    assertShares(counts, 1, 2, 0, 3);
  }

  @ParameterizedTest
  @EnumSource(Settings.By.class)
  void nobodyIsFoundAmongNobody(Settings.By by) {
    Scene scene = new Scene(10);
    assertThat(scene.choose(scene.chooser(by), 1)).isNull();
  }

  @ParameterizedTest
  @EnumSource(Settings.By.class)
  void choosingAllocatesNothing(Settings.By by) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Scene scene = new Scene(11, 1, 2, 3, 4, 5, 6, 7);
    Chooser chooser =
        Choosers.of(new Settings.Pick(by, 1.25, 32, 128), scene.backends, scene.weights);
    scene.backends.forEach(backend -> backend.connected(100, 0));
    long least = Long.MAX_VALUE;
    // What the virtual machine itself allocates for this thread comes now and then, not each time.
    for (int round = 0; round < 10; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 10_000; i++) {
        scene.ask.begin(i, 100, i);
        Backend chosen = chooser.choose(scene.ask);
        scene.ask.tried(chosen);
        Backend other = chooser.choose(scene.ask);
        chosen.enter(50);
        other.answered(i, i);
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least).isZero();
  }
}
