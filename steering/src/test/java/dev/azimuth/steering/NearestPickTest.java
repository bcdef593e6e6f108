package dev.azimuth.steering;

import static dev.azimuth.steering.Scene.b;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.azimuth.health.Forced;
import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import dev.azimuth.steering.Pick.By;
import dev.azimuth.steering.Scene.Asking;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Picks by distance inside a pool: 11.0.0.0/8 in /16s, each of which is somewhere, and 2000::/8.
 */
class NearestPickTest {
  private static final int NETWORKS = 64;

  private final Random random;
  private final List<@Nullable Point> clients = new ArrayList<>();
  private final List<Point> sites = new ArrayList<>();
  private final Map<String, Point> at = new HashMap<>();
  private final List<Backend> backends = new ArrayList<>();
  private Bound bound;

  NearestPickTest() {
    random = new Random(20261121);
  }

  private Point point() {
    // Whole degrees, so that some are equal and some equally far.
    return new Point(random.nextInt(181) - 90, random.nextInt(361) - 180);
  }

  private Places places() {
    PlacesBuilder builder = new PlacesBuilder();
    clients.clear();
    for (int network = 0; network < NETWORKS; network++) {
      Point point = random.nextInt(10) == 0 ? null : point();
      clients.add(point);
      int place = builder.number(new Place("", "", List.of(), City.UNKNOWN, network, point));
      builder.add(true, 0, 0x0b000000L + ((long) network << 16), 16, place);
    }
    int six = builder.number(new Place("", "", List.of(), City.UNKNOWN, NETWORKS, new Point(3, 7)));
    builder.add(false, 0x2000_0000_0000_0000L, 0, 8, six);
    return builder.build();
  }

  private Asking asking(int size, int answers, List<Boolean> usable) {
    sites.clear();
    at.clear();
    backends.clear();
    for (int i = 0; i < 1 + size / 2; i++) {
      sites.add(point());
    }
    for (int i = 0; i < size; i++) {
      Endpoint endpoint = new Endpoint(Scene.address("192.0.2." + i), -1, Integer.MAX_VALUE);
      backends.add(
          new Backend(
              "b" + i, i, i, 1 + random.nextInt(4), false, List.of(endpoint), Map.of(), null));
      at.put("b" + i, sites.get(random.nextInt(sites.size())));
    }
    Pool pool =
        new Pool(
            "eu",
            backends,
            new MinUp.Count(1),
            new FailbackHold.For(Duration.ZERO),
            BelowMinUp.SERVE_USABLE,
            null,
            Duration.ZERO,
            1,
            false,
            new Nearness.Maker(places()).of(at));
    SteeredName name =
        new SteeredName(
            "www.example.com.",
            List.of(new Rule("rule", Condition.ALL, To.pools(0), false, null)),
            new Pick(By.NEAREST, answers),
            new TtlRange(15, 60),
            null,
            AllDown.ofZone(new AllDown.ServeAll()));
    List<@Nullable ForcedState> forced = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      forced.add(
          usable.get(i) ? null : new ForcedState(Forced.DOWN, 0, Long.MAX_VALUE, Long.MAX_VALUE));
    }
    Binder binder = new Binder(text -> text.getBytes(StandardCharsets.US_ASCII));
    bound =
        binder.bind(
            new SteeringPlan(List.of(), List.of(pool), List.of(name)),
            new HealthTable(List.of(), List.of(), forced),
            Memory.NONE,
            new Basis.Live(),
            1);
    return new Asking(bound);
  }

  private static void client(Asking asking, int network, int host) {
    asking.asker.subnet = true;
    asking.asker.subnetV4 = true;
    asking.asker.subnetLow = 0x0b000000L + ((long) network << 16) + host;
    asking.asker.subnetLength = 32;
  }

  private static List<Integer> ask(Asking asking) {
    return asking.ask(0, Family.V4).addresses().stream()
        .map(address -> Integer.parseInt(address.substring(address.lastIndexOf('.') + 1)))
        .toList();
  }

  /** By the formula of haversines, in radians. */
  private static double distance(Point a, Point b) {
    double latitude = Math.toRadians(b.latitude() - a.latitude());
    double longitude = Math.toRadians(b.longitude() - a.longitude());
    double h =
        Math.pow(Math.sin(latitude / 2), 2)
            + Math.cos(Math.toRadians(a.latitude()))
                * Math.cos(Math.toRadians(b.latitude()))
                * Math.pow(Math.sin(longitude / 2), 2);
    return 2 * Math.asin(Math.min(1, Math.sqrt(h)));
  }

  /** How many groups of sites that nearly tie lie nearer to a client, by backend. */
  private Map<Integer, Integer> ranks(@Nullable Point client) {
    Map<Integer, Integer> ranks = new HashMap<>();
    if (client == null) {
      backends.forEach(backend -> ranks.put(backend.number(), 0));
      return ranks;
    }
    List<Point> left =
        new ArrayList<>(
            new HashSet<>(at.values())
                .stream()
                    .sorted((a, b) -> Double.compare(distance(client, a), distance(client, b)))
                    .toList());
    int rank = 0;
    while (!left.isEmpty()) {
      double most = distance(client, left.getFirst()) * 1.05 + 1e-12;
      Set<Point> tie = new HashSet<>();
      while (!left.isEmpty() && distance(client, left.getFirst()) <= most) {
        tie.add(left.removeFirst());
      }
      for (Backend backend : backends) {
        if (tie.contains(at.get(backend.name()))) {
          ranks.put(backend.number(), Math.min(rank, 8));
        }
      }
      rank++;
    }
    return ranks;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 12, 30})
  void theNearestUsableOnesAreGivenInTheirOrder(int size) {
    for (int round = 0; round < 12; round++) {
      List<Boolean> usable =
          IntStream.range(0, size).mapToObj(i -> i == 0 || random.nextInt(3) > 0).toList();
      int answers = 1 + random.nextInt(4);
      Asking asking = asking(size, answers, usable);
      long left = usable.stream().filter(up -> up).count();
      for (int network = 0; network < NETWORKS; network++) {
        client(asking, network, random.nextInt(1 << 16));
        List<Integer> given = ask(asking);
        Map<Integer, Integer> ranks = ranks(clients.get(network));
        List<Integer> nearest =
            IntStream.range(0, size)
                .filter(usable::get)
                .map(ranks::get)
                .sorted()
                .limit(answers)
                .boxed()
                .toList();
        assertThat(given.stream().map(ranks::get).toList()).isEqualTo(nearest);
        assertThat(given)
            .doesNotHaveDuplicates()
            .allMatch(usable::get)
            .hasSize((int) Math.min(answers, left));
      }
    }
  }

  /** Chi-square over 65,536 / 256 networks of one place and four backends; significance 0.001. */
  @Test
  void thoseEquallyNearShareTheNetworksByWeightAndKeepThem() {
    Asking asking = asking(4, 1, List.of(true, true, true, true));
    int unknown = clients.indexOf(null);
    long[] counts = new long[4];
    for (int host = 0; host < 1 << 16; host += 256) {
      client(asking, unknown, host);
      List<Integer> given = ask(asking);
      client(asking, unknown, host + 77);
      assertThat(ask(asking)).isEqualTo(given);
      assertThat(asking.every(0, Family.V4).addresses())
          .containsExactly("192.0.2." + given.getFirst());
      counts[given.getFirst()]++;
    }
    double[] weights = backends.stream().mapToDouble(Backend::weight).toArray();
    // Who wins a bucket is drawn, and who falls into it.
    assertThat(ChiSquare.of(counts, weights) / (1 + 256.0 / Buckets.COUNT))
        .isLessThan(ChiSquare.bound(3));
  }

  /** Whether several are equally near, so that the network decides too. */
  private static boolean drawn(Asking asking, long address) {
    client(asking, (int) (address - 0x0b000000L) >> 16, (int) address & 0xffff);
    Offer offer = asking.steering.v4[0][0];
    Client client = new Client();
    client.of(asking.asker);
    return offer.schedule.at(client).order.length > 1;
  }

  /**
   * The length of the shortest prefix around an address, all of whose networks have the sites in
   * the same order, by looking at each of them.
   */
  private int widest(long address) {
    int network = (int) (address - 0x0b000000L) >> 16;
    for (int length = 0; length < 16; length++) {
      // Beyond the networks that are somewhere nobody knows where anybody is.
      long first = address & (-1L << (32 - length));
      long last = first + (1L << (32 - length)) - 1;
      boolean beyond = first < 0x0b000000L || last >= 0x0b000000L + (NETWORKS << 16);
      boolean alike = !beyond || Set.copyOf(ranks(clients.get(network)).values()).equals(Set.of(0));
      for (int i = 0; i < NETWORKS && alike; i++) {
        long start = 0x0b000000L + ((long) i << 16);
        alike =
            start < first
                || start > last
                || ranks(clients.get(i)).equals(ranks(clients.get(network)));
      }
      if (alike) {
        return length;
      }
    }
    return 16;
  }

  /** The scope is the widest for which the order of the sites is the same: no place is told. */
  @Test
  void theScopeHoldsWhereverItReaches() {
    for (int round = 0; round < 20; round++) {
      Asking asking = asking(6, 2, List.of(true, true, true, false, true, true));
      for (int i = 0; i < 200; i++) {
        long address = 0x0b000000L + random.nextInt(NETWORKS << 16);
        asking.asker.subnet = true;
        asking.asker.subnetV4 = true;
        asking.asker.subnetLow = address;
        asking.asker.subnetLength = 32;
        List<Integer> given = ask(asking);
        int scope = asking.decision.scope;
        assertThat(scope).isEqualTo(Math.max(widest(address), drawn(asking, address) ? 24 : 0));
        asking.asker.subnetLow = address ^ random.nextLong(1L << (32 - scope));
        assertThat(ask(asking)).isEqualTo(given);
        assertThat(asking.decision.scope).isEqualTo(scope);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 6})
  void explainGivesAClientTheBackendThatItGets(int size) {
    for (int round = 0; round < 5; round++) {
      Asking asking = asking(size, 1, Collections.nCopies(size, true));
      for (int network = 0; network < NETWORKS; network++) {
        client(asking, network, 1);
        int given = ask(asking).getFirst();
        assertThat(
                Explainer.explain(bound, 0, Family.V4, asking.asker, "", List.of(), 60)
                    .backends()
                    .stream()
                    .map(Explanation.BackendOdds::odds)
                    .toList())
            .isEqualTo(IntStream.range(0, size).mapToObj(i -> i == given ? 1.0 : 0.0).toList());
      }
    }
  }

  @Test
  void noScopeReachesIntoAddressesThatStandForIpv4() {
    Set<Integer> beside6to4 = new HashSet<>();
    Set<Integer> besideTeredo = new HashSet<>();
    for (int round = 0; round < 20; round++) {
      Asking asking = asking(3, 1, List.of(true, true, true));
      asking.asker.subnet = true;
      asking.asker.subnetV4 = false;
      asking.asker.subnetLength = 48;
      asking.asker.subnetHigh = 0x2003_0000_0000_0000L;
      ask(asking);
      beside6to4.add(asking.decision.scope);
      asking.asker.subnetHigh = 0x2001_0001_0000_0000L;
      ask(asking);
      besideTeredo.add(asking.decision.scope);
    }
    assertThat(beside6to4).as("2002::/16, or a draw by /56").containsExactlyInAnyOrder(16, 56);
    assertThat(besideTeredo).as("2001::/32, or a draw by /56").containsExactlyInAnyOrder(32, 56);
  }

  @Test
  void whereNoPlaceIsKnownThereIsOneOrderAndNoDistance() {
    Nearness nearness =
        new Nearness.Maker(Places.NONE).of(Map.of("a", new Point(0, 0), "b", new Point(0, 90)));
    assertThat(nearness.kilometres(new Client(), "a")).isNaN();
    assertThat(nearness.orders()).isEqualTo(1);
  }

  @Test
  void distancesAreThoseOfTheGreatCircle() {
    PlacesBuilder builder = new PlacesBuilder();
    int place = builder.number(new Place("", "", List.of(), City.UNKNOWN, 1, new Point(0, 0)));
    builder.add(true, 0, 0x0b000000L, 16, place);
    Nearness nearness = new Nearness.Maker(builder.build()).of(Map.of("a", new Point(0, 90)));
    Client client = new Client();
    client.v4 = true;
    client.low = 0x0b000001L;
    assertThat(nearness.kilometres(client, "a")).isEqualTo(6371 * Math.PI / 2, within(1e-6));
  }

  @Test
  void poolsThatShareAStepEachGiveTheirNearest() {
    Scene scene = new Scene();
    scene.pick = new Pick(By.NEAREST, 1);
    scene.pool("eu", b("a", "192.0.2.1"), b("b", "192.0.2.2"));
    scene.pool("us", b("c", "198.51.100.1"), b("d", "198.51.100.2"));
    Step step =
        new Step(List.of(new Step.Share(0, 1), new Step.Share(1, 1)), new StickyPrefix(28, 56));
    Rule rule = new Rule("www", Condition.ALL, new To.Ordered(List.of(step)), false, null);
    scene.names.add(
        new SteeredName(
            "www.",
            List.of(rule),
            scene.pick,
            scene.ttl,
            null,
            AllDown.ofZone(new AllDown.NoData())));
    Asking asking = new Asking(scene.bind());
    Set<String> given = new HashSet<>();
    for (int network = 0; network < NETWORKS; network++) {
      client(asking, network, 4);
      List<String> first = asking.ask(0, Family.V4).addresses();
      assertThat(asking.decision.scope).as("that of the pool is the longer").isEqualTo(28);
      assertThat(asking.ask(0, Family.V4).addresses()).isEqualTo(first).hasSize(1);
      asking.steering.dependsOnClient(0, asking.asker, asking.decision);
      assertThat(asking.decision.scope).isEqualTo(28);
      given.addAll(first);
    }
    assertThat(given).as("equally near ones of both pools").hasSize(4);
  }
}
