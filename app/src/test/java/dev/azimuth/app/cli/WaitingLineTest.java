package dev.azimuth.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WaitingLineTest {
  private final StringWriter err = new StringWriter();

  private Terminal terminal(boolean watched) {
    return new Terminal(
        new PrintWriter(new StringWriter()), new PrintWriter(err), Ink.PLAIN, 80, watched);
  }

  @Test
  void whoWaitsIsToldAndTheLineIsTakenAway() {
    try (var _ = new WaitingLine(terminal(true), Duration.ofMillis(1))) {
      long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      while (!err.toString().contains("at work") && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    }
    assertThat(err.toString()).isEqualTo("the node is at work on it …\r\u001b[K");
  }

  @Test
  void aQuickAnswerNeedsNoLine() {
    new WaitingLine(terminal(true), Duration.ofHours(1)).close();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void whereNobodyWatchesNothingIsSaid() {
    new WaitingLine(terminal(false), Duration.ZERO).close();
    assertThat(err.toString()).isEmpty();
  }
}
