package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The compiled map of a route against plain evaluation of its rules for each client: random rules
 * over random databases, in a space small enough to look at all of it.
 */
class RouteMapTest {
  /** Prefixes of databases and rules end above so many bits. */
  private static final int BITS = 9;

  private static final List<View> VIEWS =
      List.of(new View("inside", List.of(new Cidr(true, 0, 0xc0000000L, 3))));
  private static final List<Point> AT =
      List.of(new Point(50, 8), new Point(39, -77), new Point(35, 139), new Point(-33, 151));

  static IntStream seeds() {
    return IntStream.range(0, 60);
  }

  /** A route over a database, and who asks. */
  private static final class World {
    final Random random;
    final List<List<Atlas.Entry>> databases = new ArrayList<>();
    final List<RouteMap.Fork> rules = new ArrayList<>();
    final RouteMap map;

    World(int seed) {
      random = new Random(seed);
      for (int i = 0; i < random.nextInt(3); i++) {
        List<Atlas.Entry> entries = new ArrayList<>(Atlas.database(random, true, BITS));
        entries.addAll(Atlas.database(random, false, BITS));
        databases.add(entries);
      }
      int count = 1 + random.nextInt(6);
      for (int i = 0; i < count; i++) {
        boolean last = i == count - 1;
        Condition condition =
            new Condition(
                random.nextBoolean() ? List.of() : prefixes(),
                random.nextInt(3) > 0 ? List.of() : prefixes(),
                random.nextInt(5) > 0 ? List.of() : List.of(0),
                random.nextBoolean() ? Area.ANYWHERE : Atlas.area(random));
        rules.add(fork(last ? Condition.ALL : condition));
      }
      map = RouteMap.of(rules, VIEWS, Atlas.places(databases));
    }

    private RouteMap.Fork fork(Condition condition) {
      BitSet views = new BitSet();
      views.set(0, random.nextInt(4) == 0);
      To.Nearest nearest =
          random.nextInt(3) > 0
              ? null
              : new To.Nearest(List.of(0, 1, 2, 3), AT, 1 + random.nextInt(4));
      return new RouteMap.Fork(condition, nearest, views);
    }

    private List<Cidr> prefixes() {
      List<Cidr> prefixes = new ArrayList<>();
      for (int i = 0; i <= random.nextInt(3); i++) {
        int length = random.nextInt(BITS + 1);
        boolean v4 = random.nextBoolean();
        long bits = length == 0 ? 0 : random.nextLong() << (64 - length);
        prefixes.add(
            v4 ? new Cidr(true, 0, bits >>> 32, length) : new Cidr(false, bits, 0, length));
      }
      return prefixes;
    }

    /** What the rules plainly say. */
    Destination naive(boolean v4, long high, long low, long source) {
      int view = Atlas.contains(VIEWS.getFirst().prefixes().getFirst(), true, 0, source) ? 0 : -1;
      Place place = Atlas.find(databases, v4, high, low);
      for (int i = 0; ; i++) {
        Condition of = rules.get(i).condition();
        if ((of.cidr().isEmpty()
                || of.cidr().stream().anyMatch(c -> Atlas.contains(c, v4, high, low)))
            && (of.resolver().isEmpty()
                || of.resolver().stream().anyMatch(c -> Atlas.contains(c, true, 0, source)))
            && (of.views().isEmpty() || of.views().contains(view))
            && Atlas.matches(of.area(), place)) {
          boolean told = view >= 0 && rules.get(i).views().get(view);
          return new Destination(i, order(rules.get(i).nearest(), place.at()), told ? view : -1);
        }
      }
    }

    private static List<Step> order(To.Nearest nearest, Point from) {
      if (nearest == null) {
        return null;
      }
      List<List<Integer>> turns =
          from == null
              ? nearest.pools().stream().map(List::of).toList()
              : NearbyTest.naive(from, nearest.at(), nearest.limit());
      return turns.stream().map(Step::equal).toList();
    }

    /** By the upper bits of an address of a family: what the rules plainly say. */
    Destination[] plain(boolean v4, long source) {
      Destination[] plain = new Destination[1 << BITS];
      for (int top = 0; top < plain.length; top++) {
        plain[top] =
            v4
                ? naive(true, 0, (long) top << (32 - BITS), source)
                : naive(false, (long) top << (64 - BITS), 0, source);
      }
      return plain;
    }

    /** The least scope: 0 speaks of both families, and may only where all come to the same. */
    int least(long source) {
      return Stream.of(plain(true, source), plain(false, source))
                  .flatMap(Arrays::stream)
                  .distinct()
                  .count()
              == 1
          ? 0
          : 1;
    }

    Destination compiled(Asker asker, Decision decision) {
      return map.destinations().get(map.destination(asker, decision));
    }
  }

  private static Asker asker(long source) {
    Asker asker = new Asker();
    asker.sourceV4 = true;
    asker.sourceLow = source;
    return asker;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void decidesForEveryIpv4ClientAsTheRulesSayAndTheScopeIsTheWidest(int seed) {
    World world = new World(seed);
    Decision decision = new Decision();
    for (long source : new long[] {0x01010101L, 0xc1000001L, 0xf0000001L, 0x80808080L}) {
      Destination[] plain = world.plain(true, source);
      int least = world.least(source);
      for (int top = 0; top < plain.length; top++) {
        long address = (long) top << (32 - BITS) | world.random.nextLong(1L << (32 - BITS));
        Asker asker = asker(source);
        asker.subnet = true;
        asker.subnetV4 = true;
        asker.subnetLow = address;
        asker.subnetLength = 32;
        Destination found = world.compiled(asker, decision);
        if (!Subnets.usable(true, 0, address)) {
          assertThat(decision.scope).isZero();
          assertThat(found).isEqualTo(plain[(int) (source >>> (32 - BITS))]);
          continue;
        }
        assertThat(found).as("client %x from %x", address, source).isEqualTo(plain[top]);
        assertThat(decision.scope).isEqualTo(Math.max(least, widest(plain, top)));
      }
    }
  }

  /** The length of the shortest prefix in which everybody comes to the same. */
  private static int widest(Destination[] plain, int top) {
    for (int length = 0; ; length++) {
      int from = top >>> (BITS - length) << (BITS - length);
      int to = from + (1 << (BITS - length));
      Destination expected = plain[top];
      if (IntStream.range(from, to).allMatch(i -> plain[i].equals(expected))) {
        return length;
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void decidesForEveryIpv6ClientAsTheRulesSayAndTheScopeIsTheWidest(int seed) {
    World world = new World(seed);
    Decision decision = new Decision();
    for (long source : new long[] {0x01010101L, 0xc1000001L}) {
      Destination[] plain = world.plain(false, source);
      int least = world.least(source);
      for (long top = 0; top < 1 << BITS; top++) {
        long high = top << (64 - BITS) | world.random.nextLong(1L << (64 - BITS));
        Asker asker = asker(source);
        asker.subnet = true;
        asker.subnetHigh = high;
        asker.subnetLow = world.random.nextLong();
        asker.subnetLength = 128;
        Client client = new Client();
        client.of(asker);
        if (!client.subnet || client.v4) {
          continue;
        }
        assertThat(world.compiled(asker, decision)).isEqualTo(plain[(int) top]);
        int widest = Math.max(least, widest(plain, (int) top));
        // Nobody who is taken as an IPv4 address lies within it, unless it is of everybody.
        assertThat(decision.scope)
            .as("client %x from %x", high, source)
            .isEqualTo(widest == 0 ? 0 : client.apart(widest));
      }
    }
  }

  private static final Place SWEDEN = new Place("EU", "SE", List.of(), City.UNKNOWN, 0, null);

  private static RouteMap.Fork to(Area area) {
    Condition condition = new Condition(List.of(), List.of(), List.of(), area);
    return new RouteMap.Fork(condition, null, new BitSet());
  }

  private static Area countries(String... countries) {
    return new Area(Set.of(), Set.of(countries), Set.of(), List.of(), Set.of(), false);
  }

  @Test
  void knowsWhichRulesNoClientComesTo() throws TooManyDestinations {
    PlacesBuilder builder = new PlacesBuilder();
    builder.add(true, 0, 0x01000000L, 8, builder.number(SWEDEN));
    Places places = builder.build();
    List<Area> areas =
        List.of(
            countries("SE"), countries("SE", "NO"), countries("JP"), countries(), countries("FI"));
    List<Rule> rules =
        areas.stream()
            .map(area -> new Condition(List.of(), List.of(), List.of(), area))
            .map(condition -> new Rule("rule", condition, To.pools(0), false, null))
            .toList();
    SteeredName name =
        new SteeredName(
            "www.example.com.",
            rules,
            new Pick(Pick.By.WEIGHTED, 1),
            new TtlRange(1, 2),
            null,
            AllDown.ofZone(new AllDown.NoData()));
    List<BitSet> views = List.of(new BitSet());
    Routes routes = Routes.of(List.of(), views, List.of(name, name), places, Routes.NONE);
    assertThat(routes.unreached(0, 5).stream()).containsExactly(1, 2, 4);
    assertThat(routes.distinct()).isEqualTo(1);
    Routes again = Routes.of(List.of(), views, List.of(name), places, routes);
    assertThat(again.byName()[0]).isSameAs(routes.byName()[1]);
    Routes other = Routes.of(List.of(), views, List.of(name), Places.NONE, routes);
    assertThat(other.byName()[0]).isNotSameAs(routes.byName()[0]);
    assertThat(other.unreached(0, 5).stream()).containsExactly(0, 1, 2, 4);
  }

  @Test
  void moreDestinationsThanTheMapCanHoldAreAnErrorWithTheArithmetic() {
    PlacesBuilder builder = new PlacesBuilder();
    Random random = new Random(5);
    for (long i = 0; i < 1 << 17; i++) {
      Point at = new Point(random.nextDouble(-90, 90), random.nextDouble(-180, 180));
      Place place = new Place("", "", List.of(), City.UNKNOWN, 0, at);
      builder.add(true, 0, i << 15, 17, builder.number(place));
    }
    Places places = builder.build();
    List<Point> at =
        IntStream.range(0, 60)
            .mapToObj(i -> new Point(random.nextDouble(-90, 90), random.nextDouble(-180, 180)))
            .toList();
    List<Integer> pools = IntStream.range(0, 60).boxed().toList();
    Rule rule = new Rule("world", Condition.ALL, new To.Nearest(pools, at, 60), false, null);
    SteeredName name =
        new SteeredName(
            "www.example.com.",
            List.of(rule),
            new Pick(Pick.By.WEIGHTED, 1),
            new TtlRange(1, 2),
            null,
            AllDown.ofZone(new AllDown.NoData()));
    List<BitSet> views = pools.stream().map(pool -> new BitSet()).toList();
    assertThatThrownBy(() -> Routes.of(List.of(), views, List.of(name), places, Routes.NONE))
        .isInstanceOf(TooManyDestinations.class)
        .hasMessageContaining("at most 65,535 can be told apart")
        .extracting(e -> ((TooManyDestinations) e).rule())
        .isEqualTo("world");
  }

  @Test
  void ofIpv4ClientsThatAllComeToOneTheScopeIsOneWhereIpv6OnesDoNot() {
    Cidr six = new Cidr(false, 0x2a00L << 48, 0, 16);
    Condition condition = new Condition(List.of(six), List.of(), List.of());
    RouteMap map =
        RouteMap.of(
            List.of(new RouteMap.Fork(condition, null, new BitSet()), to(Area.ANYWHERE)),
            List.of(),
            Atlas.places(List.of()));
    Decision decision = new Decision();
    Asker asker = asker(1);
    asker.subnet = true;
    asker.subnetV4 = true;
    asker.subnetLow = 0x08080800L;
    asker.subnetLength = 24;
    assertThat(map.destinations().get(map.destination(asker, decision)).rule()).isEqualTo(1);
    assertThat(decision.scope).isEqualTo(1);
  }

  @Test
  void aRouteThatIsTheSameForEverybodyHasScopeZero() {
    RouteMap map = RouteMap.of(List.of(to(Area.ANYWHERE)), List.of(), Atlas.places(List.of()));
    Decision decision = new Decision();
    Asker asker = asker(1);
    asker.subnet = true;
    asker.subnetHigh = 0x2002_0102_0304_0000L;
    asker.subnetLength = 56;
    assertThat(map.destination(asker, decision)).isZero();
    assertThat(decision.scope).isZero();
    assertThat(map.ranges()).isEqualTo(2);
    assertThat(Objects.requireNonNull(map.reached()).cardinality()).isEqualTo(1);
  }
}
