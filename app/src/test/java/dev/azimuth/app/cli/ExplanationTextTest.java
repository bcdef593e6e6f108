package dev.azimuth.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.steering.Explanation;
import dev.azimuth.steering.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExplanationTextTest {
  @Test
  void anAnswerThatTheZoneTimesShowsNoNumber() {
    var explanation =
        new Explanation(
            "www.example.com.",
            "AAAA",
            "192.0.2.1",
            "www.rules[0]",
            List.of(),
            "eu",
            Reason.NO_FAMILY,
            "nodata",
            List.of(),
            Integer.MAX_VALUE,
            "the pool has no address of the family",
            0);
    assertThat(ExplanationText.of(explanation, Ink.PLAIN))
        .containsPattern(
            "(?m)^TTL +the zone's negative TTL: the pool has no address of the family$")
        .doesNotContain("2147483647");
  }
}
