package dev.azimuth.app.host;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateLockTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  private @TempDir Path folder;

  @Test
  void theSecondIsToldWhoHasIt() throws Exception {
    try (StateLock _ = StateLock.take(folder, 4711, NOW)) {
      assertThatThrownBy(() -> StateLock.take(folder, 4712, NOW))
          .isInstanceOf(StateLock.Held.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining("pid 4711, started 2026-11-21T10:00:00Z");
    }
  }

  @Test
  void closingItTwiceDoesNoHarm() throws Exception {
    StateLock lock = StateLock.take(folder, 1, NOW);
    lock.close();
    try (StateLock _ = StateLock.take(folder, 2, NOW)) {
      lock.close();
      assertThatThrownBy(() -> StateLock.take(folder, 3, NOW)).isInstanceOf(StateLock.Held.class);
    }
  }

  @Test
  void aReleasedOneCanBeTakenAgain() throws Exception {
    StateLock.take(folder, 1_000_000, NOW).close();
    try (StateLock _ = StateLock.take(folder, 2, NOW)) {
      assertThatThrownBy(() -> StateLock.take(folder, 3, NOW)).hasMessageContaining("(pid 2, ");
    }
  }
}
