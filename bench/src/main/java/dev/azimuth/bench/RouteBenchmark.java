package dev.azimuth.bench;

import dev.azimuth.steering.Asker;
import dev.azimuth.steering.Decision;
import dev.azimuth.steering.Steering;
import dev.azimuth.steering.TooManyDestinations;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** From a client to its destination and the scope of the answer, over a large table of places. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xmx2g"})
public class RouteBenchmark {
  /** {@code zipf}: clients of 100,000 prefixes, some far more common; {@code uniform}: of all. */
  @Param({"zipf", "uniform"})
  private String clients = "";

  /** By the number of a rule set; 2 has operators and the nearest of 12. */
  @Param({"0", "2"})
  private int rules;

  private int[] addresses = {};
  private final Asker asker = new Asker();
  private final Decision decision = new Decision();
  private Steering steering = Steering.none();
  private int next;

  /** For JMH. */
  public RouteBenchmark() {}

  /** A table of 5,000,000 prefixes, one route, and a million clients. */
  @Setup
  public void prepare() throws TooManyDestinations {
    steering = Samples.placed(rules);
    addresses = Clients.addresses(clients.equals("zipf"));
    asker.sourceV4 = true;
    asker.subnet = true;
    asker.subnetV4 = true;
    asker.subnetLength = 24;
  }

  /** The scope that was decided, so that nothing is left out. */
  @Benchmark
  public int lookup() {
    next = (next + 1) & (Clients.COUNT - 1);
    asker.subnetLow = addresses[next] & 0xffffffffL;
    steering.dependsOnClient(0, asker, decision);
    return decision.scope;
  }
}
