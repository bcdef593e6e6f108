package dev.azimuth.steering;

import static dev.azimuth.steering.Scene.b;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.State;
import org.junit.jupiter.api.Test;

class LifetimeTest {
  @Test
  void theReturnOfABackendBoundsNothingWhileOthersOfItsKindServe() {
    Scene scene = new Scene();
    scene.ttl = new TtlRange(1, 300);
    scene
        .pool("eu", b("fra1", "192.0.2.1"), b("fra2", "192.0.2.2"), Scene.spare("c", "192.0.2.9"))
        .name("www.example.com.", null, 0)
        .set(State.DOWN, "192.0.2.2");
    assertThat(scene.ask().addresses()).containsExactly("192.0.2.1");
    assertThat(scene.ask().ttl()).as("fall × every of fra1").isEqualTo(30);
  }

  @Test
  void whatDecidesThePoolBoundsTheAnswerOfTheOtherFamilyToo() {
    Scene scene = new Scene();
    scene.ttl = new TtlRange(1, 300);
    scene.pool("eu", b("fra1", "192.0.2.1", "2001:db8::1")).name("www.example.com.", null, 0);
    assertThat(scene.ask(Family.V6).ttl()).isEqualTo(30);
    scene.failing("192.0.2.1");
    assertThat(scene.ask(Family.V4).ttl()).isEqualTo(1);
    assertThat(scene.ask(Family.V6).ttl()).as("IPv4 decides for both").isEqualTo(1);
    scene.set(State.UP, "192.0.2.1").failing("2001:db8::1");
    assertThat(scene.ask(Family.V4).ttl()).isEqualTo(30);
    assertThat(scene.ask(Family.V6).ttl()).isEqualTo(1);
  }
}
