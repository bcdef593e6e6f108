package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.steering.Steering;
import dev.azimuth.zones.Zones;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WarmupTest {
  /** A clock that moves by 1 ms each time it is read. */
  private final AtomicLong clock = new AtomicLong();

  private long nanos() {
    return clock.addAndGet(1_000_000);
  }

  @Test
  void answersUntilTheTimeIsUp() {
    long answered =
        Warmup.run(Sample.picture(), Sample.steeredNames(), this::nanos, Duration.ofMillis(10));
    assertThat(answered).isGreaterThan(1_000);
    assertThat(clock.get()).isEqualTo(11_000_000);
  }

  @Test
  void anEmptyPictureIsWarmToo() {
    var empty = Sample.picture(1, new Zones(List.of()), Steering.none());
    assertThat(Warmup.run(empty, 0, this::nanos, Duration.ofMillis(5))).isPositive();
  }

  @Test
  void itsOwnZoneLoads() {
    assertThat(Warmup.synthetic(Sample.picture(), 3).zones().all()).hasSize(1);
  }
}
