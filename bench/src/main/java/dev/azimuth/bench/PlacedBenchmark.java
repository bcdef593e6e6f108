package dev.azimuth.bench;

import dev.azimuth.health.HealthTable;
import dev.azimuth.resolver.Admission;
import dev.azimuth.resolver.Client;
import dev.azimuth.resolver.CookieSecrets;
import dev.azimuth.resolver.Identity;
import dev.azimuth.resolver.Picture;
import dev.azimuth.resolver.Responder;
import dev.azimuth.steering.Backend;
import dev.azimuth.steering.Basis;
import dev.azimuth.steering.BelowMinUp;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Endpoint;
import dev.azimuth.steering.FailbackHold;
import dev.azimuth.steering.Memory;
import dev.azimuth.steering.MinUp;
import dev.azimuth.steering.Places;
import dev.azimuth.steering.Pool;
import dev.azimuth.steering.Routes;
import dev.azimuth.steering.Salt;
import dev.azimuth.steering.SteeredName;
import dev.azimuth.steering.Steering;
import dev.azimuth.steering.SteeringPlan;
import dev.azimuth.steering.TooManyDestinations;
import dev.azimuth.steering.Turns;
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
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs that an answer depends on the client's place: from packet to packet, over a table
 * of 5,000,000 prefixes, for another client with each query, beside a record that does not.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xmx2g"})
public class PlacedBenchmark {
  private static final String RECORDS =
      """
      @      SOA ns1 hostmaster 1 3600 900 604800 60
      @      NS  ns1
      ns1    A   203.0.113.53
      static A   192.0.2.9
      """;

  private static final byte[] SUBNET = {
    0, 0, 41, 4, (byte) 0xD0, 0, 0, 0, 0, 0, 11, 0, 8, 0, 7, 0, 1, 24, 0, 0, 0, 0
  };

  private final Responder responder = new Responder(new Turns(1));
  private final Client client = new Client();
  private final byte[] out = new byte[1232];
  private final byte[] plain = query("static.bench.example");
  private final byte[] fixed = with(plain);
  private byte[] placed = {};
  private int[] addresses = {};
  private Picture picture =
      new Picture(
          0,
          new Zones(List.of()),
          Steering.none(),
          Identity.NONE,
          CookieSecrets.OFF,
          Admission.OPEN);
  private int next;

  /** For JMH. */
  public PlacedBenchmark() {}

  /** A table of 5,000,000 prefixes, one steered name, and a million clients of common prefixes. */
  @Setup
  public void prepare() throws TooManyDestinations {
    SteeredName name = RuleSets.of(1).getLast();
    List<BitSet> views = IntStream.range(0, RuleSets.POOLS).mapToObj(pool -> new BitSet()).toList();
    Places places = Registry.of(5_000_000);
    Routes routes = Routes.of(List.of(), views, List.of(name), places, Routes.NONE);
    List<Pool> pools = IntStream.range(0, RuleSets.POOLS).mapToObj(PlacedBenchmark::pool).toList();
    Steering steering =
        new Binder(text -> new byte[] {0})
            .bind(
                new SteeringPlan(List.of(), pools, List.of(name), routes, Salt.NONE),
                new HealthTable(List.of(), List.of(), Collections.nCopies(RuleSets.POOLS, null)),
                Memory.NONE,
                new Basis.Live(),
                0)
            .steering();
    Zone zone =
        ZoneLoader.load(
                new ZoneSource(
                    "bench.example.",
                    "bench",
                    RECORDS,
                    Path.of("."),
                    60,
                    60,
                    Map.of("www.bench.example.", 0),
                    Set.of()))
            .zone();
    picture =
        new Picture(
            1,
            new Zones(List.of(Objects.requireNonNull(zone))),
            steering,
            Identity.NONE,
            CookieSecrets.random(new Random(1)),
            Admission.OPEN);
    placed = with(query("www.bench.example"));
    addresses = Clients.addresses(/* zipf= */ true);
    client.v4 = true;
    client.low = 0xC000_0264L; // 192.0.2.100
  }

  private static Pool pool(int number) {
    var endpoint =
        new Endpoint(InetAddress.ofLiteral("192.0.2." + (1 + number)), -1, Integer.MAX_VALUE);
    return new Pool(
        "p" + number,
        List.of(new Backend("b", number, number, 1, false, List.of(endpoint), Map.of(), null)),
        new MinUp.Count(1),
        new FailbackHold.For(Duration.ZERO),
        BelowMinUp.SERVE_USABLE,
        null,
        Duration.ZERO,
        1);
  }

  private static byte[] query(String name) {
    return Queries.of(List.of(name + " A"), /* edns= */ false).getFirst();
  }

  private static byte[] with(byte[] query) {
    byte[] octets = new byte[query.length + SUBNET.length];
    System.arraycopy(query, 0, octets, 0, query.length);
    System.arraycopy(SUBNET, 0, octets, query.length, SUBNET.length);
    octets[11] = 1; // ARCOUNT
    return octets;
  }

  @Benchmark
  public int staticRecord() {
    return responder.respond(plain, plain.length, client, picture, out);
  }

  @Benchmark
  public int staticRecordWithSubnet() {
    return ask(fixed);
  }

  @Benchmark
  public int steeredByPlace() {
    return ask(placed);
  }

  private int ask(byte[] query) {
    next = (next + 1) & (Clients.COUNT - 1);
    int address = addresses[next];
    int at = query.length - 3;
    query[at] = (byte) (address >>> 24);
    query[at + 1] = (byte) (address >>> 16);
    query[at + 2] = (byte) (address >>> 8);
    return responder.respond(query, query.length, client, picture, out);
  }
}
