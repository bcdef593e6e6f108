package dev.azimuth.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FastestTest {
  @Test
  void anAverageRisesAtOnceAndFallsWithTime() {
    PeakAverage average = new PeakAverage();
    assertThat(average.micros()).isNaN();
    average.add(100, 5000);
    assertThat(average.micros()).isEqualTo(100);
    average.add(900, 5000);
    assertThat(average.micros()).isEqualTo(900);
    average.add(100, 5000);
    assertThat(average.micros()).isEqualTo(900);
    average.add(100, 5000 + 6931);
    assertThat(average.micros()).isCloseTo(500, within(0.1));
    // The clock of another loop may be behind.
    average.add(100, 5000);
    assertThat(average.micros()).isCloseTo(500, within(0.1));
    average.add(200, 500_000);
    assertThat(average.micros()).isCloseTo(200, within(0.1));
  }

  @Test
  void theLatencyIsThatOfConnectingAndOfTheFirstOctet() {
    Backend backend = new Backend("pool/b");
    assertThat(backend.latency()).isNaN();
    backend.answered(30, 0);
    assertThat(backend.latency()).isEqualTo(30);
    backend.connected(5, 0);
    assertThat(backend.latency()).isEqualTo(35);
    assertThat(backend.connectMicros()).isEqualTo(5);
    assertThat(backend.firstOctetMicros()).isEqualTo(30);
  }

  @Test
  void theQuickerOfTwoGetsAllUntilItIsFull() {
    Scene scene = measured(1000, 2500);
    Chooser chooser = scene.chooser(Settings.By.FASTEST);
    assertThat(scene.counts(chooser, 1000)).containsExactly(1000, 0);
    scene.backends.getFirst().enter(9);
    assertThat(scene.counts(chooser, 1000)).containsExactly(1000, 0);
    scene.backends.getFirst().enter(9);
    assertThat(scene.counts(chooser, 1000)).containsExactly(0, 1000);
  }

  @Test
  void connectionsCountForTheWeightThatCarriesThem() {
    Scene scene = new Scene(1, 1, 4);
    scene.backends.forEach(backend -> backend.connected(1000, 0));
    Chooser chooser = scene.chooser(Settings.By.FASTEST);
    for (int i = 0; i < 500; i++) {
      scene.choose(chooser, i).enter(Settings.Limits.NONE);
    }
    assertThat(scene.backends.getLast().open()).isBetween(398, 402);
  }

  @Test
  void oneThatWasNeverMeasuredGetsOneClientUntilItIs() {
    Scene scene = new Scene(2, 1, 1);
    scene.backends.getFirst().connected(500, 0);
    Chooser chooser = scene.chooser(Settings.By.FASTEST);
    assertThat(scene.counts(chooser, 1000)).containsExactly(999, 1);
    scene.backends.getLast().connected(100, 0);
    assertThat(scene.counts(chooser, 1000)).containsExactly(0, 1000);
  }

  @Test
  void oneThatWasSlowIsTriedAgainAfterAWhileAndRecovers() {
    Scene scene = measured(1000, 100_000);
    Chooser chooser = scene.chooser(Settings.By.FASTEST);
    Backend slow = scene.backends.getLast();
    scene.ask.now = Backend.STALE - 1;
    scene.backends.getFirst().connected(1000, scene.ask.now);
    assertThat(scene.counts(chooser, 1000)).containsExactly(1000, 0);
    int looks = 0;
    while (slow.latency() >= 1000) {
      scene.ask.now += Backend.STALE;
      scene.backends.getFirst().connected(1000, scene.ask.now);
      assertThat(scene.counts(chooser, 1000)).containsExactly(999, 1);
      slow.connected(10, scene.ask.now);
      looks++;
    }
    assertThat(looks).isEqualTo(4);
    assertThat(scene.counts(chooser, 1000)).containsExactly(0, 1000);
  }

  private static Scene measured(long first, long second) {
    Scene scene = new Scene(3, 1, 1);
    scene.backends.getFirst().connected(first, 0);
    scene.backends.getLast().connected(second, 0);
    return scene;
  }
}
