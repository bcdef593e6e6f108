package dev.azimuth.steering;

import static dev.azimuth.steering.Scene.b;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.State;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Several pools in one step of {@code to}. */
class SharedStepTest {
  private Scene scene =
      new Scene()
          .pool("eu", b("a", "192.0.2.1"))
          .pool("us", b("b", "198.51.100.1"), b("c", "198.51.100.2"))
          .pool("ap", b("d", "203.0.113.1"));

  private Scene shared(int eu, int us) {
    return shared(eu, us, null);
  }

  private Scene shared(int eu, int us, StickyPrefix sticky) {
    scene.names.clear();
    To to =
        new To.Ordered(
            List.of(
                new Step(List.of(new Step.Share(0, eu), new Step.Share(1, us)), sticky),
                Step.pool(2)));
    Rule rule = new Rule("www", Condition.ALL, to, false, null);
    scene.names.add(
        new SteeredName("www.", List.of(rule), scene.pick, scene.ttl, null, new AllDown.NoData()));
    return scene;
  }

  private static Map<String, Integer> count(Scene.Asking asking, int queries) {
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < queries; i++) {
      counts.merge(asking.ask(0, Family.V4).addresses().getFirst(), 1, Integer::sum);
    }
    return counts;
  }

  @Test
  void theSharesAreExactOverEveryRound() {
    Scene.Asking asking = new Scene.Asking(shared(90, 10).bind());
    for (int round = 0; round < 3; round++) {
      assertThat(count(asking, 20))
          .isEqualTo(Map.of("192.0.2.1", 18, "198.51.100.1", 1, "198.51.100.2", 1));
    }
  }

  @Test
  void theShareOfAPoolThatDoesNotServeFallsToTheOthersOfTheStep() {
    Scene.Asking asking = new Scene.Asking(shared(90, 10).set(State.DOWN, "192.0.2.1").bind());
    assertThat(count(asking, 10)).isEqualTo(Map.of("198.51.100.1", 5, "198.51.100.2", 5));
    assertThat(asking.decision.reason()).isEqualTo(Reason.FAILOVER);
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
    assertThat(count(new Scene.Asking(scene.bind()), 4)).containsEntry("192.0.2.1", 2);
  }

  @Test
  void whatBelongsToOneMessageIsDrawnFromOnePool() {
    scene.pools.clear();
    scene
        .pool("eu", b("a", "192.0.2.1", "2001:db8:1::1"))
        .pool("us", b("b", "198.51.100.1", "2001:db8:2::1"), b("c", "198.51.100.2"))
        .pool("ap", b("d", "203.0.113.1"));
    Scene.Asking asking = new Scene.Asking(shared(3, 1).bind());
    Map<Boolean, Integer> counts = new TreeMap<>();
    for (int message = 0; message < 4000; message++) {
      asking.asker.draw += 0x9e3779b9;
      boolean eu = asking.every(0, Family.V4).addresses().equals(List.of("192.0.2.1"));
      assertThat(asking.every(0, Family.V6).addresses().getFirst())
          .isEqualTo(eu ? "2001:db8:1:0:0:0:0:1" : "2001:db8:2:0:0:0:0:1");
      assertThat(asking.beside(0, Family.V4).addresses().getFirst().equals("192.0.2.1"))
          .isEqualTo(eu);
      counts.merge(eu, 1, Integer::sum);
    }
    assertThat(counts.get(true)).as("three of four, spread evenly").isBetween(2990, 3010);
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
  void bothFamiliesOfANetworkComeToOnePool() {
    ofBothFamilies();
    Scene.Asking asking = new Scene.Asking(shared(1, 1, StickyPrefix.DEFAULT).bind());
    for (int network = 0; network < 2000; network++) {
      asking.asker.sourceLow = 0x0a000000L + network * 256L;
      boolean eu = asking.ask(0, Family.V4).addresses().getFirst().equals("192.0.2.1");
      assertThat(asking.ask(0, Family.V6).addresses().getFirst().endsWith("1:1")).isEqualTo(eu);
      assertThat(asking.every(0, Family.V4).addresses().contains("192.0.2.1")).isEqualTo(eu);
    }
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
  void theOddsAreThoseOfThePoolTimesThoseInsideIt() {
    assertThat(odds(shared(90, 10).bind(), 1)).containsExactly(0.9, 0.05, 0.05);
  }

  @Test
  void theOddsOfAClientThatSticksAreThoseOfItsPool() {
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
