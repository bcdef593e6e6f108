package dev.azimuth.app.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "500ms,PT0.5S",
    "10s,PT10S",
    "5m,PT5M",
    "1h,PT1H",
    "7d,PT168H",
    "31536000000ms,PT8760H"
  })
  void readsWhatOperatorsWrite(String text, Duration duration) {
    assertThat(Durations.parse(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "10", "s", "-1s", "1.5h", "0s", "366d", "99999999999d", "10 s", "１s", "1S"})
  void refusesTheRest(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Durations.parse(text));
  }

  @Test
  void saysTwoUnitsAtMost() {
    assertThat(Durations.words(Duration.ofSeconds(59))).isEqualTo("59s");
    assertThat(Durations.words(Duration.ofSeconds(200))).isEqualTo("3m 20s");
    assertThat(Durations.words(Duration.ofHours(52))).isEqualTo("2d 4h");
    assertThat(Durations.words(Duration.ofSeconds(-5))).isEqualTo("0s");
  }
}
