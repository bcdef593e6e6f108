package dev.azimuth.bench;

import dev.azimuth.app.node.SteadyClock;
import dev.azimuth.health.Check;
import dev.azimuth.health.Echo;
import dev.azimuth.health.Heartbeats;
import dev.azimuth.health.ProbeResult.Code;
import dev.azimuth.health.Prober;
import dev.azimuth.health.Secure;
import dev.azimuth.health.State;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Timing;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * How long after a backend fails a prober says that it is down: many backends of this process, each
 * at an address of its own, fail at random instants and work again at others.
 */
final class Detection implements AutoCloseable {
  /** The shortest queue that the JDK can ask for, so that few connections fill it. */
  private static final int BACKLOG = 1;

  private final Timing timing;
  private final Random random;
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("backends", true), NioIoHandler.newFactory());
  private final List<Subject> subjects = new ArrayList<>();
  private final Map<Fault, List<Seen>> down = new EnumMap<>(Fault.class);
  private final Map<Fault, List<Seen>> up = new EnumMap<>(Fault.class);
  private final Lateness lateness = Lateness.watch();
  private final Prober prober;
  private int rounds;

  /**
   * Begins to probe.
   *
   * @param each backends for each fault
   */
  Detection(Timing timing, int each, PeerKeys keys, long seed) throws IOException {
    this.timing = timing;
    random = new Random(seed);
    for (Fault fault : Fault.values()) {
      down.put(fault, new ArrayList<>());
      up.put(fault, new ArrayList<>());
      for (int i = 0; i < each; i++) {
        subjects.add(subject(fault, keys));
      }
    }
    Map<Target, Subject> byTarget = new HashMap<>();
    Map<Target, TargetHealth> unknown = new HashMap<>();
    for (Subject subject : subjects) {
      byTarget.put(subject.target, subject);
      unknown.put(subject.target, TargetHealth.unknown(0));
    }
    prober =
        new Prober(
            new SteadyClock(),
            System::currentTimeMillis,
            new Random(seed),
            (target, result, _) -> Objects.requireNonNull(byTarget.get(target)).heard(result),
            new Prober.Settings("bench", subjects.size(), 1, keys.trust()),
            Echo.NONE,
            new Heartbeats());
    prober.watch(unknown);
  }

  private Subject subject(Fault fault, PeerKeys keys) throws IOException {
    byte[] address = {127, 1, (byte) (subjects.size() >> 8), (byte) subjects.size()};
    boolean tls = fault.certificate() != null;
    Backend backend =
        new Backend(group.next(), InetAddress.getByAddress(address), BACKLOG, tls ? keys : null);
    Secure secure = tls ? new Secure(true, PeerKeys.NAME, null, null) : null;
    Target target =
        new Target(
            backend.address().getAddress(), backend.address().getPort(), check(secure, timing));
    return new Subject(fault, target, backend);
  }

  /** A request over a new connection that wants status 200. */
  static Check check(@Nullable Secure secure, Timing timing) {
    return new Check.Http(
        secure,
        Check.Request.get("/", PeerKeys.NAME),
        Check.Expected.status(new Check.StatusRange(200, 200)),
        /* http2= */ false,
        /* keep= */ false,
        null,
        null,
        OptionalInt.empty(),
        timing);
  }

  /** Lets every backend fail once, waits until all are down, and lets them work again. */
  void round() throws InterruptedException {
    rounds++;
    turn(State.DOWN);
    turn(State.UP);
  }

  private void turn(State to) throws InterruptedException {
    Collections.shuffle(subjects, random);
    long within = 2 * timing.every().toNanos();
    long[] offsets = random.longs(subjects.size(), 0, within).sorted().toArray();
    long start = System.nanoTime();
    for (int i = 0; i < offsets.length; i++) {
      long left;
      while ((left = start + offsets[i] - System.nanoTime()) > 0) {
        LockSupport.parkNanos(left);
      }
      subjects.get(i).turn(to);
    }
    for (Subject subject : subjects) {
      Subject.Turn turn = subject.await(to);
      Seen seen =
          new Seen(
              (turn.seen() - turn.turned()) / 1e6,
              lateness.between(turn.turned(), turn.seen()) / 1e6,
              turn.doubtful(),
              turn.code());
      Objects.requireNonNull((to == State.DOWN ? down : up).get(subject.fault)).add(seen);
    }
  }

  /**
   * How a change was seen.
   *
   * @param millis how long that took
   * @param late how long the machine let threads wait meanwhile, in milliseconds
   * @param doubtful whether the prober found a probe inconclusive meanwhile
   * @param code of the probe that decided
   */
  record Seen(double millis, double late, boolean doubtful, Code code) {
    /** Whether it tells more of the machine than of the prober. */
    boolean disturbed() {
      return doubtful || late > Fault.ALLOWED_MILLIS;
    }
  }

  /** How its failures were seen. */
  List<Seen> down(Fault fault) {
    return List.copyOf(Objects.requireNonNull(down.get(fault)));
  }

  /** How its repairs were seen. */
  List<Seen> up(Fault fault) {
    return List.copyOf(Objects.requireNonNull(up.get(fault)));
  }

  /** How often a backend was said to be down that was not made to fail. */
  int uncalled(Fault fault) {
    return subjects.stream()
        .filter(subject -> subject.fault == fault)
        .mapToInt(subject -> subject.falls() - rounds)
        .sum();
  }

  /** The time that a part of them does not exceed, in milliseconds; NaN when there is none. */
  static double quantile(DoubleStream millis, double part) {
    double[] sorted = millis.sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[(int) Math.ceil(part * sorted.length) - 1];
  }

  @Override
  public void close() {
    prober.close();
    subjects.forEach(Subject::close);
    lateness.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
  }
}
