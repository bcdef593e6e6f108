package dev.azimuth.bench;

import dev.azimuth.resolver.Admission;
import dev.azimuth.resolver.Client;
import dev.azimuth.resolver.Picture;
import dev.azimuth.resolver.Responder;
import dev.azimuth.steering.Steering;
import dev.azimuth.steering.TooManyDestinations;
import dev.azimuth.steering.Turns;
import java.util.concurrent.TimeUnit;
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
  private final Responder responder = new Responder(new Turns(1));
  private final Client client = new Client();
  private final byte[] out = new byte[1232];
  private final byte[] plain = Samples.query(Samples.STATIC);
  private final byte[] fixed = Samples.query(Samples.STATIC, "0.0.0.0/24");
  private final byte[] placed = Samples.query(Samples.STEERED, "0.0.0.0/24");
  private int[] addresses = {};
  private Picture picture = Samples.picture(Steering.none(), Admission.OPEN);
  private int next;

  /** For JMH. */
  public PlacedBenchmark() {}

  /** A table of 5,000,000 prefixes, one steered name, and a million clients of common prefixes. */
  @Setup
  public void prepare() throws TooManyDestinations {
    picture = Samples.picture(Samples.placed(0), Admission.OPEN);
    addresses = Clients.addresses(/* zipf= */ true);
    client.v4 = true;
    client.low = 0xC000_0264L; // 192.0.2.100
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
