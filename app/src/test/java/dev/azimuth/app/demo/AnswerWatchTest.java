package dev.azimuth.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class AnswerWatchTest {
  private final AnswerWatch watch = new AnswerWatch();

  @Test
  void aStateIsNewsOnceItHasSettled() {
    assertThat(watch.news(Map.of("a", 3, "b", 1))).isFalse();
    assertThat(watch.news(Map.of("a", 3, "b", 1))).isTrue();
    assertThat(watch.news(Map.of("a", 3, "b", 1))).isFalse();
  }

  @Test
  void aRoundInTheMiddleOfAChangeIsNoNews() {
    watch.news(Map.of("a", 4));
    watch.news(Map.of("a", 4));
    assertThat(watch.news(Map.of("a", 1, "b", 3))).isFalse();
    assertThat(watch.news(Map.of("b", 4))).isFalse();
    assertThat(watch.news(Map.of("b", 4))).isTrue();
  }

  @Test
  void goingBackIsNewsAgain() {
    watch.news(Map.of("a", 4));
    watch.news(Map.of("a", 4));
    watch.news(Map.of());
    assertThat(watch.news(Map.of())).isTrue();
    watch.news(Map.of("a", 4));
    assertThat(watch.news(Map.of("a", 4))).isTrue();
  }
}
