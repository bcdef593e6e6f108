package dev.azimuth.bench;

import dev.azimuth.health.ForcedState;
import dev.azimuth.health.HealthTable;
import dev.azimuth.steering.AllDown;
import dev.azimuth.steering.Asker;
import dev.azimuth.steering.Backend;
import dev.azimuth.steering.Basis;
import dev.azimuth.steering.BelowMinUp;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Condition;
import dev.azimuth.steering.Decision;
import dev.azimuth.steering.Endpoint;
import dev.azimuth.steering.FailbackHold;
import dev.azimuth.steering.Family;
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
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
    var backends = new ArrayList<Backend>();
    for (int i = 0; i < BACKENDS; i++) {
      var endpoint = new Endpoint(InetAddress.ofLiteral("192.0.2." + i), -1, Integer.MAX_VALUE);
      backends.add(new Backend("b" + i, i, i, 1 + i, false, List.of(endpoint), Map.of(), null));
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
    var name =
        new SteeredName(
            "www.bench.example.",
            List.of(new Rule("rule", Condition.ALL, To.pools(0), false, null)),
            new Pick(by, 1),
            new TtlRange(15, 60),
            null,
            new AllDown.ServeAll());
    List<@Nullable ForcedState> none = Collections.nCopies(BACKENDS, null);
    steering =
        new Binder(text -> text.getBytes(StandardCharsets.US_ASCII))
            .bind(
                new SteeringPlan(List.of(), List.of(pool), List.of(name)),
                new HealthTable(List.of(), List.of(), none),
                Memory.NONE,
                new Basis.Live(),
                0)
            .steering();
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
