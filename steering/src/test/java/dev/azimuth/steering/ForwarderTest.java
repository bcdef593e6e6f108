package dev.azimuth.steering;

import static dev.azimuth.steering.Scene.b;
import static dev.azimuth.steering.Scene.spare;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.Forced;
import dev.azimuth.health.State;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ForwarderTest {
  private static final AllDown ALL = new AllDown.ServeAll();

  private static Scene twoSites() {
    Scene scene =
        new Scene()
            .pool("eu", b("a", 3, "192.0.2.1"), b("b", "192.0.2.2"))
            .pool("us", b("c", "198.51.100.1"));
    scene.forwards.add(new Forward(List.of(0, 1), 0, ALL));
    return scene;
  }

  private static Forwarding forwarding(Scene scene) {
    return scene.bind().forwardings().getFirst();
  }

  /** Backends with their weights. */
  private static String given(Forwarding forwarding) {
    return words(forwarding.given());
  }

  private static String words(List<Forwarding.Given> given) {
    return given.stream()
        .map(each -> each.pool() + "/" + each.backend().name() + "*" + each.weight())
        .collect(Collectors.joining(" "));
  }

  @Test
  void theFirstPoolThatServesIsGivenWithItsWeights() {
    Forwarding forwarding = forwarding(twoSites());

    assertThat(given(forwarding)).isEqualTo("eu/a*3 eu/b*1");
    assertThat(forwarding.reason()).isEqualTo(Reason.RULE);
    assertThat(forwarding.serving()).isZero();
  }

  @Test
  void clientsOfAPoolThatHasNothingAreRescuedByTheNextOne() {
    Scene scene = twoSites().set(State.DOWN, "192.0.2.1", "192.0.2.2");
    Forwarding forwarding = forwarding(scene);

    assertThat(given(forwarding)).isEqualTo("us/c*1");
    assertThat(forwarding.reason()).isEqualTo(Reason.FAILOVER);
    assertThat(forwarding.serving()).isEqualTo(1);
  }

  @Test
  void whatIsUsableBehindThePoolThatServesComesNextInOrder() {
    Scene scene =
        twoSites()
            .pool("ap", b("d", "203.0.113.1"), b("e", 2, "203.0.113.2"))
            .pool("sa", b("f", "203.0.113.9"));
    scene.forwards.set(0, new Forward(List.of(0, 1, 2, 3), 0, ALL));
    scene.set(State.DOWN, "198.51.100.1", "203.0.113.1");

    assertThat(forwarding(scene).next())
        .extracting(next -> next.place() + " " + words(next.given()))
        .containsExactly("2 ap/e*1", "3 sa/f*1");
    scene.force(Forced.DRAIN, "sa/f").set(State.UP, "198.51.100.1", "203.0.113.1");
    assertThat(forwarding(scene).next())
        .extracting(next -> next.place() + " " + words(next.given()))
        .containsExactly("1 us/c*1", "2 ap/d*1 ap/e*2");
    scene.set(State.DOWN, "192.0.2.1", "192.0.2.2");
    assertThat(forwarding(scene).serving()).as("us is on hold").isEqualTo(2);
    assertThat(forwarding(scene).next()).isEmpty();
  }

  @Test
  void whenAllIsDownNothingComesNext() {
    Scene scene = twoSites().set(State.DOWN, "192.0.2.1", "192.0.2.2", "198.51.100.1");

    assertThat(forwarding(scene).next()).isEmpty();
  }

  @Test
  void aPoolThatRecoversIsOnHoldThoughNoNameLeadsToIt() {
    Scene scene = twoSites().set(State.DOWN, "192.0.2.1", "192.0.2.2");
    forwarding(scene);
    scene.now += 10_000;
    scene.set(State.UP, "192.0.2.1", "192.0.2.2");

    assertThat(forwarding(scene).reason()).isEqualTo(Reason.HELD);
    scene.now += 60_000;
    assertThat(given(forwarding(scene))).isEqualTo("eu/a*3 eu/b*1");
  }

  @Test
  void drainedBackendsAreNeverGiven() {
    Scene scene = twoSites().force(Forced.DRAIN, "eu/a");

    assertThat(given(forwarding(scene))).isEqualTo("eu/b*1");
    scene.force(Forced.DRAIN, "eu/b");
    assertThat(forwarding(scene).reason()).isEqualTo(Reason.FORCED);
    scene.force(Forced.DRAIN, "us/c");
    assertThat(forwarding(scene).given()).isEmpty();
    assertThat(forwarding(scene).serving()).isEqualTo(-1);
  }

  @Test
  void whenAllIsDownTheFormDecidesWhetherAllAreGiven() {
    Scene scene = twoSites();
    scene.forwards.add(new Forward(List.of(0, 1), 0, new AllDown.ServFail()));
    scene.set(State.DOWN, "192.0.2.1", "192.0.2.2", "198.51.100.1");
    List<Forwarding> both = scene.bind().forwardings();

    assertThat(given(both.getFirst())).isEqualTo("eu/a*3 eu/b*1");
    assertThat(both.getFirst().reason()).isEqualTo(Reason.ALL_DOWN);
    assertThat(both.getLast().given()).isEmpty();
  }

  @Test
  void belowThePanicShareAllOfThePoolAreGiven() {
    Scene scene =
        new Scene()
            .pool("eu", b("a", "192.0.2.1"), b("b", "192.0.2.2"), b("c", "192.0.2.3"))
            .pool("us", b("d", "198.51.100.1"));
    scene.forwards.add(new Forward(List.of(0), 0.4, ALL));
    scene.set(State.DOWN, "192.0.2.1");

    assertThat(given(forwarding(scene))).isEqualTo("eu/b*1 eu/c*1");
    scene.set(State.DOWN, "192.0.2.2");
    assertThat(given(forwarding(scene))).isEqualTo("eu/a*1 eu/b*1 eu/c*1");
  }

  @Test
  void aBackendOfBothFamiliesIsOneWithBothAddresses() {
    Scene scene =
        new Scene().pool("eu", b("a", "192.0.2.1", "2001:db8::1"), b("six", "2001:db8::2"));
    scene.forwards.add(new Forward(List.of(0), 0, ALL));
    Forwarding forwarding = forwarding(scene);

    assertThat(given(forwarding)).isEqualTo("eu/a*1 eu/six*1");
    assertThat(forwarding.given().getFirst().addresses()).hasSize(2);
    scene.set(State.DOWN, "192.0.2.1");
    assertThat(given(forwarding(scene))).contains("eu/a*1").contains("eu/six*1");
  }

  @Test
  void aStandbyIsGivenWhenNoOrdinaryBackendIsUsable() {
    Scene scene = new Scene().pool("eu", b("a", "192.0.2.1"), spare("z", "192.0.2.9"));
    scene.forwards.add(new Forward(List.of(0), 0, ALL));
    scene.set(State.DOWN, "192.0.2.1");

    assertThat(given(forwarding(scene))).isEqualTo("eu/z*1");
    assertThat(forwarding(scene).reason()).isEqualTo(Reason.STANDBY);
  }

  @Test
  void whatRisesInOneFamilyIsWeighedRightlyAgainstTheOther() {
    Scene scene = new Scene();
    scene.slowStart = Duration.ofSeconds(100);
    scene.pool("eu", b("a", "192.0.2.1"), b("b", "192.0.2.2"), b("six", "2001:db8::2"));
    scene.forwards.add(new Forward(List.of(0), 0, ALL));
    scene.set(State.DOWN, "192.0.2.1");
    forwarding(scene);
    scene.now += 1_000;
    scene.set(State.UP, "192.0.2.1");

    assertThat(given(forwarding(scene))).isEqualTo("eu/a*1 eu/b*10 eu/six*10");
  }

  @Test
  void whatIsGivenOnlyBecauseNothingIsUsableIsNotUsable() {
    Scene scene = twoSites().set(State.DOWN, "192.0.2.1");

    assertThat(forwarding(scene).usable()).isTrue();
    scene.set(State.DOWN, "192.0.2.2", "198.51.100.1");
    assertThat(forwarding(scene).given()).isNotEmpty();
    assertThat(forwarding(scene).usable()).isFalse();
  }

  @Test
  void whatBindingWillSayIsKnownBefore() {
    Scene scene = twoSites();
    scene.name("www", null, 1, 0);
    forwarding(scene);
    Random random = new Random(17);
    for (int step = 0; step < 200; step++) {
      scene.now += random.nextInt(30_000);
      String address = List.of("192.0.2.1", "192.0.2.2", "198.51.100.1").get(random.nextInt(3));
      scene.set(random.nextBoolean() ? State.UP : State.DOWN, address);
      Forwarding before = scene.foreseen(0);
      assertThat(before).as("step %d", step).isEqualTo(forwarding(scene));
    }
  }

  @Test
  void whatDidNotChangeIsTheSameObject() {
    Scene scene = twoSites().pool("ap", b("d", "203.0.113.1"));
    scene.name("www", null, 0);
    Forwarding before = forwarding(scene);
    scene.set(State.DOWN, "203.0.113.1");

    assertThat(forwarding(scene)).isSameAs(before);
  }
}
