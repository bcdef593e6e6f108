package dev.azimuth.steering;

import static dev.azimuth.steering.Scene.b;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.Forced;
import dev.azimuth.health.State;
import org.junit.jupiter.api.Test;

/** When all is down, A and AAAA still come from one pool: the deciding family says which. */
class AllDownFamiliesTest {

  /** The pool us alone has an IPv6 backend that its IPv4 part does not have. */
  private static Scene scene(AllDown form) {
    Scene scene = new Scene();
    scene.pick = new Pick(Pick.By.ALL, 64);
    return scene
        .pool("eu", b("fra1", "192.0.2.1", "2001:db8:1::1"), b("fra2", "2001:db8:1::2"))
        .pool("us", b("iad1", "198.51.100.1", "2001:db8:2::1"), b("iad2", "2001:db8:2::2"))
        .name("www.example.com.", form, 0, 1);
  }

  private static void allDown(Scene scene) {
    scene.set(
        State.DOWN,
        "192.0.2.1",
        "2001:db8:1::1",
        "2001:db8:1::2",
        "198.51.100.1",
        "2001:db8:2::1",
        "2001:db8:2::2");
  }

  @Test
  void serveAllGivesAaaaOfThePoolThatHasAnIpv4BackendLeft() {
    Scene scene = scene(new AllDown.ServeAll());
    scene.bind();
    allDown(scene);
    scene.force(Forced.DRAIN, "eu/fra1");
    assertThat(scene.ask(Family.V4).addresses()).containsExactly("198.51.100.1");
    assertThat(scene.ask(Family.V6).addresses())
        .as("not fra2, though it is left in the first pool")
        .containsExactly("2001:db8:2:0:0:0:0:1", "2001:db8:2:0:0:0:0:2");
  }

  @Test
  void lastGoodGivesAaaaOfThePoolWhoseIpv4BackendIsLeft() {
    Scene scene = scene(new AllDown.LastGood());
    scene.bind();
    allDown(scene);
    assertThat(scene.ask(Family.V4).addresses()).containsExactly("192.0.2.1");
    assertThat(scene.ask(Family.V6).addresses())
        .as("what served last in both families")
        .containsExactly("2001:db8:1:0:0:0:0:1", "2001:db8:1:0:0:0:0:2");
    scene.force(Forced.DRAIN, "eu/fra1");
    assertThat(scene.ask(Family.V4).addresses())
        .as("nothing of what served last is left by IPv4: serve_all")
        .containsExactly("198.51.100.1");
    assertThat(scene.ask(Family.V6).addresses())
        .containsExactly("2001:db8:2:0:0:0:0:1", "2001:db8:2:0:0:0:0:2");
  }

  @Test
  void lastGoodIsJudgedByIpv6WhereNoPoolHasIpv4() {
    Scene scene = new Scene();
    scene.pick = new Pick(Pick.By.ALL, 64);
    scene
        .pool("eu", b("fra1", "2001:db8:1::1"), b("fra2", "2001:db8:1::2"))
        .name("www.example.com.", new AllDown.LastGood(), 0);
    scene.bind();
    scene.set(State.DOWN, "2001:db8:1::1").bind();
    scene.set(State.DOWN, "2001:db8:1::2").bind();
    assertThat(scene.ask(Family.V6).addresses()).containsExactly("2001:db8:1:0:0:0:0:2");
    assertThat(scene.ask(Family.V6).reason()).isEqualTo(Reason.ALL_DOWN);
  }
}
