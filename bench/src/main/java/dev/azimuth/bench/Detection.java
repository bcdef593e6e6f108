package dev.azimuth.bench;

import dev.azimuth.app.node.SteadyClock;
import dev.azimuth.health.Check;
import dev.azimuth.health.Echo;
import dev.azimuth.health.Heartbeats;
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
  private final Map<Fault, Times> times = new EnumMap<>(Fault.class);
  private final Stumbles stumbles = Stumbles.watch();
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
      times.put(fault, new Times(fault));
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
            new Random(seed),
            (target, result) -> Objects.requireNonNull(byTarget.get(target)).heard(result),
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
      Objects.requireNonNull(times.get(subject.fault))
          .add(to, turn, turn.doubtful() || stumbles.between(turn.turned(), turn.seen()));
    }
  }

  /** What has been measured of one fault. */
  Outcome outcome(Fault fault) {
    Times of = Objects.requireNonNull(times.get(fault));
    int falls =
        subjects.stream()
            .filter(subject -> subject.fault == fault)
            .mapToInt(subject -> subject.falls() - rounds)
            .sum();
    return new Outcome(sorted(of.down), sorted(of.up), of.leftOut, of.strange, falls);
  }

  private static List<Double> sorted(List<Long> nanos) {
    return nanos.stream().map(each -> each / 1e6).sorted().toList();
  }

  /**
   * Times in milliseconds, the shortest first.
   *
   * @param down from a failure to the state
   * @param up from the repair to the state
   * @param leftOut failures whose time is not told, because the machine was late meanwhile
   * @param strange failures that were called something else than expected
   * @param uncalled times that a backend was said to be down that was not made to fail
   */
  record Outcome(List<Double> down, List<Double> up, int leftOut, int strange, int uncalled) {
    /** The time that a part of them does not exceed; NaN when there is none. */
    static double quantile(List<Double> sorted, double part) {
      return sorted.isEmpty() ? Double.NaN : sorted.get((int) Math.ceil(part * sorted.size()) - 1);
    }
  }

  private static final class Times {
    private final Fault fault;
    private final List<Long> down = new ArrayList<>();
    private final List<Long> up = new ArrayList<>();
    private int leftOut;
    private int strange;

    Times(Fault fault) {
      this.fault = fault;
    }

    void add(State to, Subject.Turn turn, boolean disturbed) {
      boolean fell = to == State.DOWN;
      if (!disturbed) {
        (fell ? down : up).add(turn.seen() - turn.turned());
        strange += fell && turn.by().code() != fault.code ? 1 : 0;
      } else if (fell) {
        leftOut++;
      }
    }
  }

  @Override
  public void close() {
    prober.close();
    subjects.forEach(Subject::close);
    stumbles.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
  }
}
