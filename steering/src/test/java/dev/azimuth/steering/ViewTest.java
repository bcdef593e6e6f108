package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.State;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ViewTest {
  private static final long INSIDE = 0x0a000001L;
  private static final long OUTSIDE = 0xc6336401L;

  private final Scene scene = new Scene();

  ViewTest() {
    scene.views.add(new View("inside", List.of(new Cidr(true, 0, 0x0a000000L, 8))));
    scene.views.add(new View("all of ten and eleven", List.of(new Cidr(true, 0, 0x0a000000L, 7))));
    scene.pool(
        "eu",
        Scene.b("a", "192.0.2.1", "2001:db8::1"),
        Scene.b("b", "192.0.2.2"),
        Scene.b("c", "2001:db8::3"));
    inside("a", "10.0.0.1");
    inside("c", "10.0.0.3", "fd00::3");
    scene.pick = new Pick(Pick.By.ALL, 16);
    scene.name("www.", new AllDown.NoData(), 0);
  }

  private void inside(String backend, String... addresses) {
    Pool pool = scene.pools.removeLast();
    scene.pools.add(
        new Pool(
            pool.name(),
            pool.backends().stream()
                .map(
                    b ->
                        b.name().equals(backend)
                            ? new Backend(
                                b.name(),
                                b.number(),
                                b.slot(),
                                b.weight(),
                                b.standby(),
                                b.endpoints(),
                                Map.of(0, Stream.of(addresses).map(Scene::address).toList()),
                                b.group())
                            : b)
                .toList(),
            pool.minUp(),
            pool.failbackHold(),
            pool.belowMinUp(),
            pool.allDown(),
            pool.slowStart(),
            pool.maxEject(),
            pool.measured(),
            pool.nearness()));
  }

  private List<String> ask(long source, Family family) {
    Scene.Asking asking = new Scene.Asking(scene.bind());
    asking.asker.sourceLow = source;
    return asking.ask(0, family).addresses();
  }

  private static List<String> addresses(String... texts) {
    return Stream.of(texts).map(t -> InetAddress.ofLiteral(t).getHostAddress()).toList();
  }

  @Test
  void resolversOfAViewAreGivenItsAddresses() {
    assertThat(ask(OUTSIDE, Family.V4)).isEqualTo(addresses("192.0.2.1", "192.0.2.2"));
    assertThat(ask(INSIDE, Family.V4)).isEqualTo(addresses("10.0.0.1", "192.0.2.2", "10.0.0.3"));
  }

  @Test
  void theAddressesOfAViewStandInPlaceOfBothFamilies() {
    assertThat(ask(OUTSIDE, Family.V6)).isEqualTo(addresses("2001:db8::1", "2001:db8::3"));
    assertThat(ask(INSIDE, Family.V6)).isEqualTo(addresses("fd00::3"));
  }

  @Test
  void theDefaultAddressSaysWhetherTheBackendIsUp() {
    scene.set(State.DOWN, "192.0.2.1");
    assertThat(ask(INSIDE, Family.V4)).isEqualTo(addresses("192.0.2.2", "10.0.0.3"));
  }

  @Test
  void aClientSubnetPutsNobodyInAView() {
    Scene.Asking asking = new Scene.Asking(scene.bind());
    asking.asker.sourceLow = OUTSIDE;
    asking.asker.subnet = true;
    asking.asker.subnetV4 = true;
    asking.asker.subnetLow = 0x0a000000L;
    asking.asker.subnetLength = 24;
    Scene.Answer answer = asking.ask(0, Family.V4);
    assertThat(answer.addresses()).isEqualTo(addresses("192.0.2.1", "192.0.2.2"));
    assertThat(answer.scope()).isZero();
  }

  @Test
  void aRuleMayAskForAViewAndTheFirstViewWithTheResolverIsItsView() {
    scene.pool("other", Scene.b("o", "203.0.113.9"));
    scene.names.clear();
    Rule second =
        new Rule(
            "second", new Condition(List.of(), List.of(), List.of(1)), To.pools(1), false, null);
    Rule rest = new Rule("rest", Condition.ALL, To.pools(0), false, null);
    scene.names.add(
        new SteeredName(
            "www.",
            List.of(second, rest),
            scene.pick,
            scene.ttl,
            null,
            AllDown.ofZone(new AllDown.NoData())));
    assertThat(ask(0x0b000001L, Family.V4)).as("11/8").isEqualTo(addresses("203.0.113.9"));
    assertThat(ask(INSIDE, Family.V4)).as("10/8 is inside").hasSize(3);
    assertThat(ask(OUTSIDE, Family.V4)).hasSize(2);
  }

  @Test
  void explainShowsTheAddressesThatAreGiven() {
    Asker asker = new Asker();
    asker.sourceV4 = true;
    asker.sourceLow = INSIDE;
    Explanation why = Explainer.explain(scene.bind(), 0, Family.V4, asker, "", List.of(), 60);
    assertThat(why.backends())
        .extracting(Explanation.BackendOdds::addresses)
        .containsExactly(List.of("10.0.0.1"), List.of("192.0.2.2"), List.of("10.0.0.3"));
    assertThat(why.backends()).extracting(Explanation.BackendOdds::state).containsOnly("UP");
  }
}
