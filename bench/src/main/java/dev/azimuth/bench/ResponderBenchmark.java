package dev.azimuth.bench;

import dev.azimuth.resolver.Admission;
import dev.azimuth.resolver.Client;
import dev.azimuth.resolver.Picture;
import dev.azimuth.resolver.RateLimit;
import dev.azimuth.resolver.RateLimiter;
import dev.azimuth.resolver.Responder;
import dev.azimuth.steering.Pick;
import dev.azimuth.steering.Steering;
import dev.azimuth.steering.Turns;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
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
  /** A client cookie with a server cookie of somebody else: it is judged, and a new one is made. */
  private static final byte[] COOKIE =
      HexFormat.of()
          .parseHex(
              "00002904d0000000"
                  + "00001c"
                  + "000a0018"
                  + "0102030405060708"
                  + "0100000000000000"
                  + "0102030405060708");

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
  private final byte[] fixed = Samples.query(Samples.STATIC);
  private final byte[] missing = Samples.query("missing.bench.example");
  private final byte[] withSubnet = Samples.query(Samples.STEERED, "198.51.100.0/24");
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
    return Samples.query(Samples.STEERED);
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

  private static byte[] with(byte[] query, byte[] edns) {
    byte[] octets = Arrays.copyOf(query, query.length + edns.length);
    System.arraycopy(edns, 0, octets, query.length, edns.length);
    octets[11] = 1; // ARCOUNT
    return octets;
  }

  /** One name that goes to one pool of three backends with weights 10, 20 and 30. */
  private static Picture picture(Admission admission) {
    Steering steering =
        Samples.steering(Samples.pool("all", 0, 10, 20, 30), Samples.name(Pick.By.WEIGHTED));
    return Samples.picture(steering, admission);
  }
}
