package dev.azimuth.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  @Test
  void everyQuantileIsAtMostAThirtySecondTooLong() {
    var random = new SplittableRandom(7);
    var latencies = new Latencies();
    long[] values = new long[10_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextLong() >>> random.nextInt(1, 64);
      latencies.record(values[i]);
    }
    Arrays.sort(values);
    for (double part : new double[] {0.0001, 0.1, 0.5, 0.99, 0.999, 1}) {
      long exact = values[(int) Math.ceil(part * values.length) - 1];
      assertThat(latencies.quantile(part))
          .isBetween(exact, exact + Math.min(exact / 32, Long.MAX_VALUE - exact));
    }
    assertThat(latencies.max()).isEqualTo(values[values.length - 1]);
    assertThat(latencies.count()).isEqualTo(values.length);
  }

  @Test
  void nothingRecordedIsZero() {
    assertThat(new Latencies().quantile(0.99)).isZero();
  }
}
