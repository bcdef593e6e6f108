package dev.azimuth.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NearestTest {
  @Test
  void distancesCountSwapsAsOne() {
    assertThat(Nearest.distance("", "")).isZero();
    assertThat(Nearest.distance("eu", "")).isEqualTo(2);
    assertThat(Nearest.distance("wieght", "weight")).isEqualTo(1);
    assertThat(Nearest.distance("listn", "listen")).isEqualTo(1);
    assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
  }

  @Test
  void distanceIsSymmetricAndZeroOnlyForEqualWords() {
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      String a = word(random);
      String b = word(random);
      assertThat(Nearest.distance(a, b)).isEqualTo(Nearest.distance(b, a));
      assertThat(Nearest.distance(a, b) == 0).isEqualTo(a.equals(b));
    }
  }

  private static String word(Random random) {
    StringBuilder word = new StringBuilder();
    int length = random.nextInt(6);
    for (int i = 0; i < length; i++) {
      word.append((char) ('a' + random.nextInt(3)));
    }
    return word.toString();
  }

  @Test
  void onlyNearWordsAreSuggested() {
    List<String> known = List.of("backends", "check", "min_up");
    assertThat(Nearest.hint("backend", known)).isEqualTo("did you mean \"backends\"?");
    assertThat(Nearest.hint("chekc", known)).isEqualTo("did you mean \"check\"?");
    assertThat(Nearest.hint("something", known)).isNull();
    assertThat(Nearest.hint("x", List.of("y"))).isNull();
    assertThat(Nearest.hint("b".repeat(100), List.of("b".repeat(99)))).isNull();
  }
}
