package dev.azimuth.steering;

import static dev.azimuth.steering.Scene.b;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.azimuth.health.Forced;
import dev.azimuth.health.State;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ExplainerTest {

  @Test
  void saysWhichPoolsWerePassedOverWhoServesAndWithWhatOdds() {
    Scene scene =
        new Scene()
            .pool("eu", b("fra1", "192.0.2.1"), b("fra2", "192.0.2.2"))
            .pool(
                "us",
                b("iad1", 3, "198.51.100.1"),
                b("iad2", "198.51.100.2"),
                b("iad3", "198.51.100.3"))
            .name("www.example.com.", null, 0, 1)
            .set(State.DOWN, "192.0.2.1", "192.0.2.2", "198.51.100.3")
            .force(Forced.DOWN, "us/iad2");
    scene.force(null, "us/iad2");
    Explanation why =
        Explainer.explain(
            scene.bind(), 0, Family.V4, new Asker(), "192.0.2.53 (source address)", List.of(), 30);

    assertThat(why.pool()).isEqualTo("us");
    assertThat(why.reason()).isEqualTo(Reason.FAILOVER);
    assertThat(why.pools()).hasSize(2);
    assertThat(why.pools().getFirst().verdict()).isEqualTo("no backend usable by IPv4");
    assertThat(why.pools().get(1).serves()).isTrue();
    assertThat(why.backends())
        .extracting(Explanation.BackendOdds::odds)
        .containsExactly(0.75, 0.25, 0.0);
    assertThat(why.backends().get(2).note()).isEqualTo("its check fails");
    assertThat(why.ttl()).isEqualTo(15);
    assertThat(why.ttlReason()).isEqualTo("a backend of eu may come back");
  }

  @Test
  void tellsOfFewBackendsHowManyOthersThereAre() {
    Scene scene =
        new Scene()
            .pool("eu", b("a", "192.0.2.1"), b("b", "192.0.2.2"), b("c", "192.0.2.3"))
            .name("www.example.com.", null, 0);
    Bound bound = scene.bind();
    Asker asker = new Asker();
    Explanation few = Explainer.explain(bound, 0, Family.V4, asker, "", List.of(), 30, 2);
    Explanation all = Explainer.explain(bound, 0, Family.V4, asker, "", List.of(), 30);
    assertThat(few.backends()).isEqualTo(all.backends().subList(0, 2));
    assertThat(few.others()).isEqualTo(1);
    assertThat(all.others()).isZero();
  }

  /** Far from the limit on any machine, unless each backend is looked for among all of them. */
  @Test
  @Timeout(20)
  void explainingVeryManyBackendsTakesOneLookAtEach() {
    Scene.B[] backends = new Scene.B[20_000];
    Arrays.setAll(backends, i -> b("b" + i, "10.%d.%d.1".formatted(i / 256, i % 256)));
    for (Pick.By by : List.of(Pick.By.WEIGHTED, Pick.By.STICKY)) {
      Scene scene = new Scene();
      scene.pick = new Pick(by, 1);
      Bound bound = scene.pool("eu", backends).name("www.example.com.", null, 0).bind();
      for (int i = 0; i < 3; i++) {
        Explanation why = Explainer.explain(bound, 0, Family.V4, new Asker(), "", List.of(), 30);
        assertThat(why.backends().stream().mapToDouble(Explanation.BackendOdds::odds).sum())
            .isCloseTo(1, within(1e-9));
      }
    }
  }

  private static Explanation.WhenDown whenDown(Scene scene, Family family) {
    return Explainer.explain(scene.bind(), 0, family, new Asker(), "", List.of(), 30).allDown();
  }

  @Test
  void whenAllIsDownTheFormIsToldAndWhoSaysItAndWhatItComesTo() {
    for (Basis basis : List.of(new Basis.Live(), new Basis.Frozen(Long.MAX_VALUE))) {
      Scene scene =
          new Scene()
              .pool("eu", b("fra1", "192.0.2.1"))
              .name("www.example.com.", Scene.fixed("192.0.2.200", null), 0);
      scene.basis = basis;
      assertThat(whenDown(scene, Family.V4)).isNull();
      scene.set(State.DOWN, "192.0.2.1");
      assertThat(whenDown(scene, Family.V4))
          .isEqualTo(new Explanation.WhenDown("address", "the name", "192.0.2.200"));
      assertThat(whenDown(scene, Family.V6))
          .isEqualTo(
              new Explanation.WhenDown(
                  "address", "the name", "no records: it has no IPv6 address"));
    }
  }

  @Test
  void aFenceIsToldToKeepTheAddressBack() {
    Scene scene =
        new Scene()
            .pool("eu", b("fra1", "192.0.2.1"))
            .name("www.example.com.", Scene.fixed("192.0.2.200", null), true, 0)
            .set(State.DOWN, "192.0.2.1");
    assertThat(whenDown(scene, Family.V4).gives())
        .isEqualTo("the fence lets only the rule's pools act: pool eu as if all of it were up");
  }

  @Test
  void whatServedLastIsToldApartFromEverybodyInItsPlace() {
    Scene scene =
        new Scene()
            .pool("eu", b("fra1", "192.0.2.1"))
            .pool("us", b("iad1", "198.51.100.1"), b("iad2", "198.51.100.2"))
            .name("www.example.com.", new AllDown.LastGood(), 0, 1)
            .set(State.DOWN, "192.0.2.1", "198.51.100.2");
    scene.bind();
    scene.set(State.DOWN, "198.51.100.1");
    assertThat(whenDown(scene, Family.V4).gives()).isEqualTo("what served last of pool us");
    assertThat(whenDown(scene, Family.V6).gives())
        .isEqualTo("what served last of pool us, which has none of this family");
    scene.force(Forced.DRAIN, "us/iad1");
    assertThat(whenDown(scene, Family.V4).gives())
        .isEqualTo("nothing of what served last is left: pool eu as if all of it were up");
    scene.force(Forced.DOWN, "eu/fra1").force(Forced.DOWN, "us/iad2");
    assertThat(whenDown(scene, Family.V4).gives())
        .isEqualTo(
            "nothing of what served last is left: no records: every backend is down by order");
  }

  @Test
  void whenAllIsDownByIpv4ThatAnswersIpv6TooHoweverHealthy() {
    for (AllDown form :
        List.of(new AllDown.ServeAll(), new AllDown.NoData(), new AllDown.ServFail())) {
      Scene scene =
          new Scene()
              .pool("eu", b("fra1", "192.0.2.1", "2001:db8::1"), b("fra2", "2001:db8::2"))
              .name("www.example.com.", form, 0)
              .set(State.DOWN, "192.0.2.1", "2001:db8::2");
      Explanation why =
          Explainer.explain(scene.bind(), 0, Family.V6, new Asker(), "192.0.2.53", List.of(), 30);
      assertThat(why.reason()).isEqualTo(Reason.ALL_DOWN);
      assertThat(why.pool()).isNull();
      assertThat(why.pools().getFirst().verdict()).isEqualTo("no backend usable by IPv4");
      assertThat(why.ttl()).isEqualTo(15);
      Scene.Answer answer = scene.ask(Family.V6);
      assertThat(answer.reason()).isEqualTo(Reason.ALL_DOWN);
      assertThat(answer.kind())
          .isEqualTo(
              switch (form) {
                case AllDown.NoData() -> Decision.Kind.NODATA;
                case AllDown.ServFail() -> Decision.Kind.SERVFAIL;
                default -> Decision.Kind.ADDRESSES;
              });
      assertThat(why.answer()).isEqualTo(answer.kind().name().toLowerCase(Locale.ROOT));
      if (answer.kind() == Decision.Kind.ADDRESSES) {
        assertThat(why.backends())
            .as("the whole pool, as if all of it were up")
            .extracting(Explanation.BackendOdds::odds)
            .containsExactly(0.5, 0.5);
      }
    }
  }
}
