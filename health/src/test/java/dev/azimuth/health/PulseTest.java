package dev.azimuth.health;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PulseTest {
  private final Pulse pulse = new Pulse();

  @Test
  void beatsInTimeAreNoStall() {
    pulse.begin(1_000);
    for (long now = 1_050; now <= 5_000; now += 50) {
      assertThat(pulse.beat(now)).isZero();
    }

    assertThat(pulse.stalled(1_000, 5_040)).isFalse();
  }

  @Test
  void aBeatMayBeAHundredMillisecondsLateAndNoMore() {
    pulse.begin(1_000);
    pulse.beat(1_150);
    assertThat(pulse.stalled(1_000, 1_150)).isFalse();

    assertThat(pulse.beat(1_301)).as("what should have come at 1,200").isEqualTo(101);
    assertThat(pulse.stalled(1_000, 1_301)).isTrue();
  }

  @Test
  void aStallShowsBeforeTheBeatThatRecordsIt() {
    pulse.begin(1_000);

    assertThat(pulse.stalled(1_000, 4_000)).isTrue();
  }

  @Test
  void aProbeThatBeginsAfterTheStallIsNotTouchedByIt() {
    pulse.begin(1_000);
    pulse.beat(4_000);
    pulse.beat(4_050);

    assertThat(pulse.stalled(4_001, 4_060)).isFalse();
    assertThat(pulse.stalled(3_999, 4_060)).isTrue();
  }

  @Test
  void aPauseWithoutProbesIsNoStall() {
    pulse.begin(1_000);
    pulse.beat(1_050);
    pulse.begin(60_000);

    assertThat(pulse.stalled(60_000, 60_050)).isFalse();
  }
}
