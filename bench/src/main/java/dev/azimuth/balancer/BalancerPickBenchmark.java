package dev.azimuth.balancer;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
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

/** One choice of a backend for a connection, by the way to pick, each for another client. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xms64m", "-Xmx64m"})
public class BalancerPickBenchmark {
  private static final int BACKENDS = 20;

  @Param({"P2C", "ROTATE", "WEIGHTED", "LEAST_CONNECTIONS", "FASTEST", "STICKY", "RANDOM"})
  private Settings.By by = Settings.By.P2C;

  private final Ask ask = new Ask(new SplittableRandom(1));
  private Chooser chooser = asked -> null;
  private long client;

  /** Measured backends of different weights, each with a few connections. */
  @Setup
  public void fill() {
    List<Backend> backends =
        IntStream.range(0, BACKENDS).mapToObj(i -> new Backend("pool/b" + i)).toList();
    for (Backend backend : backends) {
      backend.connected(100, 0);
      backend.enter(Settings.Limits.NONE);
    }
    int[] weights = IntStream.rangeClosed(1, BACKENDS).toArray();
    chooser = Choosers.of(Settings.Pick.by(by), backends, weights);
  }

  /** What a connection costs of choosing. */
  @Benchmark
  public @Nullable Object choose() {
    ask.begin(++client, Settings.Limits.NONE, 0);
    return chooser.choose(ask);
  }
}
