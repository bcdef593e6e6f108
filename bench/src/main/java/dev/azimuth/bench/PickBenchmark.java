package dev.azimuth.bench;

import dev.azimuth.steering.Asker;
import dev.azimuth.steering.Decision;
import dev.azimuth.steering.Family;
import dev.azimuth.steering.Pick;
import dev.azimuth.steering.Steering;
import dev.azimuth.steering.Turns;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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

/** One decision of steering by the way to pick, each for another client network. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xms64m", "-Xmx64m"})
public class PickBenchmark {
  private static final int BACKENDS = 20;

  @Param({"WEIGHTED", "ROTATE", "RANDOM", "STICKY", "FASTEST", "ALL"})
  private Pick.By by = Pick.By.WEIGHTED;

  private Steering steering = Steering.none();
  private final Turns turns = new Turns(1);
  private final Asker asker = new Asker();
  private final Decision decision = new Decision();

  /** Binds one name over one pool. */
  @Setup
  public void bind() {
    int[] weights = IntStream.rangeClosed(1, BACKENDS).toArray();
    steering = Samples.steering(Samples.pool("all", 0, weights), Samples.name(by));
    turns.fit(steering);
    asker.sourceV4 = true;
    asker.subnet = true;
    asker.subnetV4 = true;
    asker.subnetLength = 24;
  }

  /** What a query for an address costs of steering. */
  @Benchmark
  public byte[] decide() {
    asker.subnetLow = ((asker.subnetLow + 0x100) & 0x00ffff00) | 0x0b000000L;
    steering.decide(0, Family.V4, asker, turns, decision);
    return decision.octets();
  }
}
