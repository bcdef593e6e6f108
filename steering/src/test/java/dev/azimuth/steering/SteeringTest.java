package dev.azimuth.steering;

import static dev.azimuth.steering.Scene.b;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.State;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SteeringTest {

  private static Map<String, Integer> count(Scene scene, int queries) {
    Scene.Asking asking = new Scene.Asking(scene.bind());
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < queries; i++) {
      asking.ask(0, Family.V4).addresses().forEach(a -> counts.merge(a, 1, Integer::sum));
    }
    return counts;
  }

  @Test
  void weightsAreExactOverAnyFullRound() {
    Scene scene =
        new Scene()
            .pool("eu", b("a", 3, "192.0.2.1"), b("b", 1, "192.0.2.2"), b("c", 6, "192.0.2.3"))
            .name("www.example.com.", null, 0);
    assertThat(count(scene, 1000))
        .isEqualTo(Map.of("192.0.2.1", 300, "192.0.2.2", 100, "192.0.2.3", 600));
  }

  @Test
  void rotateIgnoresWeightsAndStartsOneFurtherEachTime() {
    Scene scene = new Scene();
    scene.pick = new Pick(Pick.By.ROTATE, 8);
    scene
        .pool("eu", b("a", 9, "192.0.2.1"), b("b", 1, "192.0.2.2"), b("c", 1, "192.0.2.3"))
        .name("www.example.com.", null, 0);
    Scene.Asking asking = new Scene.Asking(scene.bind());
    List<List<String>> answers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      answers.add(asking.ask(0, Family.V4).addresses());
    }
    assertThat(answers).allSatisfy(answer -> assertThat(answer).hasSize(3));
    assertThat(answers.stream().map(List::getFirst))
        .containsExactlyInAnyOrder("192.0.2.1", "192.0.2.2", "192.0.2.3");
    assertThat(answers.get(1).getFirst()).isEqualTo(answers.get(0).get(1));
  }

  @Test
  void aAndAaaaHaveCountersOfTheirOwn() {
    Scene scene =
        new Scene()
            .pool("eu", b("a", "192.0.2.1", "2001:db8::1"), b("b", "192.0.2.2", "2001:db8::2"))
            .name("www.example.com.", null, 0);
    Scene.Asking asking = new Scene.Asking(scene.bind());
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < 100; i++) {
      asking.ask(0, Family.V4).addresses().forEach(a -> counts.merge(a, 1, Integer::sum));
      asking.ask(0, Family.V6).addresses().forEach(a -> counts.merge(a, 1, Integer::sum));
    }
    assertThat(counts.values()).containsOnly(50);
  }

  @Test
  void aHostNameGivesItsAddressesInTurnWithinItsShare() {
    Scene scene =
        new Scene()
            .pool("eu", b("cloud", "192.0.2.1", "192.0.2.2", "192.0.2.3"), b("own", "192.0.2.9"))
            .name("www.example.com.", null, 0);
    assertThat(count(scene, 600))
        .isEqualTo(Map.of("192.0.2.1", 100, "192.0.2.2", 100, "192.0.2.3", 100, "192.0.2.9", 300));
    scene.set(State.DOWN, "192.0.2.2");
    assertThat(count(scene, 600))
        .isEqualTo(Map.of("192.0.2.1", 150, "192.0.2.3", 150, "192.0.2.9", 300));
  }

  @Test
  void everyAddressOfEveryHostNameComesThoughTheyCannotComeEvenly() {
    Scene scene = new Scene();
    List<Scene.B> hosts = new ArrayList<>();
    int[] sizes = {16, 15, 13, 11, 7};
    for (int host = 0; host < sizes.length; host++) {
      String[] addresses = new String[sizes[host]];
      for (int i = 0; i < addresses.length; i++) {
        addresses[i] = "192.0." + host + "." + (i + 1);
      }
      hosts.add(b("host" + host, addresses));
    }
    scene.pool("eu", hosts.toArray(Scene.B[]::new)).name("www.example.com.", null, 0);
    assertThat(count(scene, 8192)).hasSize(16 + 15 + 13 + 11 + 7);
  }

  @Test
  void eachCounterStartsAtARandomPosition() {
    Scene scene =
        new Scene()
            .pool(
                "eu",
                b("a", "192.0.2.1"),
                b("b", "192.0.2.2"),
                b("c", "192.0.2.3"),
                b("d", "192.0.2.4"));
    for (int name = 0; name < 50; name++) {
      scene.name("n" + name + ".", null, 0);
    }
    Bound bound = scene.bind();
    long[] counts = new long[4];
    for (int seed = 0; seed < 40; seed++) {
      Scene.Asking asking = new Scene.Asking(bound, seed);
      for (int name = 0; name < 50; name++) {
        String first = asking.ask(name, Family.V4).addresses().getFirst();
        counts[first.charAt(first.length() - 1) - '1']++;
      }
    }
    assertThat(ChiSquare.of(counts, 1)).isLessThan(ChiSquare.bound(3));
  }

  @Test
  void whatIpv6AloneMakesDependOnTheClientDepends() {
    Scene scene = new Scene();
    scene.pick = new Pick(Pick.By.STICKY, 1);
    scene
        .pool("eu", b("a", "192.0.2.1", "2001:db8::1"), b("b", "2001:db8::2"))
        .name("www.example.com.", null, 0);
    Scene.Asking asking = new Scene.Asking(scene.bind());
    subnet(asking, 0xc6336400L, 24);
    assertThat(asking.ask(0, Family.V4).scope()).as("one backend for everybody").isZero();
    assertThat(asking.ask(0, Family.V6).scope()).isEqualTo(24);
    assertThat(asking.steering.dependsOnClient(0, asking.asker, asking.decision)).isTrue();
  }

  @Test
  void countersSurviveARebuild() {
    Scene scene =
        new Scene()
            .pool("eu", b("a", "192.0.2.1"), b("b", "192.0.2.2"))
            .name("www.example.com.", null, 0);
    Scene.Asking before = new Scene.Asking(scene.bind());
    String first = before.ask(0, Family.V4).addresses().getFirst();
    Steering rebuilt = scene.bind().steering();
    before.turns.fit(rebuilt);
    rebuilt.decide(0, Family.V4, before.asker, before.turns, before.decision);
    assertThat(before.decision.octets()).isNotEqualTo(Scene.address(first).getAddress());
  }

  @Test
  void answersAreCountedPerBackend() {
    Scene scene =
        new Scene()
            .pool("eu", b("a", 3, "192.0.2.1"), b("b", 1, "192.0.2.2"))
            .name("www.example.com.", null, 0);
    Scene.Asking asking = new Scene.Asking(scene.bind());
    for (int i = 0; i < 40; i++) {
      asking.ask(0, Family.V4);
    }
    assertThat(asking.turns.given(0)).isEqualTo(30);
    assertThat(asking.turns.given(1)).isEqualTo(10);
  }

  @Test
  void theScopeIsZeroWhereNothingDependsOnTheClient() {
    Scene scene = new Scene().pool("eu", b("a", "192.0.2.1")).name("www.example.com.", null, 0);
    Scene.Asking asking = new Scene.Asking(scene.bind());
    subnet(asking, 0xc6336400L, 24);
    assertThat(asking.ask(0, Family.V4).scope()).isZero();
  }

  @Test
  void rulesSendSubnetsAndResolversWhereTheySay() {
    Scene scene =
        new Scene()
            .pool("in", b("in1", "192.0.2.1"))
            .pool("near", b("near1", "192.0.2.2"))
            .pool("far", b("far1", "192.0.2.3"));
    scene.names.add(
        new SteeredName(
            "www.example.com.",
            List.of(
                new Rule(
                    "inside",
                    resolver(new Cidr(true, 0, 0x0a000000L, 8)),
                    To.pools(0),
                    false,
                    null),
                new Rule(
                    "near", cidr(new Cidr(true, 0, 0xc6336400L, 24)), To.pools(1), false, null),
                new Rule("rest", Condition.ALL, To.pools(2), false, null)),
            scene.pick,
            scene.ttl,
            null,
            AllDown.ofZone(new AllDown.ServeAll())));
    Scene.Asking asking = new Scene.Asking(scene.bind());
    assertThat(asking.ask(0, Family.V4).addresses()).containsExactly("192.0.2.1");

    asking.asker.sourceLow = 0xc0000205L;
    assertThat(asking.ask(0, Family.V4).addresses()).containsExactly("192.0.2.3");
    subnet(asking, 0xc6336400L, 24);
    assertThat(asking.ask(0, Family.V4).addresses()).containsExactly("192.0.2.2");
    assertThat(asking.ask(0, Family.V4).scope()).isEqualTo(24);
    subnet(asking, 0xc6330000L, 16);
    assertThat(asking.ask(0, Family.V4).addresses()).containsExactly("192.0.2.3");
    assertThat(asking.ask(0, Family.V4).scope()).isEqualTo(18);

    // For a resolver inside, no subnet matters: the scope is 0.
    asking.asker.sourceLow = 0x0a000001L;
    assertThat(asking.ask(0, Family.V4).addresses()).containsExactly("192.0.2.1");
    assertThat(asking.ask(0, Family.V4).scope()).isZero();
  }

  @Test
  void aPrivateSubnetIsIgnored() {
    Scene scene = new Scene().pool("in", b("in1", "192.0.2.1")).pool("out", b("out1", "192.0.2.2"));
    scene.names.add(
        new SteeredName(
            "www.example.com.",
            List.of(
                new Rule(
                    "inside", cidr(new Cidr(true, 0, 0x0a000000L, 8)), To.pools(0), false, null),
                new Rule("rest", Condition.ALL, To.pools(1), false, null)),
            scene.pick,
            scene.ttl,
            null,
            AllDown.ofZone(new AllDown.ServeAll())));
    Scene.Asking asking = new Scene.Asking(scene.bind());
    asking.asker.sourceLow = 0xc0000205L;
    subnet(asking, 0x0a010000L, 16);
    assertThat(asking.ask(0, Family.V4).addresses()).containsExactly("192.0.2.2");
    assertThat(asking.ask(0, Family.V4).scope()).isZero();
  }

  @Test
  void aDecisionAllocatesNothing() {
    Scene scene =
        new Scene()
            .pool("eu", b("a", 3, "192.0.2.1"), b("b", 1, "192.0.2.2"))
            .name("www.example.com.", null, 0);
    Scene.Asking asking = new Scene.Asking(scene.bind());
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = Long.MAX_VALUE;
    // The first rounds may compile.
    for (int round = 0; round < 5 && allocated > 0; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 100_000; i++) {
        asking.steering.decide(0, Family.V4, asking.asker, asking.turns, asking.decision);
      }
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
    }
    assertThat(allocated).isZero();
  }

  private static void subnet(Scene.Asking asking, long address, int length) {
    asking.asker.subnet = true;
    asking.asker.subnetV4 = true;
    asking.asker.subnetLow = address;
    asking.asker.subnetLength = length;
  }

  @Test
  void everyAddressIsWhatQueriesComeToAndNothingElse() {
    var random = new Random(20261121);
    List<Pick.By> ways = List.of(Pick.By.values());
    for (int round = 0; round < 300; round++) {
      Scene scene = new Scene();
      Pick.By by = ways.get(random.nextInt(ways.size()));
      scene.pick = new Pick(by, 1 + random.nextInt(4));
      List<Scene.B> backends = new ArrayList<>();
      for (int i = 0; i <= random.nextInt(6); i++) {
        // Some share an address, some have several.
        String[] addresses = {"192.0.2." + random.nextInt(5), "198.51.100." + i};
        int count = 1 + random.nextInt(2);
        backends.add(b("b" + i, 1 + random.nextInt(5), Arrays.copyOf(addresses, count)));
      }
      scene.pool("eu", backends.toArray(Scene.B[]::new)).name("www.example.com.", null, 0);
      Scene.Asking asking = new Scene.Asking(scene.bind());
      Set<String> given = new TreeSet<>();
      Set<String> beside = new TreeSet<>();
      for (int i = 0; i < 1000; i++) {
        given.addAll(asking.ask(0, Family.V4).addresses());
        beside.addAll(asking.draw().beside(0, Family.V4).addresses());
      }
      Scene.Answer every = asking.every(0, Family.V4);
      assertThat(every.addresses()).doesNotHaveDuplicates().hasSameElementsAs(given);
      assertThat(beside).isEqualTo(given);
      assertThat(every.ttl()).isEqualTo(asking.ask(0, Family.V4).ttl());
      assertThat(asking.every(0, Family.V6).kind()).isEqualTo(Decision.Kind.NODATA);
      assertThat(asking.beside(0, Family.V6).kind()).isEqualTo(Decision.Kind.NODATA);
    }
  }

  @Test
  void aFixedAddressIsEveryAddress() {
    Scene scene =
        new Scene()
            .pool("eu", b("a", "192.0.2.1"))
            .name("www.example.com.", Scene.fixed("192.0.2.80", null), 0)
            .set(State.DOWN, "192.0.2.1");
    assertThat(new Scene.Asking(scene.bind()).every(0, Family.V4).addresses())
        .containsExactly("192.0.2.80");
  }

  @Test
  void whatStandsBesideTakesNoTurnAndIsNotCounted() {
    Scene scene =
        new Scene()
            .pool("eu", b("a", "192.0.2.1"), b("b", "192.0.2.2"))
            .name("www.example.com.", null, 0);
    Scene.Asking asking = new Scene.Asking(scene.bind());
    Scene.Answer first = asking.ask(0, Family.V4);
    asking.draw().beside(0, Family.V4);
    asking.every(0, Family.V4);
    assertThat(asking.ask(0, Family.V4)).isNotEqualTo(first);
    assertThat(asking.turns.given(0) + asking.turns.given(1)).isEqualTo(2);
  }

  @Test
  void whatHoldsForAllIpv4ClientsIsNotSaidOfIpv6OnesBesideThem() {
    Scene scene =
        new Scene().pool("a", Scene.b("a", "192.0.2.1")).pool("b", Scene.b("b", "192.0.2.2"));
    scene.names.add(
        new SteeredName(
            "www.",
            List.of(
                new Rule(
                    "six",
                    cidr(new Cidr(false, 0x2a00_0000_0000_0000L, 0, 16)),
                    To.pools(0),
                    false,
                    null),
                new Rule("rest", Condition.ALL, To.pools(1), false, null)),
            scene.pick,
            scene.ttl,
            null,
            AllDown.ofZone(new AllDown.ServeAll())));
    scene.name("plain.", null, 0);
    Scene.Asking asking = new Scene.Asking(scene.bind());
    asking.asker.subnet = true;
    asking.asker.subnetV4 = false;
    asking.asker.subnetHigh = 0x2002_c000_0201_0000L;
    asking.asker.subnetLength = 48;
    Scene.Answer answer = asking.ask(0, Family.V4);
    assertThat(answer.addresses()).containsExactly("192.0.2.2");
    assertThat(answer.scope()).as("6to4 alone").isEqualTo(16);
    assertThat(asking.ask(1, Family.V4).scope()).as("nothing depends on the client").isZero();
  }

  @Test
  void withoutNamesPoolsComeAndGo() {
    Scene one = new Scene().pool("a", Scene.b("a", "192.0.2.1"));
    Scene two =
        new Scene().pool("a", Scene.b("a", "192.0.2.1")).pool("b", Scene.b("b", "192.0.2.2"));
    Binder binder = new Binder(name -> new byte[0]);
    for (Scene scene : List.of(one, two, one)) {
      Bound bound =
          binder.bind(
              new SteeringPlan(List.of(), scene.pools, List.of()),
              new HealthTable(scene.targets, scene.health, scene.forced),
              Memory.NONE,
              new Basis.Live(),
              1);
      assertThat(bound.poolStandings()).hasSize(scene.pools.size());
    }
  }

  private static Condition cidr(Cidr cidr) {
    return new Condition(List.of(cidr), List.of(), List.of());
  }

  private static Condition resolver(Cidr cidr) {
    return new Condition(List.of(), List.of(cidr), List.of());
  }
}
