package dev.azimuth.health;

import dev.azimuth.health.ProbeResult.Code;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ScheduledFuture;
import java.security.KeyStore;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Probes a set of targets, each at the pace of its {@link Timing}, all on one thread: one probe at
 * a time for each target, at most {@link Settings#perTarget} for each address and {@link
 * Settings#concurrent} in all, those that are due for longest first. It keeps to itself what it
 * needs to know of the targets' health for its pace.
 *
 * <p>A probe that fails while this thread runs late, or for want of a local resource, is {@link
 * Code#INCONCLUSIVE}: it says nothing of the target and is run again after {@code retry}.
 */
public final class Prober implements AutoCloseable {
  /** Probes started in one go; the sockets are served before the next go, a millisecond later. */
  private static final int BATCH = 64;

  /** What is read of a connection at once, in octets. */
  private static final int BUFFER = 64 << 10;

  /** Connections that wait for the next probe, where checks ask for that. */
  private static final int MOST_KEPT = 60_000;

  /** The thread is stuck when it does not run for so long though it should, in milliseconds. */
  private static final long STUCK = 10_000;

  private final LongSupplier clock;
  private final Listener listener;
  private final Settings settings;
  private final IoEventLoopGroup group;
  private final IoEventLoop loop;

  private final AtomicLong started = new AtomicLong();
  private final Map<Code, AtomicLong> finished = new EnumMap<>(Code.class);
  private volatile int inFlight;

  /** By when the thread is to run again, by the steady clock; MAX_VALUE when nothing is to do. */
  private volatile long next = Long.MAX_VALUE;

  private @Nullable Tls tls; // guarded by this

  // Confined to the loop thread.
  private final Schedule schedule;
  private final Means means;
  private final Pulse pulse = new Pulse();
  private int concurrent;
  private int running;
  private @Nullable ScheduledFuture<?> heart; // null while nothing runs
  private @Nullable ScheduledFuture<?> wake;
  private long wakeAt;

  /** Told of every result, on the prober's thread: must neither block nor throw. */
  public interface Listener {
    /**
     * @param result of a probe that has just ended
     * @param news whether it says more than that all is as it was: false for nearly every one
     */
    void result(Target target, ProbeResult result, boolean news);
  }

  /**
   * @param version of this software, for the User-Agent header
   * @param concurrent the most probes at a time, at least 1
   * @param perTarget the most probes of one address at a time, at least 1
   * @param trust whose certificates are trusted; null for the JVM's default trust store
   */
  public record Settings(String version, int concurrent, int perTarget, @Nullable KeyStore trust) {
    public Settings {
      if (concurrent < 1 || perTarget < 1) {
        throw new IllegalArgumentException("at least one probe at a time");
      }
    }

    /** 4,000 at a time, 4 of one address, the JVM's default trust store. */
    public static Settings of(String version) {
      return new Settings(version, 4000, 4, null);
    }
  }

  /** A probe under way. */
  record Run(Probe probe, long started, long startedNanos, ScheduledFuture<?> deadline) {}

  /**
   * Starts the thread; nothing is probed before {@link #watch}.
   *
   * @param clock the steady clock, in milliseconds
   * @param wall the wall clock, in milliseconds since the epoch, for the times of certificates and
   *     files; safe for use by any thread, as is the other
   * @param random for jitter; used on the prober's thread only
   * @param heartbeats what backends say of themselves; who may is told by {@link #watch}
   */
  public Prober(
      LongSupplier clock,
      LongSupplier wall,
      RandomGenerator random,
      Listener listener,
      Settings settings,
      Echo echo,
      Heartbeats heartbeats) {
    this(clock, wall, random, listener, settings, echo, heartbeats, Transport.best());
  }

  Prober(
      LongSupplier clock,
      LongSupplier wall,
      RandomGenerator random,
      Listener listener,
      Settings settings,
      Echo echo,
      Heartbeats heartbeats,
      Transport transport) {
    this.clock = clock;
    this.listener = listener;
    this.settings = settings;
    this.schedule = new Schedule(random, settings.perTarget());
    this.concurrent = settings.concurrent();
    for (Code code : Code.values()) {
      finished.put(code, new AtomicLong());
    }
    Local local = new Local(echo, new Commands(), new StateFiles(clock), heartbeats);
    group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("prober", true), transport.handler());
    loop = group.next();
    ByteBuf buffer = Unpooled.directBuffer(BUFFER, BUFFER);
    group.terminationFuture().addListener(_ -> buffer.release());
    means =
        new Means(
            loop,
            buffer,
            transport::open,
            transport::datagrams,
            this::tls,
            new KeptConnections(MOST_KEPT, clock),
            new Certificates(wall),
            "azimuth/" + settings.version() + " (health check)",
            clock,
            wall,
            random,
            Sources::has,
            local);
  }

  /**
   * Replaces the whole set of targets. Those that stay keep their pace. A new one is probed at once
   * when its health is unknown, a thousand of them within a second, else at a random point of its
   * interval. Probes of those that are gone are aborted and never reported once the prober's thread
   * has taken the new set up, which this does not wait for. Safe for use by any number of threads;
   * ignored after {@link #close}.
   *
   * @param targets whose checks are {@link Check#probed}
   */
  public void watch(Map<Target, TargetHealth> targets) {
    Map<Target, TargetHealth> set = Map.copyOf(targets);
    List<Secure> secure =
        set.keySet().stream()
            .map(target -> target.check().secure())
            .filter(Objects::nonNull)
            .toList();
    if (!secure.isEmpty()) {
      // On the caller's thread: reading a trust store would make other probes late.
      tls()
          .prepare(
              secure.stream()
                  .map(Secure::authority)
                  .filter(Objects::nonNull)
                  .collect(Collectors.toUnmodifiableSet()));
    }
    if (!loop.isShuttingDown()) {
      loop.execute(() -> replace(set));
    }
  }

  private synchronized Tls tls() {
    if (tls == null) {
      tls = new Tls(settings.trust());
    }
    return tls;
  }

  /**
   * Changes how many probes there may be at a time. Those under way go on. Safe for use by any
   * number of threads; ignored after {@link #close}.
   *
   * @param total at least 1
   * @param perTarget of one address, at least 1
   */
  public void limit(int total, int perTarget) {
    if (total < 1 || perTarget < 1) {
      throw new IllegalArgumentException("at least one probe at a time");
    }
    if (!loop.isShuttingDown()) {
      loop.execute(
          () -> {
            concurrent = total;
            schedule.perAddress(perTarget);
            arm();
          });
    }
  }

  /** How many probes have begun. */
  public long started() {
    return started.get();
  }

  /** How many probes have ended so; those that were aborted have not. */
  public long finished(Code code) {
    return counter(code).get();
  }

  private AtomicLong counter(Code code) {
    return Objects.requireNonNull(finished.get(code));
  }

  /** How many probes are under way. */
  public int inFlight() {
    return inFlight;
  }

  /** Whether the thread runs, and did when it should have within the last ten seconds. */
  public boolean healthy() {
    return !loop.isShuttingDown() && clock.getAsLong() - STUCK <= next;
  }

  /**
   * When the certificates end that targets have shown last, in milliseconds since the epoch;
   * without targets whose checks use no TLS.
   */
  public Map<Target, Long> certificateEnds() {
    return means.certificates().ends();
  }

  /** Aborts all probes and ends the thread, waiting for it for at most a second. */
  @Override
  public void close() {
    watch(Map.of());
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
  }

  private void replace(Map<Target, TargetHealth> targets) {
    for (Schedule.Slot gone : schedule.replace(targets, clock.getAsLong())) {
      take(gone).probe().abort();
    }
    means.kept().retain(targets.keySet());
    means.certificates().retain(targets.keySet());
    means
        .local()
        .files()
        .expect(
            targets.keySet().stream()
                .map(Target::check)
                .filter(Check.StateFile.class::isInstance)
                .map(check -> ((Check.StateFile) check).path())
                .collect(Collectors.toUnmodifiableSet()));
    means
        .local()
        .heartbeats()
        .expect(
            targets.keySet().stream()
                .filter(target -> target.check() instanceof Check.Heartbeat)
                .map(Target::about)
                .collect(Collectors.toUnmodifiableSet()),
            clock.getAsLong());
    if (means.local().heartbeats().expected()) {
      listenToPulse();
    }
    arm();
  }

  /** Starts what is due. */
  private void pump() {
    wake = null;
    if (heart != null) {
      feelPulse(); // after a stall this may run before the beat, and silence is judged here
    }
    for (int i = 0; i < BATCH && running < concurrent; i++) {
      Schedule.Slot due = schedule.poll(clock.getAsLong());
      if (due == null) {
        break;
      }
      start(due);
    }
    arm();
  }

  /** Sees to it that {@link #pump} runs when the next target is due. */
  private void arm() {
    long due = schedule.nextDue();
    // Else the next set or the end of a probe comes here again.
    if (due != Long.MAX_VALUE && running < concurrent && (wake == null || due < wakeAt)) {
      if (wake != null) {
        wake.cancel(false);
      }
      // Never at once: a task that is due at once would run before the sockets are served.
      long pause = Math.max(1, due - clock.getAsLong());
      wakeAt = due;
      wake = loop.schedule(this::pump, pause, TimeUnit.MILLISECONDS);
    }
    awaited();
  }

  private void start(Schedule.Slot slot) {
    long now = clock.getAsLong();
    long timeout = slot.target.check().timing().timeout().toMillis();
    Probe probe = Probe.of(slot.target, means, finding -> ended(slot, finding));
    ScheduledFuture<?> deadline =
        loop.schedule(() -> overdue(slot, now + timeout), timeout, TimeUnit.MILLISECONDS);
    slot.run = new Run(probe, now, System.nanoTime(), deadline);
    inFlight = ++running;
    started.incrementAndGet();
    listenToPulse();
    probe.start();
  }

  private void listenToPulse() {
    if (heart == null) {
      pulse.begin(clock.getAsLong());
      heart = loop.schedule(this::beat, Pulse.EVERY, TimeUnit.MILLISECONDS);
    }
  }

  private void beat() {
    feelPulse();
    boolean goesOn = running > 0 || means.local().heartbeats().expected();
    heart = goesOn ? loop.schedule(this::beat, Pulse.EVERY, TimeUnit.MILLISECONDS) : null;
    awaited();
  }

  /** While this thread stood still, so most likely did the one that takes heartbeats. */
  private void feelPulse() {
    long now = clock.getAsLong();
    long stood = pulse.beat(now);
    if (stood > 0) {
      means.local().heartbeats().missed(now - stood, now);
    }
  }

  /** Says by when this thread runs again. */
  private void awaited() {
    long now = clock.getAsLong();
    long beat = heart == null ? Long.MAX_VALUE : now + Pulse.EVERY;
    next = Math.min(beat, wake == null ? Long.MAX_VALUE : Math.max(now, wakeAt));
  }

  private void overdue(Schedule.Slot slot, long deadline) {
    Probe probe = Objects.requireNonNull(slot.run).probe();
    if (clock.getAsLong() - deadline > Pulse.LATE) {
      probe.end(Finding.of(Code.INCONCLUSIVE, "the timeout itself ran late"));
    } else {
      probe.timeout();
    }
  }

  private void ended(Schedule.Slot slot, Finding said) {
    Run run = take(slot);
    long now = clock.getAsLong();
    long tookMicros = (System.nanoTime() - run.startedNanos()) / 1000;
    Finding finding =
        !said.code().good() && pulse.stalled(run.started(), now)
            ? Finding.of(Code.INCONCLUSIVE, "the prober ran late: " + said.code())
            : said;
    ProbeResult result =
        new ProbeResult(
            finding.code(), finding.detail(), run.started(), tookMicros, finding.weight());
    counter(result.code()).incrementAndGet();
    boolean news = schedule.finished(slot, result, now);
    arm();
    listener.result(slot.target, result, news);
  }

  /** The run of a slot, which is over now. */
  private Run take(Schedule.Slot slot) {
    Run run = Objects.requireNonNull(slot.run);
    slot.run = null;
    run.deadline().cancel(false);
    inFlight = --running;
    return run;
  }
}
