package dev.azimuth.steering;

import static dev.azimuth.steering.Scene.b;
import static dev.azimuth.steering.Scene.spare;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.azimuth.health.Forced;
import dev.azimuth.health.State;
import dev.azimuth.steering.Flow.BackendShare;
import dev.azimuth.steering.Flow.Move;
import dev.azimuth.steering.Flow.PoolShare;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WhatIfTest {
  private static final AllDown NODATA = new AllDown.NoData();
  private final Scene scene =
      new Scene()
          .pool("eu", b("a", 3, "192.0.2.1"), b("b", 1, "192.0.2.2"), spare("s", "192.0.2.3"))
          .pool("us", b("c", "198.51.100.1"), b("d", "198.51.100.2"));

  private static Cidr cidr(String address, int length) {
    byte[] octets = Scene.address(address).getAddress();
    return octets.length == 4
        ? new Cidr(true, 0, Addresses.number(octets, 0, 4), length)
        : new Cidr(false, Addresses.number(octets, 0, 8), Addresses.number(octets, 8, 16), length);
  }

  private static Condition in(String address, int length) {
    return new Condition(List.of(cidr(address, length)), List.of(), List.of());
  }

  private Scene rules(String name, Pick pick, Rule... rules) {
    scene.names.add(
        new SteeredName(name, List.of(rules), pick, scene.ttl, null, AllDown.ofZone(NODATA)));
    return scene;
  }

  private static Rule rule(Condition condition, To to) {
    return new Rule("rule", condition, to, false, null);
  }

  private static To.Ordered shared(StickyPrefix sticky, int first, int second) {
    return new To.Ordered(
        List.of(new Step(List.of(new Step.Share(0, first), new Step.Share(1, second)), sticky)));
  }

  private static WhatIf everybody(Bound before, Bound after) {
    WhatIf whatIf = WhatIf.of(before, after, name -> true);
    whatIf.addEverybody(Family.V4, part -> {});
    return whatIf;
  }

  private static Flow flow(Bound before, Bound after) {
    List<Flow.OfNames> flows = everybody(before, after).flows();
    assertThat(flows).hasSize(1);
    return flows.getFirst().flow();
  }

  private static Map<String, List<Double>> backends(Flow flow) {
    Map<String, List<Double>> shares = new TreeMap<>();
    for (PoolShare pool : flow.pools()) {
      for (BackendShare backend : pool.backends()) {
        shares.put(backend.backend(), List.of(backend.before(), backend.after()));
      }
    }
    return shares;
  }

  @Test
  void whereNothingChangesNobodyMoves() {
    Bound bound = scene.name("www.", NODATA, 0, 1).bind();
    assertThat(flow(bound, bound))
        .isEqualTo(
            new Flow(
                0,
                List.of(
                    new PoolShare(
                        "eu",
                        1,
                        1,
                        List.of(
                            new BackendShare("eu/a", 0.75, 0.75),
                            new BackendShare("eu/b", 0.25, 0.25)))),
                List.of()));
  }

  @Test
  void aFailureInsideAPoolMovesTheShareOfTheBackendInsideIt() {
    Bound before = scene.name("www.", NODATA, 0, 1).bind();
    Flow flow = flow(before, scene.set(State.DOWN, "192.0.2.2").bind());
    assertThat(flow.moves()).containsExactly(new Move("eu", "eu", 0.25));
    assertThat(backends(flow))
        .isEqualTo(Map.of("eu/a", List.of(0.75, 1.0), "eu/b", List.of(0.25, 0.0)));
  }

  @Test
  void aPoolThatFailsSendsItsClientsToTheNextStepAndThenNowhere() {
    Bound before = scene.name("www.", NODATA, 0, 1).bind();
    Bound one = scene.set(State.DOWN, "192.0.2.1", "192.0.2.2", "192.0.2.3").bind();
    assertThat(flow(before, one).moves()).containsExactly(new Move("eu", "us", 1));
    Bound none = scene.set(State.DOWN, "198.51.100.1", "198.51.100.2").bind();
    assertThat(flow(before, none).moves()).containsExactly(new Move("eu", "(nodata)", 1));
    assertThat(flow(before, none).pools())
        .extracting(PoolShare::pool, PoolShare::before, PoolShare::after)
        .containsExactly(tuple("eu", 1.0, 0.0), tuple("(nodata)", 0.0, 1.0));
  }

  @Test
  void aStandbyTakesOver() {
    Bound before = scene.name("www.", NODATA, 0, 1).bind();
    Flow flow = flow(before, scene.set(State.DOWN, "192.0.2.1", "192.0.2.2").bind());
    assertThat(flow.moves()).containsExactly(new Move("eu", "eu", 1));
    assertThat(backends(flow)).containsEntry("eu/s", List.of(0.0, 1.0));
  }

  @Test
  void inAllDownTheWholePoolThatIsGivenIsNamed() {
    Bound before = scene.name("www.", new AllDown.ServeAll(), 0).bind();
    scene.set(State.DOWN, "192.0.2.1", "192.0.2.2", "192.0.2.3").force(Forced.DOWN, "eu/a");
    assertThat(backends(flow(before, scene.bind())))
        .isEqualTo(Map.of("eu/a", List.of(0.75, 0.0), "eu/b", List.of(0.25, 1.0)));
  }

  @Test
  void anAnswerOfSeveralBackendsCountsForEachInEqualParts() {
    scene.pick = new Pick(Pick.By.ALL, 64);
    Bound before = scene.name("www.", NODATA, 0, 1).bind();
    Flow flow = flow(before, scene.set(State.DOWN, "192.0.2.2").bind());
    assertThat(backends(flow))
        .isEqualTo(Map.of("eu/a", List.of(0.5, 1.0), "eu/b", List.of(0.5, 0.0)));
    assertThat(flow.moved()).isEqualTo(0.5);
  }

  /** Weights that change: by turn as few move as must. */
  @Test
  void ofWhatTurnsShareOutAsMuchStaysAsBothHave() {
    scene.names.clear();
    Bound before = rules("www.", scene.pick, rule(Condition.ALL, shared(null, 90, 10))).bind();
    scene.names.clear();
    Bound after =
        new Binder(name -> new byte[0])
            .bind(
                new SteeringPlan(
                    List.of(),
                    scene.pools,
                    rules("www.", scene.pick, rule(Condition.ALL, shared(null, 70, 30))).names),
                before.table,
                Memory.NONE,
                scene.basis,
                scene.now);
    Flow flow = flow(before, after);
    assertThat(flow.moves()).hasSize(1);
    assertThat(flow.moves().getFirst().from() + flow.moves().getFirst().to()).isEqualTo("euus");
    assertThat(flow.moved()).isCloseTo(0.2, within(1e-9));
  }

  /** Exactly the clients that the real buckets move, with whatever salt. */
  @ParameterizedTest
  @EnumSource(
      value = Pick.By.class,
      names = {"WEIGHTED", "STICKY"})
  void whoSticksIsFollowedBucketByBucket(Pick.By by) {
    Pick pick = new Pick(by, 1);
    Rule[] rules = {rule(Condition.ALL, shared(StickyPrefix.DEFAULT, 60, 40))};
    Bound before = rules("www.", pick, rules).bind();
    Bound after = scene.set(State.DOWN, "192.0.2.1").bind();
    Bound salted =
        new Binder(name -> new byte[0])
            .bind(
                before.plan.with(Salt.of(new byte[] {1, 2, 3})),
                before.table,
                Memory.NONE,
                scene.basis,
                scene.now);
    assertThat(flow(salted, after))
        .as("the salt says who, not how many")
        .isEqualTo(flow(before, after));
    Flow flow = flow(before, after);
    Scene.Asking was = new Scene.Asking(before);
    Scene.Asking is = new Scene.Asking(after);
    int networks = 40_000;
    int moved = 0;
    int inUs = 0;
    for (int network = 0; network < networks; network++) {
      was.asker.sourceLow = (20L << 24) + ((long) network << 8);
      is.asker.sourceLow = was.asker.sourceLow;
      String from = was.ask(0, Family.V4).addresses().getFirst();
      String to = is.ask(0, Family.V4).addresses().getFirst();
      inUs += from.startsWith("198.") ? 1 : 0;
      // Those of us turn between its backends, and the first of eu is gone.
      moved += by == Pick.By.STICKY ? (from.equals(to) ? 0 : 1) : 0;
    }
    assertThat(flow.pools().getLast().before()).isCloseTo(inUs / (double) networks, within(0.01));
    assertThat(flow.moves()).extracting(Move::from, Move::to).hasSize(1);
    assertThat(flow.moves().getFirst().from()).isEqualTo("eu");
    if (by == Pick.By.STICKY) {
      assertThat(flow.moved()).isCloseTo(moved / (double) networks, within(0.01));
    }
  }

  @Test
  void eachPrefixOfAListCountsByItsWeightAndIsCutWhereTheRouteCutsIt() {
    Rule eu = rule(in("20.0.0.0", 9), To.pools(0));
    Rule us = rule(Condition.ALL, To.pools(1));
    Bound bound = rules("www.", scene.pick, eu, us).bind();
    WhatIf whatIf = WhatIf.of(bound, bound, name -> true);
    whatIf.add(cidr("20.0.0.0", 8), 8);
    whatIf.add(cidr("2002:1400::", 24), 1);
    whatIf.add(cidr("2001:db8::", 32), 1);
    assertThat(whatIf.flows().getFirst().flow().pools())
        .extracting(PoolShare::pool, PoolShare::before)
        .as("half of the first, and the 6to4 prefix of 20.0.0.0/8 likewise")
        .containsExactly(tuple("eu", 0.45), tuple("us", 0.55));
  }

  /** Who has one of those is steered by the IPv4 address in it, and no IPv6 client. */
  @Test
  void addressesThatStandForIpv4OnesAreNoIpv6Clients() {
    Rule low = rule(in("2000::", 4), To.pools(0));
    Bound bound = rules("www.", scene.pick, low, rule(Condition.ALL, To.pools(1))).bind();
    WhatIf whatIf = WhatIf.of(bound, bound, name -> true);
    whatIf.add(cidr("2000::", 14), 1);
    assertThat(whatIf.flows().getFirst().flow().pools())
        .extracting(PoolShare::pool, PoolShare::before)
        .containsExactly(tuple("eu", 1.0));
    WhatIf everybody = WhatIf.of(bound, bound, name -> true);
    everybody.addEverybody(Family.V6, part -> {});
    assertThat(everybody.flows().getFirst().flow().pools().getFirst().before())
        .as("2000::/4 without 2002::/16 and 2001::/32, of all that is public without those")
        .isCloseTo(
            (4096 - 1 - 0x1p-16) / (0xfc00 - 0x100 + 0x100 - 0x40 - 1 - 0x1p-16), within(1e-12));
  }

  @Test
  void whoAsksThroughAResolverIsSentWhereThisOneIs() {
    Rule fenced =
        rule(new Condition(List.of(), List.of(cidr("10.0.0.0", 8)), List.of()), To.pools(0));
    Bound bound =
        rules(
                "www.",
                scene.pick,
                fenced,
                rule(in("30.0.0.0", 8), To.pools(0)),
                rule(Condition.ALL, To.pools(1)))
            .bind();
    WhatIf whatIf = WhatIf.of(bound, bound, name -> true);
    Asker asker = new Asker();
    asker.sourceV4 = true;
    asker.sourceLow = 10L << 24;
    whatIf.add(asker, 1);
    asker.sourceLow = 11L << 24;
    whatIf.add(asker, 2);
    asker.subnet = true;
    asker.subnetV4 = true;
    asker.subnetLength = 24;
    asker.subnetLow = 30L << 24;
    whatIf.add(asker, 5);
    assertThat(whatIf.flows().getFirst().flow().pools())
        .extracting(PoolShare::before)
        .containsExactly(0.75, 0.25);
  }

  @Test
  void withoutADatabaseEveryPublicAddressCountsAndNoOther() {
    List<Span> spans = Everybody.of(Places.NONE, Family.V4);
    double sum = spans.stream().mapToDouble(Span::addresses).sum();
    double closed = 3 * 0x1p24 + 0x1p22 + 2 * 0x1p16 + 0x1p20 + 32 * 0x1p24;
    assertThat(sum).isEqualTo(0x1p32 - closed);
    assertThat(Everybody.of(Places.NONE, Family.V6).getFirst().high()).isEqualTo(1L << 56);
  }

  @Test
  void namesThatFareAlikeStandTogetherAndAllCountAlike() {
    for (String name : List.of("a.", "b.")) {
      scene.name(name, NODATA, 0, 1);
    }
    scene.ttl = new TtlRange(1, 2);
    scene.name("c.", NODATA, 0, 1).name("d.", NODATA, 1);
    Bound before = scene.bind();
    Bound after = scene.set(State.DOWN, "192.0.2.1", "192.0.2.2", "192.0.2.3").bind();
    WhatIf whatIf = everybody(before, after);
    List<Flow.OfNames> flows = whatIf.flows();
    assertThat(flows)
        .extracting(Flow.OfNames::names)
        .containsExactly(List.of("a.", "b.", "c."), List.of("d."));
    Flow all = whatIf.together(flows);
    assertThat(all.moves()).containsExactly(new Move("eu", "us", 0.75));
    assertThat(all.pools())
        .extracting(PoolShare::before, PoolShare::after)
        .containsExactly(tuple(0.75, 0.0), tuple(0.25, 1.0));
  }

  @Test
  void namesThatOnlyOneSideHasAreNotCompared() {
    Bound before = scene.name("a.", NODATA, 0).name("b.", NODATA, 0).bind();
    List<SteeredName> others = new ArrayList<>(scene.names);
    others.removeFirst();
    others.add(
        new SteeredName(
            "c.", others.getFirst().rules(), scene.pick, scene.ttl, null, AllDown.ofZone(NODATA)));
    Bound after =
        new Binder(name -> new byte[0])
            .bind(
                new SteeringPlan(List.of(), scene.pools, others),
                before.table,
                Memory.NONE,
                scene.basis,
                scene.now);
    WhatIf whatIf = WhatIf.of(before, after, name -> true);
    assertThat(whatIf.names()).containsExactly("b.");
    assertThat(whatIf.added()).containsExactly("c.");
    assertThat(whatIf.removed()).containsExactly("a.");
  }
}
