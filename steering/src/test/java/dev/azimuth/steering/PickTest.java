package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import dev.azimuth.steering.Pick.By;
import dev.azimuth.steering.Pick.Groups;
import dev.azimuth.steering.Scene.Answer;
import dev.azimuth.steering.Scene.Asking;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What queries get by each pick, as a worker asks: shares, scopes, and what agrees with what. */
class PickTest {
  private static final int[] WEIGHTS = {5, 1, 3, 3, 8, 2};
  private static final int[] GROUPS = {0, 0, 1, 1, -1, 0};
  private static final Salt SALT = Salt.of(new byte[] {4, 2});

  private static boolean sticks(By by) {
    return by == By.STICKY || by == By.NEAREST;
  }

  private static Pick pick(By by, int answers, Groups groups) {
    return new Pick(by, answers, groups, new Pick(by, 1).sticky());
  }

  /** One name over one pool of backends with an IPv4 and, where the number is even, an IPv6. */
  private static Bound bound(Pick pick, boolean bothFamilies, Binder binder) {
    List<Backend> backends = new ArrayList<>();
    for (int i = 0; i < WEIGHTS.length; i++) {
      List<Endpoint> endpoints = new ArrayList<>();
      endpoints.add(endpoint("192.0.2." + i));
      if (bothFamilies) {
        endpoints.add(endpoint("2001:db8::" + i));
      }
      String group = GROUPS[i] < 0 ? null : "g" + GROUPS[i];
      backends.add(new Backend("b" + i, i, i, WEIGHTS[i], false, endpoints, Map.of(), group));
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
            pick.by() == By.NEAREST ? Scene.atOnePlace(backends) : null);
    SteeredName name =
        new SteeredName(
            "www.example.com.",
            List.of(new Rule("rule", Condition.ALL, To.pools(0), false, null)),
            pick,
            new TtlRange(15, 60),
            null,
            AllDown.ofZone(new AllDown.ServeAll()));
    List<@Nullable ForcedState> none = Collections.nCopies(WEIGHTS.length, null);
    return binder.bind(
        new SteeringPlan(List.of(), List.of(pool), List.of(name)).with(SALT),
        new HealthTable(List.of(), List.of(), none),
        Memory.NONE,
        new Basis.Live(),
        1);
  }

  private static Bound bound(Pick pick) {
    return bound(pick, true, new Binder(name -> name.getBytes(StandardCharsets.US_ASCII)));
  }

  private static Endpoint endpoint(String address) {
    return new Endpoint(Scene.address(address), -1, Integer.MAX_VALUE);
  }

  /** The backend that an address belongs to. */
  private static int backend(String address) {
    return Integer.parseInt(address.substring(address.length() - 1));
  }

  private static List<Integer> backends(Answer answer) {
    return answer.addresses().stream().map(PickTest::backend).toList();
  }

  private static void client(Asking asking, int network) {
    asking.asker.sourceV4 = true;
    asking.asker.sourceHigh = 0;
    asking.asker.sourceLow = 0x0b000000L + ((long) network << 8) + 7;
  }

  private static double[] shares(By by) {
    return switch (by) {
      case WEIGHTED, RANDOM, STICKY, NEAREST, FASTEST ->
          Arrays.stream(WEIGHTS).asDoubleStream().toArray();
      case ROTATE, ALL -> new double[] {1};
    };
  }

  static Stream<Arguments> everyShapeAndNumber() {
    return Stream.of(By.values())
        .filter(by -> by != By.ALL)
        .flatMap(
            by ->
                Stream.of(Groups.values())
                    .flatMap(
                        groups ->
                            IntStream.rangeClosed(1, WEIGHTS.length)
                                .mapToObj(answers -> Arguments.of(by, groups, answers))));
  }

  /**
   * Chi-square over 22,000 queries, each of another client; significance 0.001. Where turns are
   * taken, it is exactness over each round of 22 that is proven.
   */
  @ParameterizedTest
  @MethodSource("everyShapeAndNumber")
  void theFirstAnswersAreSharedAsThePickSays(By by, Groups groups, int answers) {
    Asking asking = new Asking(bound(pick(by, answers, groups)));
    long[] firsts = new long[WEIGHTS.length];
    long[] given = new long[WEIGHTS.length];
    int queries = 22_000;
    for (int query = 0; query < queries; query++) {
      client(asking, query);
      List<Integer> answer = backends(asking.ask(0, Family.V4));
      firsts[answer.getFirst()]++;
      answer.forEach(backend -> given[backend]++);
      assertThat(answer).doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(answers);
    }
    double statistic = ChiSquare.of(firsts, shares(by));
    switch (by) {
      case WEIGHTED, FASTEST -> assertThat(statistic).isZero();
      case ROTATE -> assertThat(statistic).isLessThan(0.01);
      case RANDOM -> assertThat(statistic).isLessThan(ChiSquare.bound(WEIGHTS.length - 1));
      // Who wins a bucket is drawn, and who falls into it: the variances add up.
      case STICKY, NEAREST ->
          assertThat(statistic / (1 + (double) queries / Buckets.COUNT))
              .isLessThan(ChiSquare.bound(WEIGHTS.length - 1));
      case ALL -> throw new AssertionError();
    }
    for (int slot = 0; slot < given.length; slot++) {
      assertThat(asking.turns.given(slot)).isEqualTo(given[slot]);
    }
  }

  @ParameterizedTest
  @MethodSource("everyShapeAndNumber")
  void whatExplainSaysIsWhatQueriesGet(By by, Groups groups, int answers) {
    Bound bound = bound(pick(by, answers, groups));
    Asking asking = new Asking(bound);
    // Of a sticky pick it is said for each client anew.
    int queries = sticks(by) ? 200 : 22_000;
    double[] odds = new double[WEIGHTS.length];
    double[] given = new double[WEIGHTS.length];
    for (int query = 0; query < queries; query++) {
      client(asking, query);
      backends(asking.ask(0, Family.V4)).forEach(backend -> given[backend]++);
      if (sticks(by) || query == 0) {
        List<Explanation.BackendOdds> said =
            Explainer.explain(bound, 0, Family.V4, asking.asker, "", List.of(), 60).backends();
        for (int i = 0; i < odds.length; i++) {
          odds[i] += said.get(i).odds() * (sticks(by) ? 1 : queries);
        }
      }
    }
    for (int i = 0; i < odds.length; i++) {
      switch (by) {
        case WEIGHTED, FASTEST, STICKY, NEAREST ->
            assertThat(given[i]).isEqualTo(odds[i], within(1e-6));
        case ROTATE -> assertThat(given[i]).isEqualTo(odds[i], within(6));
        // Five standard deviations of a binomial distribution at its widest.
        case RANDOM ->
            assertThat(given[i]).isEqualTo(odds[i], within(5 * Math.sqrt(queries / 4.0)));
        case ALL -> throw new AssertionError();
      }
    }
  }

  private static Offset<Double> within(double by) {
    return Offset.offset(by);
  }

  @Test
  void severalWorkersAreBelowOneAnswerEachOff() {
    int workers = 7;
    Bound bound = bound(new Pick(By.WEIGHTED, 1));
    List<Asking> askings =
        IntStream.range(0, workers).mapToObj(seed -> new Asking(bound, seed)).toList();
    Random random = new Random(20261121);
    long[] firsts = new long[WEIGHTS.length];
    int sum = Arrays.stream(WEIGHTS).sum();
    for (int query = 1; query <= 50_000; query++) {
      Asking asking = askings.get(random.nextInt(workers));
      firsts[backends(asking.ask(0, Family.V4)).getFirst()]++;
      for (int i = 0; i < firsts.length && query % 97 == 0; i++) {
        double due = (double) query * WEIGHTS[i] / sum;
        assertThat(Math.abs(firsts[i] - due)).isLessThan(workers);
      }
    }
  }

  @Test
  void aNetworkSticksToItsBackendWithAndWithoutClientSubnetAndInBothFamilies() {
    Asking asking = new Asking(bound(pick(By.STICKY, 2, Groups.SPREAD)));
    Set<List<Integer>> all = new HashSet<>();
    for (int network = 0; network < 500; network++) {
      client(asking, network);
      asking.asker.subnet = false;
      Answer plain = asking.ask(0, Family.V4);
      assertThat(plain.scope()).isZero();
      long address = asking.asker.sourceLow;
      // Another resolver, the client's network in the subnet: another host of it, too.
      asking.asker.sourceLow = 0xc0000201L;
      asking.asker.subnet = true;
      asking.asker.subnetV4 = true;
      asking.asker.subnetLow = address ^ 0x55;
      asking.asker.subnetLength = 32;
      Answer subnet = asking.ask(0, Family.V4);
      assertThat(subnet.addresses()).isEqualTo(plain.addresses());
      assertThat(subnet.scope()).isEqualTo(24);
      assertThat(backends(asking.ask(0, Family.V6))).isEqualTo(backends(plain));
      assertThat(backends(asking.draw().beside(0, Family.V6))).isEqualTo(backends(plain));
      assertThat(backends(asking.every(0, Family.V6))).isEqualTo(backends(plain));
      assertThat(asking.every(0, Family.V4)).isEqualTo(subnet);
      assertThat(asking.steering.dependsOnClient(0, asking.asker, asking.decision)).isTrue();
      all.add(backends(plain));
    }
    assertThat(all).as("every pair that may stand together").hasSize(22);
  }

  @Test
  void theScopeOfAStickyAnswerIsThePrefixOfTheClientsFamily() {
    Pick narrow = new Pick(By.STICKY, 1, Groups.MIXED, new StickyPrefix(20, 48));
    Asking asking = new Asking(bound(narrow));
    asking.asker.subnet = true;
    asking.asker.subnetV4 = true;
    asking.asker.subnetLow = 0x0b010000L;
    asking.asker.subnetLength = 24;
    assertThat(asking.ask(0, Family.V4).scope()).isEqualTo(20);
    asking.asker.subnetV4 = false;
    asking.asker.subnetHigh = 0x2a00_0001_0002_0000L;
    asking.asker.subnetLow = 0;
    asking.asker.subnetLength = 56;
    assertThat(asking.ask(0, Family.V4).scope()).isEqualTo(48);
    assertThat(asking.ask(0, Family.V6).scope()).isEqualTo(48);
    // 6to4: the IPv4 network stands 16 bits into the address.
    asking.asker.subnetHigh = 0x2002_0b01_0000_0000L;
    assertThat(asking.ask(0, Family.V6).scope()).isEqualTo(36);
  }

  @Test
  void theScopeOfAWidePrefixEndsWhereAddressesStandForIpv4() {
    Asking asking = new Asking(bound(new Pick(By.STICKY, 1, Groups.MIXED, new StickyPrefix(8, 4))));
    asking.asker.subnet = true;
    asking.asker.subnetV4 = false;
    asking.asker.subnetLength = 48;
    asking.asker.subnetHigh = 0x2a00_0000_0000_0000L;
    assertThat(asking.ask(0, Family.V6).scope()).isEqualTo(5);
    // The neighbours of 2002::/16 and of 2001::/32.
    asking.asker.subnetHigh = 0x2003_0000_0000_0000L;
    assertThat(asking.ask(0, Family.V6).scope()).isEqualTo(16);
    asking.asker.subnetHigh = 0x2001_0001_0000_0000L;
    assertThat(asking.ask(0, Family.V6).scope()).isEqualTo(32);
  }

  @Test
  void nodesWithTheSameSaltAgree() {
    Pick pick = new Pick(By.STICKY, 1);
    Asking one = new Asking(bound(pick), 1);
    Asking two = new Asking(bound(pick), 2);
    for (int network = 0; network < 200; network++) {
      client(one, network);
      client(two, network);
      assertThat(one.ask(0, Family.V4)).isEqualTo(two.ask(0, Family.V4));
    }
  }

  /** By default every message draws anew; inside one, both families come to the same. */
  @Test
  void insideOneMessageBothFamiliesAgreeForEveryPick() {
    for (By by : By.values()) {
      Asking asking = new Asking(bound(new Pick(by, by == By.ALL ? 3 : 1)));
      Set<List<Integer>> drawn = new HashSet<>();
      for (int message = 0; message < 200; message++) {
        client(asking, message);
        asking.draw();
        List<Integer> v4 = backends(asking.beside(0, Family.V4));
        assertThat(backends(asking.beside(0, Family.V6))).isEqualTo(v4);
        drawn.add(v4);
      }
      assertThat(drawn).hasSize(by == By.ALL ? 1 : WEIGHTS.length);
    }
  }

  @Test
  void hintsHaveEveryBackendOfPicksThatTurnAndTheClientsOwnOfThoseThatStick() {
    for (By by : By.values()) {
      Asking asking = new Asking(bound(new Pick(by, by == By.ALL ? 3 : 1)));
      Set<Integer> hinted = new TreeSet<>(backends(asking.every(0, Family.V4)));
      assertThat(new TreeSet<>(backends(asking.every(0, Family.V6)))).isEqualTo(hinted);
      int expected =
          switch (by) {
            case WEIGHTED, ROTATE, RANDOM, FASTEST -> WEIGHTS.length;
            case STICKY, NEAREST -> 1;
            case ALL -> 3;
          };
      assertThat(hinted).hasSize(expected).containsAll(backends(asking.ask(0, Family.V4)));
    }
  }

  @Test
  void whatStandsBesideIsSharedByWeightToo() {
    for (By by : List.of(By.WEIGHTED, By.RANDOM)) {
      Asking asking = new Asking(bound(new Pick(by, 1)));
      long[] counts = new long[WEIGHTS.length];
      for (int message = 0; message < 22_000; message++) {
        counts[backends(asking.draw().beside(0, Family.V4)).getFirst()]++;
      }
      assertThat(ChiSquare.of(counts, shares(by))).isLessThan(ChiSquare.bound(5));
      assertThat(asking.turns.given(0)).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(By.class)
  void noPickAllocates(By by) {
    Asking asking = new Asking(bound(new Pick(by, 2)));
    asking.asker.subnet = true;
    asking.asker.subnetV4 = true;
    asking.asker.subnetLength = 24;
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = Long.MAX_VALUE;
    // The first rounds may compile.
    for (int round = 0; round < 5 && allocated > 0; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 100_000; i++) {
        asking.asker.subnetLow = 0x0b000000L + ((long) i << 8);
        asking.draw();
        asking.steering.decide(0, Family.V4, asking.asker, asking.turns, asking.decision);
        asking.steering.beside(0, Family.V6, asking.asker, asking.decision);
        asking.steering.every(0, Family.V4, asking.asker, asking.decision);
        asking.steering.dependsOnClient(0, asking.asker, asking.decision);
      }
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
    }
    assertThat(allocated).isZero();
  }
}
