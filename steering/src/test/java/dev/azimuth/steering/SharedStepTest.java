package dev.azimuth.steering;

import static dev.azimuth.steering.Scene.b;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.Forced;
import dev.azimuth.health.State;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Several pools in one step of {@code to}. */
class SharedStepTest {
  private static final int NETWORKS = 40_000;

  private Scene scene = threePools(new Scene());

  private static Scene threePools(Scene scene) {
    return scene
        .pool("eu", b("a", "192.0.2.1"))
        .pool("us", b("b", "198.51.100.1"), b("c", "198.51.100.2"))
        .pool("ap", b("d", "203.0.113.1"));
  }

  private Scene shared(int eu, int us) {
    return shared(eu, us, StickyPrefix.DEFAULT);
  }

  /** The same where turns decide, not the client's network. */
  private Scene inTurn(int eu, int us) {
    return shared(eu, us, null);
  }

  private Scene shared(int eu, int us, StickyPrefix sticky) {
    return shared(eu, us, sticky, new AllDown.NoData());
  }

  private Scene shared(int eu, int us, StickyPrefix sticky, AllDown allDown) {
    scene.names.clear();
    To to =
        new To.Ordered(
            List.of(
                new Step(List.of(new Step.Share(0, eu), new Step.Share(1, us)), sticky),
                Step.pool(2)));
    Rule rule = new Rule("www", Condition.ALL, to, false, null);
    scene.names.add(
        new SteeredName(
            "www.", List.of(rule), scene.pick, scene.ttl, null, AllDown.ofZone(allDown)));
    return scene;
  }

  /** What one query each of so many networks gets. */
  private static Map<String, Integer> count(Scene.Asking asking, int networks) {
    Map<String, Integer> counts = new TreeMap<>();
    for (int network = 0; network < networks; network++) {
      asking.asker.sourceLow = 0x0a000000L + network * 256L;
      counts.merge(asking.ask(0, Family.V4).addresses().getFirst(), 1, Integer::sum);
    }
    return counts;
  }

  @Test
  void inTurnTheSharesAreExactOverEveryRound() {
    Scene.Asking asking = new Scene.Asking(inTurn(90, 10).bind());
    for (int round = 0; round < 3; round++) {
      assertThat(count(asking, 20))
          .isEqualTo(Map.of("192.0.2.1", 18, "198.51.100.1", 1, "198.51.100.2", 1));
    }
  }

  @Test
  void inTurnTheSharesAreExactWhenAllIsDownToo() {
    for (AllDown form : List.of(new AllDown.ServeAll(), new AllDown.LastGood())) {
      scene = threePools(new Scene());
      shared(1, 99, null, form).bind();
      scene.set(State.DOWN, "192.0.2.1", "198.51.100.1", "198.51.100.2", "203.0.113.1");
      assertThat(count(new Scene.Asking(scene.bind()), 200)).containsEntry("192.0.2.1", 2);
    }
  }

  @Test
  void whatBelongsToOneMessageIsDrawnFromOnePool() {
    ofBothFamilies();
    Scene.Asking asking = new Scene.Asking(inTurn(3, 1).bind());
    Map<Boolean, Integer> counts = new TreeMap<>();
    for (int message = 0; message < 4000; message++) {
      asking.asker.draw += 0x9e3779b9;
      boolean eu = asking.every(0, Family.V4).addresses().equals(List.of("192.0.2.1"));
      assertThat(asking.every(0, Family.V6).addresses().getFirst().endsWith("1:1")).isEqualTo(eu);
      assertThat(asking.beside(0, Family.V4).addresses().getFirst().equals("192.0.2.1"))
          .isEqualTo(eu);
      counts.merge(eu, 1, Integer::sum);
    }
    assertThat(counts.get(true)).as("three of four, spread evenly").isBetween(2990, 3010);
  }

  @Test
  void inTurnTheOddsAreThoseOfThePoolTimesThoseInsideIt() {
    Bound bound = inTurn(90, 10).bind();
    assertThat(odds(bound, 1)).containsExactly(0.9, 0.05, 0.05);
    assertThat(Explainer.explain(bound, 0, Family.V4, new Asker(), "", List.of(), 60).backends())
        .as("no share of networks: turns decide")
        .allMatch(backend -> backend.note().isEmpty());
  }

  @Test
  void networksAreSharedByWeightAndTheAnswersOfAPoolExactlyByTheirTurns() {
    for (int eu : new int[] {1, 50, 90, 99}) {
      scene = threePools(new Scene());
      Map<String, Integer> counts = count(new Scene.Asking(shared(eu, 100 - eu).bind()), NETWORKS);
      // 4,096 buckets and 40,000 networks: five standard deviations of both together.
      assertThat(counts.get("192.0.2.1") / (double) NETWORKS)
          .isCloseTo(eu / 100.0, Offset.offset(0.05 * Math.sqrt(eu * (100 - eu)) / 50 + 0.002));
      assertThat(counts.get("198.51.100.1") - counts.get("198.51.100.2")).isBetween(-1, 1);
    }
  }

  @Test
  void theShareOfAPoolThatDoesNotServeFallsToTheOthersOfTheStep() {
    Scene.Asking asking = new Scene.Asking(shared(90, 10).set(State.DOWN, "192.0.2.1").bind());
    assertThat(count(asking, 10)).isEqualTo(Map.of("198.51.100.1", 5, "198.51.100.2", 5));
    assertThat(asking.decision.reason()).isEqualTo(Reason.FAILOVER);
  }

  private Scene allDown(AllDown form) {
    shared(1, 99, StickyPrefix.DEFAULT, form).bind();
    return scene.set(State.DOWN, "192.0.2.1", "198.51.100.1", "198.51.100.2", "203.0.113.1");
  }

  @Test
  void whenAllIsDownTheSharesOfAStepHoldAsEver() {
    for (AllDown form : List.of(new AllDown.ServeAll(), new AllDown.LastGood())) {
      scene = new Scene();
      threePools(scene);
      boolean[] before = toEu(shared(1, 99, StickyPrefix.DEFAULT, form).bind());
      Scene.Asking asking = new Scene.Asking(allDown(form).bind());
      assertThat(count(asking, NETWORKS))
          .containsOnlyKeys("192.0.2.1", "198.51.100.1", "198.51.100.2");
      assertThat(asking.decision.reason()).isEqualTo(Reason.ALL_DOWN);
      assertThat(toEu(scene.bind())).as("nobody moves because of it").isEqualTo(before);
    }
  }

  @Test
  void whenAllIsDownTheNextStepComesWhereNothingOfTheFirstIsLeft() {
    allDown(new AllDown.ServeAll());
    scene.force(Forced.DRAIN, "eu/a").force(Forced.DRAIN, "us/b");
    assertThat(count(new Scene.Asking(scene.bind()), 100)).containsOnlyKeys("198.51.100.2");
    scene.force(Forced.DOWN, "us/c");
    assertThat(count(new Scene.Asking(scene.bind()), 100)).containsOnlyKeys("203.0.113.1");
  }

  @Test
  void lastGoodGivesOfAStepWhatServedLastOfEachPool() {
    shared(50, 50, StickyPrefix.DEFAULT, new AllDown.LastGood()).bind();
    scene.set(State.DOWN, "198.51.100.2").bind();
    scene.set(State.DOWN, "192.0.2.1", "198.51.100.1", "203.0.113.1");
    assertThat(count(new Scene.Asking(scene.bind()), 100))
        .containsOnlyKeys("192.0.2.1", "198.51.100.1");
  }

  @Test
  void belowEveryMinimumTheSharesOfTheStepWithTheGreatestHold() {
    scene = new Scene();
    MinUp all = new MinUp.Share(1);
    FailbackHold none = new FailbackHold.For(Duration.ZERO);
    scene
        .pool(
            "eu",
            all,
            none,
            BelowMinUp.SERVE_USABLE,
            null,
            b("a", "192.0.2.1"),
            b("x", "192.0.2.2"),
            b("y", "192.0.2.3"))
        .pool(
            "us",
            all,
            none,
            BelowMinUp.SERVE_USABLE,
            null,
            b("b", "198.51.100.1"),
            b("c", "198.51.100.2"))
        .pool(
            "ap",
            all,
            none,
            BelowMinUp.SERVE_USABLE,
            null,
            b("d", "203.0.113.1"),
            b("e", "203.0.113.2"),
            b("f", "203.0.113.3"));
    boolean[] before = toEu(shared(1, 99).bind());
    scene.set(State.DOWN, "192.0.2.2", "198.51.100.2", "203.0.113.1");
    Bound below = scene.bind();
    assertThat(below.ruleStandings().getFirst().reason()).isEqualTo(Reason.BELOW_MIN_UP);
    assertThat(below.ruleStandings().getFirst().pool()).isEqualTo("eu,us");
    assertThat(toEu(below)).isEqualTo(before);
  }

  /** By network: whether its clients come to the pool eu. */
  private static boolean[] toEu(Bound bound) {
    Scene.Asking asking = new Scene.Asking(bound);
    boolean[] eu = new boolean[NETWORKS];
    for (int network = 0; network < eu.length; network++) {
      asking.asker.sourceLow = 0x0a000000L + network * 256L;
      eu[network] = asking.ask(0, Family.V4).addresses().getFirst().startsWith("192.0.2.");
    }
    return eu;
  }

  @Test
  void theNextStepServesWhereNoPoolOfTheFirstDoes() {
    Scene.Asking asking =
        new Scene.Asking(
            shared(1, 1).set(State.DOWN, "192.0.2.1", "198.51.100.1", "198.51.100.2").bind());
    assertThat(count(asking, 4)).isEqualTo(Map.of("203.0.113.1", 4));
  }

  @Test
  void aPoolOnHoldHasNoShareUntilItsHoldEnds() {
    shared(1, 1).bind();
    scene.set(State.DOWN, "192.0.2.1").bind();
    scene.now += 1000;
    Bound held = scene.set(State.UP, "192.0.2.1").bind();
    Scene.Asking asking = new Scene.Asking(held);
    assertThat(count(asking, 4)).containsOnlyKeys("198.51.100.1", "198.51.100.2");
    assertThat(asking.decision.reason()).isEqualTo(Reason.HELD);
    scene.now = held.nextChange();
    while (scene.bind().nextChange() < Long.MAX_VALUE) {
      scene.now = scene.bind().nextChange();
    }
    assertThat(count(new Scene.Asking(scene.bind()), 100)).containsKey("192.0.2.1");
  }

  @Test
  void whateverANetworkAsksForComesFromOnePool() {
    scene.pools.clear();
    scene
        .pool("eu", b("a", "192.0.2.1", "2001:db8:1::1"))
        .pool("us", b("b", "198.51.100.1", "2001:db8:2::1"), b("c", "198.51.100.2"))
        .pool("ap", b("d", "203.0.113.1"));
    Scene.Asking asking = new Scene.Asking(shared(3, 1).bind());
    Map<Boolean, Integer> counts = new TreeMap<>();
    for (int network = 0; network < 4000; network++) {
      asking.draw().asker.sourceLow = 0x0a000000L + network * 256L;
      boolean eu = asking.ask(0, Family.V4).addresses().equals(List.of("192.0.2.1"));
      assertThat(asking.ask(0, Family.V6).addresses().getFirst())
          .isEqualTo(eu ? "2001:db8:1:0:0:0:0:1" : "2001:db8:2:0:0:0:0:1");
      assertThat(asking.every(0, Family.V4).addresses().equals(List.of("192.0.2.1"))).isEqualTo(eu);
      assertThat(asking.every(0, Family.V6).addresses().getFirst())
          .isEqualTo(eu ? "2001:db8:1:0:0:0:0:1" : "2001:db8:2:0:0:0:0:1");
      assertThat(asking.beside(0, Family.V4).addresses().getFirst().equals("192.0.2.1"))
          .isEqualTo(eu);
      counts.merge(eu, 1, Integer::sum);
    }
    assertThat(counts.get(true)).as("three of four").isBetween(2800, 3200);
  }

  /** By network 10.x.y.0/24: whether its clients come to the pool eu. */
  private static boolean[] eu(Bound bound, Family family) {
    Scene.Asking asking = new Scene.Asking(bound);
    boolean[] eu = new boolean[20_000];
    for (int network = 0; network < eu.length; network++) {
      asking.asker.sourceLow = 0x0a000000L + network * 256L;
      eu[network] = asking.ask(0, family).addresses().getFirst().endsWith("1:1");
      asking.asker.sourceLow += 255;
      assertThat(asking.ask(0, family).addresses().getFirst().endsWith("1:1"))
          .isEqualTo(eu[network]);
    }
    return eu;
  }

  private Scene ofBothFamilies() {
    scene = new Scene();
    return scene
        .pool("eu", b("a", "192.0.2.1", "2001:db8:1::1:1"))
        .pool("us", b("b", "198.51.100.2", "2001:db8:2::2"), b("c", "198.51.100.3"))
        .pool("ap", b("d", "203.0.113.4"));
  }

  @Test
  void aNetworkStaysWithOnePoolWhateverItAsksForAndAGradualMoveMovesEachNetworkOnce() {
    ofBothFamilies();
    boolean[] before = eu(shared(1, 9, StickyPrefix.DEFAULT).bind(), Family.V6);
    int moved = 0;
    for (int share : new int[] {3, 5, 9}) {
      ofBothFamilies();
      boolean[] after = eu(shared(share, 10 - share, StickyPrefix.DEFAULT).bind(), Family.V6);
      int inEu = 0;
      for (int i = 0; i < after.length; i++) {
        assertThat(after[i] || !before[i]).as("no network moves back").isTrue();
        inEu += after[i] ? 1 : 0;
        moved += after[i] != before[i] ? 1 : 0;
      }
      // 4,096 buckets and 20,000 networks: five standard deviations of both together.
      assertThat(inEu / 20_000.0).isCloseTo(share / 10.0, Offset.offset(0.06));
      before = after;
    }
    assertThat(moved).as("each of those that moved, once").isLessThan(20_000);
  }

  @Test
  void theScopeIsTheNetworkThatSticks() {
    ofBothFamilies();
    Scene.Asking asking = new Scene.Asking(shared(1, 1, new StickyPrefix(20, 44)).bind());
    assertThat(asking.ask(0, Family.V4).scope()).as("no client subnet").isZero();
    asking.asker.subnet = true;
    asking.asker.subnetV4 = true;
    asking.asker.subnetLow = 0xc6336400L;
    asking.asker.subnetLength = 24;
    assertThat(asking.ask(0, Family.V4).scope()).isEqualTo(20);
    assertThat(asking.steering.dependsOnClient(0, asking.asker, asking.decision)).isTrue();
  }

  @Test
  void nodesAgreeWhateverTheirSaltsAre() {
    Bound plain = shared(1, 1).bind();
    Bound salted =
        new Binder(name -> new byte[0])
            .bind(
                plain.plan().with(Salt.of(new byte[] {1, 2, 3})),
                plain.table(),
                Memory.NONE,
                scene.basis,
                scene.now);
    assertThat(toEu(salted)).isEqualTo(toEu(plain));
  }

  private static List<Double> odds(Bound bound, long client) {
    Asker asker = new Asker();
    asker.sourceV4 = true;
    asker.sourceLow = client;
    return Explainer.explain(bound, 0, Family.V4, asker, "", List.of(), 60).backends().stream()
        .map(Explanation.BackendOdds::odds)
        .toList();
  }

  @Test
  void explainSaysHowManyNetworksAPoolHas() {
    Explanation why =
        Explainer.explain(shared(90, 10).bind(), 0, Family.V4, new Asker(), "", List.of(), 60);
    long eu =
        Arrays.stream(new Sharings().of(List.of("eu", "us"), List.of(90, 10)))
            .filter(pool -> pool == 0)
            .count();
    double percent = 100.0 * eu / Buckets.COUNT;
    assertThat(percent).as("five standard deviations").isCloseTo(90, Offset.offset(2.4));
    assertThat(why.backends().stream().map(Explanation.BackendOdds::note))
        .containsExactly(networks(percent), networks(100 - percent), networks(100 - percent));
  }

  private static String networks(double percent) {
    return String.format(Locale.ROOT, "its pool has %.1f %% of all networks", percent);
  }

  @Test
  void theOddsOfAClientAreThoseOfItsPool() {
    ofBothFamilies();
    Bound bound = shared(1, 1, StickyPrefix.DEFAULT).bind();
    Scene.Asking asking = new Scene.Asking(bound);
    for (long client = 0x0a000001L; client < 0x0a003201L; client += 256) {
      asking.asker.sourceLow = client;
      boolean eu = asking.ask(0, Family.V4).addresses().getFirst().equals("192.0.2.1");
      assertThat(odds(bound, client))
          .isEqualTo(eu ? List.of(1.0, 0.0, 0.0) : List.of(0.0, 0.5, 0.5));
    }
  }
}
