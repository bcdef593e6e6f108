package dev.azimuth.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyTest {
  private static final Timing TIMING = Samples.timing(10_000, 1_000, 2_000, 2, 3);

  /** What a level stands for, in microseconds. */
  private static double micros(int level) {
    return Math.pow(Latency.STEP, level);
  }

  @Test
  void theFirstProbeIsTheLevel() {
    Latency first = Latency.NONE.after(1000, 5);
    assertThat(micros(first.level())).isBetween(1000 / 1.05, 1000 * 1.05);
    assertThat(first.meanMicros()).isEqualTo(1000);
  }

  @Test
  void aLevelChangesByOneStepAProbeAtMost() {
    Random random = new Random(20261121);
    Latency latency = Latency.NONE;
    long now = 0;
    for (int i = 0; i < 10_000; i++) {
      now += random.nextInt(100_000);
      Latency next = latency.after((long) Math.pow(10, random.nextDouble(7)), now);
      if (latency.level() > 0) {
        assertThat(Math.abs(next.level() - latency.level())).isLessThanOrEqualTo(1);
      }
      assertThat(next.level()).isPositive();
      latency = next;
    }
  }

  @Test
  void theMeanForgetsWithATimeConstantOfAMinute() {
    for (long every : new long[] {100, 1_000, 10_000, 60_000}) {
      Latency latency = Latency.NONE.after(1000, 0);
      for (long now = every; now <= 60_000; now += every) {
        latency = latency.after(2000, now);
      }
      // However often it is probed, 1 - 1/e of the change is there after 60 s.
      assertThat(latency.meanMicros()).isBetween(1631.0, 1633.0);
    }
  }

  @Test
  void aSteadyLatencyComesToItsLevelAndStays() {
    Latency latency = Latency.NONE.after(100_000, 0);
    int changes = 0;
    for (long now = 10_000; now < 3_600_000; now += 10_000) {
      Latency next = latency.after(1000, now);
      changes += next.level() == latency.level() ? 0 : 1;
      latency = next;
    }
    assertThat(micros(latency.level())).isBetween(1000 / 1.1, 1000 * 1.1);
    assertThat(changes).isBetween(46, 48);
  }

  @Test
  void noiseOfHalfALevelChangesNothing() {
    Random random = new Random(7);
    Latency latency = Latency.NONE.after(10_000, 0);
    int level = latency.level();
    for (long now = 10_000; now < 3_600_000; now += 10_000) {
      latency = latency.after(Math.round(10_000 * (0.95 + 0.1 * random.nextDouble())), now);
      assertThat(latency.level()).isEqualTo(level);
    }
  }

  private static ProbeResult result(ProbeResult.Code code, long started, long micros) {
    return new ProbeResult(code, "", started, micros);
  }

  @Test
  void onlySuccessfulProbesCount() {
    TargetHealth health =
        TargetHealth.unknown(0).after(result(ProbeResult.Code.L7OK, 10, 1000), TIMING);
    assertThat(health.latency().meanMicros()).isEqualTo(1000);
    TargetHealth failed = health.after(result(ProbeResult.Code.L7TOUT, 20_000, 2_000_000), TIMING);
    assertThat(failed.latency()).isEqualTo(health.latency());
    TargetHealth later = failed.after(result(ProbeResult.Code.L7OK, 40_000, 500), TIMING);
    assertThat(later.latency().meanMicros()).isLessThan(1000);
    assertThat(later.latency().at()).isEqualTo(40_000);
  }

  /**
   * Two backends that share the load in proportion to 1 / latency, each slower the more it gets.
   * After twenty minutes the shares move by one step of each at most, and seldom.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void sharesByLatencyDoNotOscillateWhereLatencyDependsOnTheLoad(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      double[] base = {1000 * Math.pow(10, 2 * random.nextDouble()), 0};
      base[1] = base[0] * Math.pow(10, random.nextDouble() - 0.5);
      double load = 0.2 + 0.7 * random.nextDouble();
      // A queue whose waiting time grows beyond all bounds as the load nears its capacity.
      DoubleUnaryOperator slower = share -> 1 / (1 - Math.min(0.98, load * share));
      long every = 1_000L + random.nextInt(30_000);
      double noise = random.nextDouble() * 0.1;
      double[] shares = settled(random, base, slower, every, noise);
      double lowest = Arrays.stream(shares).min().orElseThrow();
      double highest = Arrays.stream(shares).max().orElseThrow();
      assertThat(highest - lowest).as("seed %d round %d", seed, round).isLessThan(0.05);
      long moves =
          IntStream.range(1, shares.length).filter(i -> shares[i] != shares[i - 1]).count();
      assertThat(moves).isLessThanOrEqualTo(1 + shares.length / 10);
    }
  }

  /** The first one's share at each probe of the last 40 minutes of an hour. */
  private static double[] settled(
      Random random, double[] base, DoubleUnaryOperator slower, long every, double noise) {
    Latency[] latency = {Latency.NONE, Latency.NONE};
    double share = 0.5;
    int probes = (int) (3_600_000 / every);
    double[] shares = new double[probes];
    for (int probe = 0; probe < probes; probe++) {
      for (int i = 0; i < 2; i++) {
        double of = i == 0 ? share : 1 - share;
        double noisy = 1 + noise * (2 * random.nextDouble() - 1);
        latency[i] =
            latency[i].after(Math.round(base[i] * slower.applyAsDouble(of) * noisy), probe * every);
      }
      share = 1 / (1 + Math.pow(Latency.STEP, latency[0].level() - latency[1].level()));
      shares[probe] = share;
    }
    return Arrays.copyOfRange(shares, probes / 3, probes);
  }
}
