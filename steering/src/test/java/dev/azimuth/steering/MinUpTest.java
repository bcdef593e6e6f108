package dev.azimuth.steering;

import static dev.azimuth.steering.Scene.b;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.State;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every form of {@code min_up}, at its edge. */
class MinUpTest {

  /** Three backends of weights 6, 3 and 1. */
  @ParameterizedTest(name = "{0} {1}, up {2}: serves {3}")
  @CsvSource({
    "share, 0.5, 110, true",
    "share, 0.5, 100, false",
    "share, 0.34, 100, false",
    "share, 0.333333333333, 100, true",
    "share, 0.666666666666666, 011, true",
    "share, 1, 111, true",
    "share, 1, 110, false",
    "share, 0.00001, 001, true",
    "share, 0.00001, 000, false",
    "weight, 0.6, 100, true",
    "weight, 0.61, 100, false",
    "weight, 0.4, 011, true",
    "weight, 0.41, 011, false",
    "weight, 1, 111, true",
    "weight, 1, 110, false",
    "weight, 0.1, 001, true",
    "weight, 0.00001, 000, false",
    "count, 1, 001, true",
    "count, 2, 001, false",
    "count, 2, 101, true",
    "count, 3, 111, true",
    "count, 3, 110, false",
    "count, 1, 000, false",
  })
  void isReachedAtItsEdge(String form, double least, String up, boolean serves) {
    MinUp minUp =
        switch (form) {
          case "share" -> new MinUp.Share(least);
          case "weight" -> new MinUp.Weight(least);
          default -> new MinUp.Count((int) least);
        };
    Scene scene = new Scene();
    scene
        .pool(
            "eu",
            minUp,
            new FailbackHold.For(Duration.ZERO),
            BelowMinUp.SERVE_USABLE,
            null,
            b("a", 6, "192.0.2.1"),
            b("b", 3, "192.0.2.2"),
            b("c", 1, "192.0.2.3"))
        .pool("us", b("iad1", "198.51.100.1"))
        .name("www.example.com.", null, 0, 1);
    for (int i = 0; i < 3; i++) {
      scene.set(up.charAt(i) == '1' ? State.UP : State.DOWN, "192.0.2." + (i + 1));
    }
    assertThat(scene.bind().poolStandings().getFirst().serves()).isEqualTo(serves);
    assertThat(scene.ask().reason()).isEqualTo(serves ? Reason.RULE : Reason.FAILOVER);
  }
}
