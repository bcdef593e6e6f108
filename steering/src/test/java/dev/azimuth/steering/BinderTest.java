package dev.azimuth.steering;

import static dev.azimuth.steering.Scene.b;
import static dev.azimuth.steering.Scene.spare;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.Forced;
import dev.azimuth.health.State;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Which pool serves, what is answered, for how long and why: the semantics, line by line. */
class BinderTest {
  private static final AllDown SERVE_ALL = new AllDown.ServeAll();

  /** Two regions: eu with two backends, us with one. */
  private static Scene regions() {
    return new Scene()
        .pool("eu", b("fra1", "192.0.2.1"), b("fra2", "192.0.2.2"))
        .pool("us", b("iad1", "198.51.100.1"))
        .name("www.example.com.", null, 0, 1);
  }

  @Nested
  class Ladder {
    @Test
    void theFirstPoolServesWhileItsMinimumIsUp() {
      Scene scene = regions();
      assertThat(scene.ask().reason()).isEqualTo(Reason.RULE);
      scene.set(State.DOWN, "192.0.2.1");
      assertThat(scene.ask().addresses()).containsExactly("192.0.2.2");
      assertThat(scene.ask().reason()).isEqualTo(Reason.RULE);
    }

    @Test
    void aPoolThatComesBackAsItWasHasTheScheduleThatItHad() {
      Scene scene = unheld(b("fra1", "192.0.2.1"), b("fra2", "192.0.2.2"));
      Schedule before = scheduleOfFirst(scene);
      scene.set(State.DOWN, "192.0.2.1", "192.0.2.2");
      assertThat(scheduleOfFirst(scene)).isNotSameAs(before);
      scene.now += 1000;
      assertThat(scheduleOfFirst(scene)).as("bound anew meanwhile").isNotSameAs(before);
      scene.set(State.UP, "192.0.2.1", "192.0.2.2");
      assertThat(scheduleOfFirst(scene)).isSameAs(before);
    }

    @Test
    void aPoolThatComesBackOtherwiseHasAnotherSchedule() {
      Scene scene = unheld(b("fra1", "192.0.2.1"), b("fra2", "192.0.2.2"));
      scheduleOfFirst(scene);
      scene.set(State.DOWN, "192.0.2.1", "192.0.2.2");
      scheduleOfFirst(scene);
      scene.set(State.UP, "192.0.2.2");
      assertThat(scene.ask().addresses()).containsExactly("192.0.2.2");
    }

    private static Scene unheld(Scene.B... first) {
      return new Scene()
          .pool(
              "eu",
              new MinUp.Share(0.5),
              new FailbackHold.For(Duration.ZERO),
              BelowMinUp.SERVE_USABLE,
              null,
              first)
          .pool("us", b("iad1", "198.51.100.1"))
          .name("www.example.com.", null, 0, 1);
    }

    private static Schedule scheduleOfFirst(Scene scene) {
      Schedule its = scene.bind().bindings[0][0].v4().schedule;
      assertThat(its).isNotNull();
      return its;
    }

    @Test
    void theNextPoolServesWhenTheFirstIsDown() {
      Scene scene = regions().set(State.DOWN, "192.0.2.1", "192.0.2.2");
      assertThat(scene.ask().addresses()).containsExactly("198.51.100.1");
      assertThat(scene.ask().reason()).isEqualTo(Reason.FAILOVER);
    }

    @Test
    void whenNoPoolHasItsMinimumTheGreatestShareServesItsUsableBackends() {
      Scene scene =
          new Scene()
              .pool(
                  "eu",
                  new MinUp.Share(1),
                  new FailbackHold.For(Duration.ZERO),
                  BelowMinUp.SERVE_USABLE,
                  null,
                  b("fra1", "192.0.2.1"),
                  b("fra2", "192.0.2.2"),
                  b("fra3", "192.0.2.3"))
              .pool(
                  "us",
                  new MinUp.Share(1),
                  new FailbackHold.For(Duration.ZERO),
                  BelowMinUp.SERVE_USABLE,
                  null,
                  b("iad1", "198.51.100.1"),
                  b("iad2", "198.51.100.2"))
              .name("www.example.com.", null, 0, 1);
      scene.set(State.DOWN, "192.0.2.1", "192.0.2.2", "198.51.100.1");
      assertThat(scene.ask().addresses()).containsExactly("198.51.100.2");
      assertThat(scene.ask().reason()).isEqualTo(Reason.BELOW_MIN_UP);
    }

    @Test
    void ofEqualShareTheEarlierPoolServes() {
      Scene scene = new Scene();
      MinUp all = new MinUp.Share(1);
      FailbackHold none = new FailbackHold.For(Duration.ZERO);
      BelowMinUp usable = BelowMinUp.SERVE_USABLE;
      scene
          .pool("eu", all, none, usable, null, b("fra1", "192.0.2.1"), b("fra2", "192.0.2.2"))
          .pool("us", all, none, usable, null, b("iad1", "198.51.100.1"), b("iad2", "198.51.100.2"))
          .name("www.example.com.", null, 0, 1)
          .set(State.DOWN, "192.0.2.1", "198.51.100.1");
      assertThat(scene.ask().addresses()).containsExactly("192.0.2.2");
      assertThat(scene.ask().reason()).isEqualTo(Reason.BELOW_MIN_UP);
    }

    @Test
    void belowMinUpServeAllGivesTheWholePoolButNeverAForcedOne() {
      Scene scene = new Scene();
      scene.pick = new Pick(Pick.By.ALL, 64);
      scene
          .pool(
              "eu",
              new MinUp.Count(3),
              new FailbackHold.For(Duration.ZERO),
              BelowMinUp.SERVE_ALL,
              null,
              b("fra1", "192.0.2.1"),
              b("fra2", "192.0.2.2"),
              b("fra3", "192.0.2.3"))
          .name("www.example.com.", null, 0);
      scene.set(State.DOWN, "192.0.2.1").force(Forced.DOWN, "eu/fra2");
      assertThat(scene.ask().addresses()).containsExactly("192.0.2.1", "192.0.2.3");
    }

    @Test
    void minUpByWeightLooksAtTheWeights() {
      Scene scene =
          new Scene()
              .pool(
                  "eu",
                  new MinUp.Weight(0.5),
                  new FailbackHold.For(Duration.ZERO),
                  BelowMinUp.SERVE_USABLE,
                  null,
                  b("big", 9, "192.0.2.1"),
                  b("small", 1, "192.0.2.2"))
              .pool("us", b("iad1", "198.51.100.1"))
              .name("www.example.com.", null, 0, 1);
      scene.set(State.DOWN, "192.0.2.1");
      assertThat(scene.ask().addresses()).containsExactly("198.51.100.1");
      scene.set(State.UP, "192.0.2.1").set(State.DOWN, "192.0.2.2");
      assertThat(scene.ask().addresses()).containsExactly("192.0.2.1");
    }

    @Test
    void aStandbyServesOnlyWhenNoOrdinaryBackendIsUsable() {
      Scene scene =
          new Scene()
              .pool("eu", b("fra1", "192.0.2.1"), spare("spare", "192.0.2.9"))
              .pool("us", b("iad1", "198.51.100.1"))
              .name("www.example.com.", null, 0, 1);
      assertThat(scene.ask().addresses()).containsExactly("192.0.2.1");
      scene.set(State.DOWN, "192.0.2.1");
      assertThat(scene.ask().addresses()).containsExactly("192.0.2.9");
      assertThat(scene.ask().reason()).isEqualTo(Reason.STANDBY);
    }
  }

  @Nested
  class Hold {
    @Test
    void aRecoveredPoolIsPassedOverUntilItsHoldEnds() {
      Scene scene = regions();
      scene.bind();
      scene.set(State.DOWN, "192.0.2.1", "192.0.2.2").bind();
      scene.now += 1000;
      scene.set(State.UP, "192.0.2.1", "192.0.2.2");
      assertThat(scene.ask().reason()).isEqualTo(Reason.HELD);
      assertThat(scene.ask().addresses()).containsExactly("198.51.100.1");
      assertThat(scene.bind().nextChange()).isLessThanOrEqualTo(scene.now + 60_000);
      scene.now += 59_999;
      assertThat(scene.ask().reason()).isEqualTo(Reason.HELD);
      scene.now += 1;
      assertThat(scene.ask().reason()).isEqualTo(Reason.RULE);
    }

    @Test
    void whileNothingElseServesTheHoldDoesNotCount() {
      Scene scene = regions();
      scene.bind();
      scene.set(State.DOWN, "192.0.2.1", "192.0.2.2").bind();
      scene.set(State.UP, "192.0.2.1", "192.0.2.2").bind();
      scene.set(State.DOWN, "198.51.100.1");
      assertThat(scene.ask().addresses().getFirst()).startsWith("192.0.2.");
      assertThat(scene.ask().reason()).isEqualTo(Reason.RULE);
    }

    @Test
    void aPoolOnHoldThatIsNotTheFirstServesByFailover() {
      Scene scene =
          new Scene()
              .pool("eu", b("fra1", "192.0.2.1"))
              .pool("us", b("iad1", "198.51.100.1"))
              .name("www.example.com.", null, 0, 1);
      scene.bind();
      scene.set(State.DOWN, "198.51.100.1").bind();
      scene.set(State.UP, "198.51.100.1").bind();
      scene.set(State.DOWN, "192.0.2.1");
      assertThat(scene.ask().addresses()).containsExactly("198.51.100.1");
      assertThat(scene.bind().poolStandings().get(1).heldUntil()).isEqualTo(scene.now + 60_000);
      assertThat(scene.ask().reason()).isEqualTo(Reason.FAILOVER);
    }

    @Test
    void leavingAllDownIsNotHeld() {
      Scene scene = regions();
      scene.bind();
      scene.set(State.DOWN, "192.0.2.1", "192.0.2.2", "198.51.100.1").bind();
      scene.set(State.UP, "192.0.2.1", "192.0.2.2").bind();
      scene.now += 10;
      scene.set(State.UP, "198.51.100.1");
      assertThat(scene.ask().reason()).isEqualTo(Reason.RULE);
    }

    @Test
    void aManualHoldWaitsForTheOperator() {
      Scene scene =
          new Scene()
              .pool(
                  "eu",
                  new MinUp.Share(0.5),
                  new FailbackHold.Manual(),
                  BelowMinUp.SERVE_USABLE,
                  null,
                  b("fra1", "192.0.2.1"))
              .pool("us", b("iad1", "198.51.100.1"))
              .name("www.example.com.", null, 0, 1);
      scene.bind();
      scene.set(State.DOWN, "192.0.2.1").bind();
      scene.set(State.UP, "192.0.2.1").bind();
      scene.now += Duration.ofDays(30).toMillis();
      assertThat(scene.ask().reason()).isEqualTo(Reason.HELD);
      scene.memory = scene.memory.released("eu");
      assertThat(scene.ask().reason()).isEqualTo(Reason.RULE);
    }

    @Test
    void aShorterHoldInTheConfigurationEndsALongerOne() {
      Scene scene = regions();
      scene.bind();
      scene.memory =
          new Memory(
              Map.of(
                  "eu", new Memory.PoolMemory(true, Long.MAX_VALUE, 0, "", Map.of()),
                  "us", new Memory.PoolMemory(true, 0, 0, "", Map.of())),
              Map.of());
      assertThat(scene.ask().reason()).isEqualTo(Reason.HELD);
      scene.now += 60_000;
      assertThat(scene.ask().reason()).isEqualTo(Reason.RULE);
    }

    @Test
    void theTtlOfAHeldAnswerIsTheTimeThatIsLeft() {
      Scene scene = regions();
      scene.bind();
      scene.set(State.DOWN, "192.0.2.1", "192.0.2.2").bind();
      scene.set(State.UP, "192.0.2.1", "192.0.2.2").bind();
      scene.now += 35_000;
      assertThat(scene.ask().ttl()).isEqualTo(25);
      assertThat(scene.bind().nextChange()).isEqualTo(scene.now + 1000);
      scene.now += 20_000;
      assertThat(scene.ask().ttl()).isEqualTo(15);
    }
  }

  @Nested
  class Families {
    private static Scene dual() {
      return new Scene()
          .pool("eu", b("fra1", "192.0.2.1", "2001:db8::1"), b("fra2", "192.0.2.2"))
          .pool("us", b("iad1", "198.51.100.1", "2001:db8:1::1"))
          .name("www.example.com.", null, 0, 1);
    }

    @Test
    void ipv4DecidesThePoolForBoth() {
      Scene scene = dual().set(State.DOWN, "192.0.2.1", "192.0.2.2");
      assertThat(scene.ask(Family.V4).addresses()).containsExactly("198.51.100.1");
      assertThat(scene.ask(Family.V6).addresses()).containsExactly("2001:db8:1:0:0:0:0:1");
    }

    @Test
    void aFamilyThatIsDownIsNodataWithTheLowerBound() {
      Scene scene = dual().set(State.DOWN, "2001:db8::1");
      Scene.Answer answer = scene.ask(Family.V6);
      assertThat(answer.kind()).isEqualTo(Decision.Kind.NODATA);
      assertThat(answer.reason()).isEqualTo(Reason.NO_FAMILY);
      assertThat(answer.ttl()).isEqualTo(15);
      assertThat(new Scene.Asking(scene.bind()).every(0, Family.V4).addresses())
          .containsExactly("192.0.2.1", "192.0.2.2");
    }

    @Test
    void aFamilyThatWasNeverConfiguredIsNodataWithTheNormalTtl() {
      Scene.Answer answer = regions().ask(Family.V6);
      assertThat(answer.kind()).isEqualTo(Decision.Kind.NODATA);
      assertThat(answer.ttl()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void ipv6DecidesWhereNoListedPoolHasIpv4() {
      Scene scene =
          new Scene()
              .pool("eu", b("fra1", "2001:db8::1"))
              .pool("us", b("iad1", "2001:db8:1::1"))
              .name("www.example.com.", null, 0, 1)
              .set(State.DOWN, "2001:db8::1");
      assertThat(scene.ask(Family.V6).addresses()).containsExactly("2001:db8:1:0:0:0:0:1");
      assertThat(scene.ask(Family.V6).reason()).isEqualTo(Reason.FAILOVER);
    }
  }

  @Nested
  class WhenAllIsDown {
    private static Scene down(AllDown form) {
      return down(form, false);
    }

    private static Scene down(AllDown form, boolean fence) {
      Scene scene = new Scene();
      scene.pick = new Pick(Pick.By.ALL, 64);
      scene
          .pool("eu", b("fra1", "192.0.2.1"), b("fra2", "192.0.2.2"))
          .pool("us", b("iad1", "198.51.100.1"))
          .name("www.example.com.", form, fence, 0, 1);
      scene.bind();
      return scene;
    }

    private static void allDown(Scene scene) {
      scene.set(State.DOWN, "192.0.2.1", "192.0.2.2", "198.51.100.1");
    }

    @Test
    void serveAllGivesTheFirstPoolThatHasABackendLeft() {
      Scene scene = down(SERVE_ALL);
      allDown(scene);
      assertThat(scene.ask().addresses()).containsExactly("192.0.2.1", "192.0.2.2");
      assertThat(scene.ask().reason()).isEqualTo(Reason.ALL_DOWN);
      assertThat(scene.ask().ttl()).isEqualTo(15);
      scene.force(Forced.DOWN, "eu/fra1").force(Forced.DRAIN, "eu/fra2");
      assertThat(scene.ask().addresses()).containsExactly("198.51.100.1");
      scene.force(Forced.DOWN, "us/iad1");
      assertThat(scene.ask().kind()).isEqualTo(Decision.Kind.NODATA);
    }

    @Test
    void lastGoodGivesWhatServedLast() {
      Scene scene = down(new AllDown.LastGood());
      scene.set(State.DOWN, "192.0.2.1").bind();
      allDown(scene);
      assertThat(scene.ask().addresses()).containsExactly("192.0.2.2");
      assertThat(scene.ask().addresses()).containsExactly("192.0.2.2");
      scene.force(Forced.DOWN, "eu/fra2");
      assertThat(scene.ask().addresses()).containsExactly("192.0.2.1");
    }

    @Test
    void fixedAddressesAreGivenAsTheyAreAndAMissingFamilyIsNodata() {
      Scene scene = down(Scene.fixed("203.0.113.9", null));
      allDown(scene);
      assertThat(scene.ask().addresses()).containsExactly("203.0.113.9");
      assertThat(scene.ask(Family.V6).kind()).isEqualTo(Decision.Kind.NODATA);
    }

    @Test
    void cnameNodataAndServfailAreWhatTheySay() {
      Scene scene = down(new AllDown.Cname("sorry.example.net."));
      allDown(scene);
      assertThat(scene.ask().kind()).isEqualTo(Decision.Kind.CNAME);
      scene = down(new AllDown.NoData());
      allDown(scene);
      assertThat(scene.ask().kind()).isEqualTo(Decision.Kind.NODATA);
      assertThat(scene.ask().ttl()).isEqualTo(15);
      scene = down(new AllDown.ServFail());
      allDown(scene);
      assertThat(scene.ask().kind()).isEqualTo(Decision.Kind.SERVFAIL);
    }

    @Test
    void aFenceKeepsForeignAnswersOut() {
      Scene scene = down(Scene.fixed("203.0.113.9", null), true);
      allDown(scene);
      assertThat(scene.ask().addresses()).containsExactly("192.0.2.1", "192.0.2.2");
      assertThat(scene.ask().reason()).isEqualTo(Reason.FENCED);
    }
  }

  @Nested
  class Unknown {
    @Test
    void countsAsUpUntilSomethingIsKnown() {
      Scene scene = regions().set(State.UNKNOWN, "192.0.2.1", "192.0.2.2", "198.51.100.1");
      Scene.Answer answer = scene.ask();
      assertThat(answer.addresses().getFirst()).startsWith("192.0.2.");
      assertThat(answer.reason()).isEqualTo(Reason.UNKNOWN);
      assertThat(answer.ttl()).isEqualTo(15);
    }

    @Test
    void isNotPickedWhileThePoolHasOneThatIsUp() {
      Scene scene = regions().set(State.UNKNOWN, "192.0.2.1");
      Scene.Asking asking = new Scene.Asking(scene.bind());
      for (int i = 0; i < 10; i++) {
        assertThat(asking.ask(0, Family.V4).addresses()).containsExactly("192.0.2.2");
      }
    }
  }

  @Nested
  class ForcedStates {
    @Test
    void aForcedDownBackendIsNotGivenAndAForcedUpOneIs() {
      Scene scene = regions().force(Forced.DRAIN, "eu/fra1");
      assertThat(scene.ask().addresses()).containsExactly("192.0.2.2");
      scene = regions().set(State.DOWN, "192.0.2.1", "192.0.2.2").force(Forced.UP, "eu/fra1");
      assertThat(scene.ask().addresses()).containsExactly("192.0.2.1");
      assertThat(scene.ask().reason()).isEqualTo(Reason.FORCED);
    }

    @Test
    void theReasonIsForcedOnlyWhereItChangesWhichPoolServes() {
      Scene scene = regions().force(Forced.DOWN, "eu/fra1");
      assertThat(scene.ask().reason()).isEqualTo(Reason.RULE);
      scene.force(Forced.DOWN, "eu/fra2");
      assertThat(scene.ask().reason()).isEqualTo(Reason.FORCED);
      assertThat(scene.ask().addresses()).containsExactly("198.51.100.1");
    }

    @Test
    void aChangeGivesTheLowerBoundForOneOldUpperBound() {
      Scene scene = regions();
      assertThat(scene.ask().ttl()).isEqualTo(30);
      scene.force(Forced.DOWN, "eu/fra1");
      assertThat(scene.ask().ttl()).isEqualTo(15);
      assertThat(scene.bind().nextChange()).isEqualTo(scene.now + 60_000);
      scene.now += 60_000;
      assertThat(scene.ask().ttl()).isEqualTo(30);
      scene.force(null, "eu/fra1");
      assertThat(scene.ask().ttl()).isEqualTo(15);
    }

    @Test
    void anExpiryBoundsTheTtl() {
      Scene scene = regions().force(Forced.DRAIN, "eu/fra1", 1_000_000 + 100_000);
      scene.bind();
      scene.now += 80_000;
      assertThat(scene.ask().ttl()).isEqualTo(20);
    }
  }

  @Nested
  class Ttl {
    @Test
    void followsTheEarliestPossibleChange() {
      Scene scene = regions();
      assertThat(scene.ask().ttl()).as("fall × every").isEqualTo(30);
      scene.failing("192.0.2.1");
      assertThat(scene.ask().ttl()).as("a streak of failures").isEqualTo(15);
      scene.set(State.DOWN, "192.0.2.1", "192.0.2.2");
      assertThat(scene.ask().ttl()).as("every + retry, but not below the bound").isEqualTo(15);
    }

    @Test
    void whileAStandbyServesTheReturnOfAnOrdinaryBackendBoundsIt() {
      Scene scene = new Scene();
      scene.ttl = new TtlRange(1, 300);
      scene
          .pool("eu", b("fra1", "192.0.2.1"), Scene.spare("spare", "192.0.2.9"))
          .name("www.example.com.", null, 0);
      assertThat(scene.ask().ttl()).isEqualTo(30);
      scene.set(State.DOWN, "192.0.2.1");
      assertThat(scene.ask().reason()).isEqualTo(Reason.STANDBY);
      assertThat(scene.ask().ttl()).as("fra1 may come back in every + retry").isEqualTo(11);
    }

    @Test
    void anUnknownAddressOfTheAskedFamilyGivesTheLowerBoundThoughTheOtherIsKnown() {
      Scene scene =
          new Scene()
              .pool("eu", b("fra1", "192.0.2.1", "2001:db8::1"))
              .name("www.example.com.", null, 0)
              .set(State.UNKNOWN, "2001:db8::1");
      assertThat(scene.ask(Family.V6).reason()).isEqualTo(Reason.UNKNOWN);
      assertThat(scene.ask(Family.V6).ttl()).isEqualTo(15);
      assertThat(scene.ask(Family.V4).ttl()).isEqualTo(30);
    }

    @Test
    void aPoolAfterTheChosenOneCountsWhenAllWereLookedAt() {
      Scene scene = new Scene();
      scene.ttl = new TtlRange(5, 60);
      MinUp all = new MinUp.Share(1);
      FailbackHold none = new FailbackHold.For(Duration.ZERO);
      scene
          .pool(
              "a",
              all,
              none,
              BelowMinUp.SERVE_USABLE,
              null,
              b("a1", "192.0.2.1"),
              b("a2", "192.0.2.2"))
          .pool(
              "b",
              all,
              none,
              BelowMinUp.SERVE_USABLE,
              null,
              b("b1", "192.0.2.3"),
              b("b2", "192.0.2.4"))
          .name("www.example.com.", null, 0, 1);
      scene.set(State.DOWN, "192.0.2.2", "192.0.2.4");
      assertThat(scene.ask().reason()).isEqualTo(Reason.BELOW_MIN_UP);
      assertThat(scene.ask().ttl()).as("b may come back in every + retry").isEqualTo(11);
    }

    @Test
    void withoutACheckItIsTheUpperBound() {
      Scene scene = new Scene();
      scene.pools.add(
          new Pool(
              "eu",
              java.util.List.of(
                  new Backend(
                      "fra1",
                      0,
                      0,
                      1,
                      false,
                      java.util.List.of(
                          new Endpoint(Scene.address("192.0.2.1"), -1, Integer.MAX_VALUE)),
                      java.util.Map.of(),
                      null)),
              new MinUp.Share(0.5),
              new FailbackHold.Manual(),
              BelowMinUp.SERVE_USABLE,
              null,
              Duration.ZERO,
              1));
      scene.forced.add(null);
      scene.name("www.example.com.", null, 0);
      assertThat(scene.ask().ttl()).isEqualTo(60);
    }
  }

  @Test
  void aFrozenTableShowsAsTheReason() {
    Scene scene = regions();
    scene.basis = new Basis.Frozen(Long.MAX_VALUE);
    assertThat(scene.ask().reason()).isEqualTo(Reason.FROZEN);
  }

  @Test
  void anAnswerOfOrdinaryBackendsIsNotSaidToBeOfStandbyOnes() {
    Scene scene =
        new Scene()
            .pool(
                "eu",
                b("fra1", "192.0.2.1", "2001:db8::1"),
                Scene.spare("spare", "192.0.2.9", "2001:db8::9"))
            .name("www.example.com.", null, 0)
            .set(State.DOWN, "192.0.2.1");
    assertThat(scene.ask(Family.V4).reason()).isEqualTo(Reason.STANDBY);
    assertThat(scene.ask(Family.V6).addresses()).containsExactly("2001:db8:0:0:0:0:0:1");
    assertThat(scene.ask(Family.V6).reason()).isEqualTo(Reason.RULE);
  }

  @Test
  void thatAllIsDownIsSaidWhateverTheReason() {
    for (Basis basis :
        java.util.List.of(
            new Basis.Live(), new Basis.Frozen(Long.MAX_VALUE), new Basis.Doubted())) {
      Scene scene = regions().name("other.example.com.", new AllDown.NoData(), 0);
      scene.basis = basis;
      assertThat(scene.bind().namesAllDown()).isZero();
      assertThat(scene.bind().ruleStandings()).noneMatch(Bound.RuleStanding::allDown);
      scene.pools.stream()
          .flatMap(pool -> pool.backends().stream())
          .flatMap(backend -> backend.endpoints().stream())
          .forEach(endpoint -> scene.set(State.DOWN, endpoint.address().getHostAddress()));
      Bound bound = scene.bind();
      assertThat(bound.namesAllDown()).isEqualTo(2);
      assertThat(bound.ruleStandings()).allMatch(Bound.RuleStanding::allDown);
      for (int name = 0; name < 2; name++) {
        var asking = new Scene.Asking(bound);
        asking.ask(name, Family.V4);
        assertThat(asking.decision.allDown()).isTrue();
      }
    }
  }

  @Test
  void theEndOfAFreezeBoundsTheTtl() {
    Scene scene = regions();
    scene.basis = new Basis.Frozen(scene.now + 20_000);
    assertThat(scene.ask().ttl()).isEqualTo(20);
  }

  @Test
  void whatDidNotChangeIsBoundToTheSameSchedule() {
    Scene scene = regions();
    Bound first = scene.bind();
    Bound second = scene.bind();
    assertThat(second.bindings[0][0]).isSameAs(first.bindings[0][0]);
    scene.set(State.DOWN, "192.0.2.1");
    Bound third = scene.bind();
    assertThat(third.bindings[0][0]).isNotSameAs(first.bindings[0][0]);
    scene.set(State.UP, "192.0.2.1");
    assertThat(scene.bind().bindings[0][0].v4().members)
        .isEqualTo(first.bindings[0][0].v4().members);
  }
}
