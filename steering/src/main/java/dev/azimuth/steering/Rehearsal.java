package dev.azimuth.steering;

import dev.azimuth.health.Check;
import dev.azimuth.health.HealthTable;
import dev.azimuth.health.ProbeResult;
import dev.azimuth.health.ProbeResult.Code;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Timing;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Has binding compiled before the first backend fails: a binder of its own, whose answers nobody
 * gets, follows pools that go down and come back, one of them or all.
 */
public final class Rehearsal {
  private static final int POOLS = 64;
  private static final int BACKENDS = 4;
  private static final Timing TIMING =
      new Timing(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 1);

  /** Within a hold and a TTL of each other. */
  private static final long STEP_MILLIS = 100;

  private final SteeringPlan plan = plan();
  private final TargetHealth[] health = new TargetHealth[POOLS];
  private final Binder binder = new Binder(name -> new byte[] {0});
  private HealthTable table;
  private Bound bound;
  private long now = STEP_MILLIS;

  private Rehearsal() {
    Arrays.fill(health, TargetHealth.unknown(0));
    InetAddress loopback = InetAddress.getLoopbackAddress();
    List<Target> targets =
        IntStream.range(0, POOLS)
            .mapToObj(
                i -> new Target(loopback, 1 + i, new Check.Tcp(null, OptionalInt.empty(), TIMING)))
            .toList();
    table =
        new HealthTable(
            targets, List.of(health), Collections.nCopies((POOLS + 1) * BACKENDS, null));
    bound = binder.bind(plan, table, Memory.NONE, new Basis.Live(), now);
  }

  /**
   * Goes on until the time is up.
   *
   * @param nanoTime as {@link System#nanoTime}
   * @return how many answers changed
   */
  public static long run(LongSupplier nanoTime, Duration most) {
    long start = nanoTime.getAsLong();
    Rehearsal rehearsal = new Rehearsal();
    long changed = 0;
    for (int pool = 0; nanoTime.getAsLong() - start < most.toNanos(); pool = (pool + 1) % POOLS) {
      changed += rehearsal.probe(Code.L4CON, pool, pool + 1);
      changed += rehearsal.probe(Code.L4OK, pool, pool + 1);
      changed += rehearsal.probe(Code.L4CON, 0, POOLS);
      changed += rehearsal.probe(Code.L4OK, 0, POOLS);
    }
    return changed;
  }

  /** Every pool from one to another is probed with this result. */
  private int probe(Code code, int from, int to) {
    now += STEP_MILLIS;
    ProbeResult result = new ProbeResult(code, "", now, 1);
    for (int i = from; i < to; i++) {
      health[i] = health[i].after(result, TIMING);
    }
    table = table.with(health);
    Bound before = bound;
    bound = binder.bind(plan, table, before.memory(), new Basis.Live(), now);
    return bound.changesSince(before).size();
  }

  /** Pools with a target each, the last one with none, and a name for each of the others. */
  private static SteeringPlan plan() {
    List<Pool> pools = new ArrayList<>();
    List<SteeredName> names = new ArrayList<>();
    for (int i = 0; i < POOLS; i++) {
      pools.add(pool(i, i));
      names.add(
          new SteeredName(
              "n" + i + ".invalid.",
              List.of(new Rule("rule", Condition.ALL, To.pools(i, POOLS), false, null)),
              new Pick(Pick.By.WEIGHTED, 1),
              new TtlRange(15, 60),
              null,
              new AllDown.ServeAll()));
    }
    pools.add(pool(POOLS, -1));
    return new SteeringPlan(List.of(), pools, names);
  }

  private static Pool pool(int number, int verdict) {
    Endpoint endpoint =
        new Endpoint(InetAddress.ofLiteral("192.0.2.1"), verdict, Integer.MAX_VALUE);
    List<Backend> backends =
        IntStream.range(number * BACKENDS, (number + 1) * BACKENDS)
            .mapToObj(
                i -> new Backend("b" + i, i, i, 1 + i, false, List.of(endpoint), Map.of(), null))
            .toList();
    return new Pool(
        "p" + number,
        backends,
        new MinUp.Share(0.5),
        new FailbackHold.For(Duration.ZERO),
        BelowMinUp.SERVE_USABLE,
        null,
        Duration.ZERO,
        1);
  }
}
