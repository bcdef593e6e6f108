package dev.azimuth.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/** A prober, what it has reported, and its clock, which a test may put forward. */
final class Watcher implements AutoCloseable {
  private static final long EPOCH = System.currentTimeMillis() - System.nanoTime() / 1_000_000;

  final AtomicLong skipped = new AtomicLong();

  /** How far the wall clock is before the steady one. */
  final AtomicLong wallAhead = new AtomicLong();

  final Heartbeats heartbeats = new Heartbeats();
  final Prober prober;

  /** What comes of ICMP; by default there is none. */
  volatile Echo echo = Echo.NONE;

  /** Runs on the prober's thread after each result is filed. */
  volatile BiConsumer<Target, ProbeResult> then = (_, _) -> {};

  private final BlockingQueue<ProbeResult> all = new LinkedBlockingQueue<>();
  private final Map<Target, BlockingQueue<ProbeResult>> results = new ConcurrentHashMap<>();

  Watcher(int concurrent, KeyStore trust) {
    this(concurrent, concurrent, trust);
  }

  Watcher(int concurrent, int perTarget, KeyStore trust) {
    this(concurrent, perTarget, trust, Transport.best());
  }

  Watcher(Transport transport) {
    this(4_000, 4_000, null, transport);
  }

  private Watcher(int concurrent, int perTarget, KeyStore trust, Transport transport) {
    prober =
        new Prober(
            this::now,
            () -> now() + wallAhead.get(),
            new Random(1),
            (target, result, news) -> {
              of(target).add(result);
              all.add(result);
              then.accept(target, result);
            },
            new Prober.Settings("1.2.3", concurrent, perTarget, trust),
            this::ask,
            heartbeats,
            transport);
    heartbeats.listen(now());
  }

  /** Its steady clock. */
  long now() {
    return EPOCH + System.nanoTime() / 1_000_000 + skipped.get();
  }

  private Echo.Question ask(InetAddress to, Runnable answered) throws IOException {
    return echo.ask(to, answered);
  }

  Watcher() {
    this(4_000, null);
  }

  void watch(Target... targets) {
    Map<Target, TargetHealth> all = new HashMap<>();
    for (Target target : targets) {
      all.put(target, TargetHealth.unknown(0));
    }
    prober.watch(all);
  }

  BlockingQueue<ProbeResult> of(Target target) {
    return results.computeIfAbsent(target, _ -> new LinkedBlockingQueue<>());
  }

  /** The next result of any target. */
  ProbeResult any() throws InterruptedException {
    ProbeResult result = all.poll(20, TimeUnit.SECONDS);
    assertThat(result).as("a result in time").isNotNull();
    return result;
  }

  /** The next result of a target. */
  ProbeResult next(Target target) throws InterruptedException {
    ProbeResult result = of(target).poll(20, TimeUnit.SECONDS);
    assertThat(result).as("a result in time").isNotNull();
    return result;
  }

  /** The next result that says something: on a busy machine the prober may be late. */
  ProbeResult nextVerdict(Target target) throws InterruptedException {
    ProbeResult result = next(target);
    while (result.code() == ProbeResult.Code.INCONCLUSIVE) {
      result = next(target);
    }
    return result;
  }

  /** The first verdict on one target. */
  static ProbeResult probe(Target target) throws InterruptedException {
    return probe(target, null);
  }

  static ProbeResult probe(Target target, KeyStore trust) throws InterruptedException {
    try (Watcher watcher = new Watcher(10, trust)) {
      watcher.watch(target);
      return watcher.nextVerdict(target);
    }
  }

  @Override
  public void close() {
    prober.close();
  }
}
