package dev.azimuth.bench;

import dev.azimuth.health.HealthTable;
import dev.azimuth.resolver.Admission;
import dev.azimuth.resolver.CookieSecrets;
import dev.azimuth.resolver.Identity;
import dev.azimuth.resolver.Picture;
import dev.azimuth.steering.AllDown;
import dev.azimuth.steering.Backend;
import dev.azimuth.steering.Basis;
import dev.azimuth.steering.BelowMinUp;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Condition;
import dev.azimuth.steering.Endpoint;
import dev.azimuth.steering.FailbackHold;
import dev.azimuth.steering.Memory;
import dev.azimuth.steering.MinUp;
import dev.azimuth.steering.Pick;
import dev.azimuth.steering.Pool;
import dev.azimuth.steering.Routes;
import dev.azimuth.steering.Rule;
import dev.azimuth.steering.Salt;
import dev.azimuth.steering.SteeredName;
import dev.azimuth.steering.Steering;
import dev.azimuth.steering.SteeringPlan;
import dev.azimuth.steering.To;
import dev.azimuth.steering.TooManyDestinations;
import dev.azimuth.steering.TtlRange;
import dev.azimuth.zones.Zone;
import dev.azimuth.zones.ZoneLoader;
import dev.azimuth.zones.ZoneSource;
import dev.azimuth.zones.Zones;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** What the benchmarks in one process ask of: a small zone, pools, one steered name. */
final class Samples {
  static final String STEERED = "www.bench.example";
  static final String STATIC = "static.bench.example";

  private static final String RECORDS =
      """
      @      SOA ns1 hostmaster 1 3600 900 604800 60
      @      NS  ns1
      ns1    A   203.0.113.53
      static A   192.0.2.9
      """;

  private Samples() {}

  /** The zone with {@link #STATIC} and {@link #STEERED}, the steering's first name. */
  static Picture picture(Steering steering, Admission admission) {
    Zone zone =
        ZoneLoader.load(
                new ZoneSource(
                    "bench.example.",
                    "bench",
                    RECORDS,
                    Path.of("."),
                    60,
                    60,
                    Map.of(STEERED + ".", 0),
                    Set.of()))
            .zone();
    return new Picture(
        1,
        new Zones(List.of(Objects.requireNonNull(zone))),
        steering,
        Identity.NONE,
        CookieSecrets.random(new Random(1)),
        admission);
  }

  /**
   * A pool of backends b0, b1, … at 192.0.2.1 and so on.
   *
   * @param first the number of the first backend, of all pools
   * @param weights of its backends
   */
  static Pool pool(String name, int first, int... weights) {
    List<Backend> backends =
        IntStream.range(0, weights.length)
            .mapToObj(i -> backend(i, first + i, weights[i]))
            .toList();
    return new Pool(
        name,
        backends,
        new MinUp.Share(0.5),
        new FailbackHold.For(Duration.ZERO),
        BelowMinUp.SERVE_USABLE,
        null,
        Duration.ZERO,
        1);
  }

  private static Backend backend(int inPool, int number, int weight) {
    var endpoint =
        new Endpoint(InetAddress.ofLiteral("192.0.2." + (1 + number)), -1, Integer.MAX_VALUE);
    return new Backend(
        "b" + inPool, number, number, weight, false, List.of(endpoint), Map.of(), null);
  }

  /** One name that goes to the first pool, by a pick. */
  static SteeredName name(Pick.By by) {
    return new SteeredName(
        STEERED + ".",
        List.of(new Rule("rule", Condition.ALL, To.pools(0), false, null)),
        new Pick(by, 1),
        new TtlRange(15, 60),
        null,
        AllDown.ofZone(new AllDown.ServeAll()));
  }

  /** Everything is up. */
  static Steering steering(Pool pool, SteeredName name) {
    return bind(new SteeringPlan(List.of(), List.of(pool), List.of(name)));
  }

  /** The newest of the {@link RuleSets} with this number, each of its pools with one backend. */
  static Steering placed(int rules) throws TooManyDestinations {
    SteeredName name = RuleSets.of(rules + 1).getLast();
    List<Pool> pools =
        IntStream.range(0, RuleSets.POOLS).mapToObj(i -> pool("p" + i, i, 1)).toList();
    List<BitSet> views = pools.stream().map(pool -> new BitSet()).toList();
    Routes routes = Routes.of(List.of(), views, List.of(name), Registry.of(5_000_000), Routes.NONE);
    return bind(new SteeringPlan(List.of(), pools, List.of(name), routes, Salt.NONE));
  }

  private static Steering bind(SteeringPlan plan) {
    int backends = plan.pools().stream().mapToInt(pool -> pool.backends().size()).sum();
    return new Binder(text -> new byte[] {0})
        .bind(
            plan,
            new HealthTable(List.of(), List.of(), Collections.nCopies(backends, null)),
            Memory.NONE,
            new Basis.Live(),
            0)
        .steering();
  }

  /** A query for the IPv4 addresses of a name, without EDNS. */
  static byte[] query(String name) {
    return Queries.of(List.of(name + " A"), /* edns= */ false).getFirst();
  }

  /** The same with a client subnet. */
  static byte[] query(String name, String subnet) {
    return Queries.of(List.of(name + " A " + subnet), /* edns= */ false).getFirst();
  }
}
