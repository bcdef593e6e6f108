package dev.azimuth.bench;

import dev.azimuth.health.HealthTable;
import dev.azimuth.resolver.Admission;
import dev.azimuth.resolver.Client;
import dev.azimuth.resolver.CookieSecrets;
import dev.azimuth.resolver.Identity;
import dev.azimuth.resolver.Picture;
import dev.azimuth.resolver.RateLimit;
import dev.azimuth.resolver.RateLimiter;
import dev.azimuth.resolver.Responder;
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
import dev.azimuth.steering.Rule;
import dev.azimuth.steering.SteeredName;
import dev.azimuth.steering.Steering;
import dev.azimuth.steering.SteeringPlan;
import dev.azimuth.steering.To;
import dev.azimuth.steering.TtlRange;
import dev.azimuth.steering.Turns;
import dev.azimuth.zones.Zone;
import dev.azimuth.zones.ZoneLoader;
import dev.azimuth.zones.ZoneSource;
import dev.azimuth.zones.Zones;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One query through the responder, from packet to packet, by outcome. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {
      "-XX:+UseSerialGC",
      "-XX:+UseCompactObjectHeaders",
      "-XX:+UnlockDiagnosticVMOptions",
      "-XX:-MergeStores",
      "-Xms64m",
      "-Xmx64m"
    })
public class ResponderBenchmark {
  private static final String RECORDS =
      """
      @      SOA ns1 hostmaster 1 3600 900 604800 60
      @      NS  ns1
      ns1    A   203.0.113.53
      static A   192.0.2.9
      """;

  private static final byte[] SUBNET = {
    0, 0, 41, 4, (byte) 0xD0, 0, 0, 0, 0, 0, 11, 0, 8, 0, 7, 0, 1, 24, 0, (byte) 198, 51, 100
  };

  /** A client cookie with a server cookie of somebody else: it is judged, and a new one is made. */
  private static final byte[] COOKIE = {
    0,
    0,
    41,
    4,
    (byte) 0xD0,
    0,
    0,
    0,
    0,
    0,
    28,
    0,
    10,
    0,
    24,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    1,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8
  };

  private final Picture picture = open();

  /** Nobody reaches the limit, so that every response is composed and judged. */
  private final Picture limited =
      picture(
          new Admission(
              Admission.ANY,
              List.of(),
              List.of(),
              new RateLimit(1_000_000, 1_000_000, 2, 24, 56, List.of())));

  private final Responder responder = new Responder(new Turns(1));
  private final Responder limiting = new Responder(new Turns(1), new RateLimiter(1, new Random(1)));
  private final Client client = new Client();
  private final byte[] out = new byte[1232];
  private final byte[] steered = steeredQuery();
  private final byte[] fixed = query("static.bench.example");
  private final byte[] missing = query("missing.bench.example");
  private final byte[] withSubnet = with(steered, SUBNET);
  private final byte[] withCookie = with(fixed, COOKIE);

  /** Nobody has asked yet. */
  public ResponderBenchmark() {
    client.v4 = true;
    client.low = 0xC000_0264L; // 192.0.2.100
  }

  /** What is asked here, for everybody and without limit. */
  public static Picture open() {
    return picture(Admission.OPEN);
  }

  /** A query for a steered name of it, without EDNS. */
  public static byte[] steeredQuery() {
    return query("www.bench.example");
  }

  @Benchmark
  public int steered() {
    return answer(steered);
  }

  @Benchmark
  public int steeredWithEdnsAndSubnet() {
    return answer(withSubnet);
  }

  @Benchmark
  public int staticRecord() {
    return answer(fixed);
  }

  @Benchmark
  public int missingName() {
    return answer(missing);
  }

  @Benchmark
  public int staticRecordWithCookie() {
    return answer(withCookie);
  }

  @Benchmark
  public int staticRecordLimited() {
    client.now++;
    return limiting.respond(fixed, fixed.length, client, limited, out);
  }

  private int answer(byte[] query) {
    return responder.respond(query, query.length, client, picture, out);
  }

  private static byte[] query(String name) {
    return Queries.of(List.of(name + " A"), /* edns= */ false).getFirst();
  }

  private static byte[] with(byte[] query, byte[] edns) {
    var packet = new ByteArrayOutputStream();
    packet.writeBytes(query);
    packet.writeBytes(edns);
    byte[] octets = packet.toByteArray();
    octets[11] = 1; // ARCOUNT
    return octets;
  }

  private static Picture picture(Admission admission) {
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
    return new Picture(
        1,
        new Zones(List.of(Objects.requireNonNull(zone))),
        steering(),
        Identity.NONE,
        CookieSecrets.random(new Random(1)),
        admission);
  }

  /** One name that goes to one pool of three backends with weights 10, 20 and 30. */
  private static Steering steering() {
    var backends = new ArrayList<Backend>();
    for (int i = 0; i < 3; i++) {
      var endpoint =
          new Endpoint(InetAddress.ofLiteral("192.0.2." + (1 + i)), -1, Integer.MAX_VALUE);
      backends.add(
          new Backend("b" + i, i, i, 10 * (i + 1), false, List.of(endpoint), Map.of(), null));
    }
    var pool =
        new Pool(
            "all",
            backends,
            new MinUp.Share(0.5),
            new FailbackHold.For(Duration.ZERO),
            BelowMinUp.SERVE_USABLE,
            null,
            Duration.ZERO,
            1);
    var rule = new Rule("rule", Condition.ALL, To.pools(0), false, null);
    var name =
        new SteeredName(
            "www.bench.example.",
            List.of(rule),
            new Pick(Pick.By.WEIGHTED, 1),
            new TtlRange(15, 60),
            new AllDown.NoData(),
            new AllDown.NoData());
    var health = new HealthTable(List.of(), List.of(), Collections.nCopies(backends.size(), null));
    return new Binder(text -> new byte[] {0})
        .bind(
            new SteeringPlan(List.of(), List.of(pool), List.of(name)),
            health,
            Memory.NONE,
            new Basis.Live(),
            0)
        .steering();
  }
}
