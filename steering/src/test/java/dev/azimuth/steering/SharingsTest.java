package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SharingsTest {
  private final Sharings sharings = new Sharings();

  private int[] of(int weight) {
    return sharings.of(List.of("eu", "us"), List.of(weight, 1_000));
  }

  @Test
  void theSamePoolsShareOneAndOnlySoManyAreKept() {
    int[] first = of(1);
    int[] second = of(2);
    assertThat(of(1)).isSameAs(first);
    for (int weight = 3; weight <= 257; weight++) {
      of(weight);
    }
    assertThat(of(1)).as("used since").isSameAs(first);
    assertThat(of(2)).as("256 others were").isNotSameAs(second).isEqualTo(second);
  }
}
