package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RehearsalTest {
  @Test
  void answersChangeWithOnePoolAndWithAllUntilTheTimeIsUp() {
    AtomicLong clock = new AtomicLong(); // moves by 1 ms each time it is read
    long changed = Rehearsal.run(() -> clock.addAndGet(1_000_000), Duration.ofMillis(3));
    assertThat(changed).as("one down and up, all down and up, twice").isEqualTo(4 + 4 * 64);
    assertThat(clock.get()).isEqualTo(4_000_000);
  }
}
