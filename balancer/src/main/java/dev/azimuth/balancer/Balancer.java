package dev.azimuth.balancer;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One balancer: its listeners, its backends, what is configured of it. Changed by one thread. */
final class Balancer {
  private final Observer observer;
  private final List<Loop> loops;
  private final Map<String, Backend> known = new ConcurrentHashMap<>();
  private final AtomicInteger queued = new AtomicInteger();
  private final AtomicLong finished = new AtomicLong();
  private final LongAdder acceptFailures = new LongAdder();
  private final LongAdder acceptPauses = new LongAdder();
  private volatile List<Inlet> listeners = List.of();
  private volatile Settings settings;
  private volatile Entrance entrance;
  private volatile Slate slate = Slate.EMPTY;
  private volatile boolean drained;

  Balancer(Settings settings, Credentials credentials, List<Loop> loops, Observer observer) {
    this.settings = settings;
    entrance = Entrance.of(settings, credentials, null);
    this.loops = loops;
    this.observer = observer;
  }

  Settings settings() {
    return settings;
  }

  Entrance entrance() {
    return entrance;
  }

  Slate slate() {
    return slate;
  }

  List<Inlet> listeners() {
    return listeners;
  }

  boolean drained() {
    return drained;
  }

  /** New connections follow these settings; those that are there go on as they began. */
  void put(Setup setup, Credentials credentials, List<? extends Inlet> listening) {
    Settings now = setup.settings();
    Departing before = slate.departing;
    boolean closed = settings.whenDown() == Settings.WhenDown.CLOSE;
    boolean closes = now.whenDown() == Settings.WhenDown.CLOSE;
    Departing departing = setup.departing();
    if (!entrance.is(now, credentials)) {
      entrance = Entrance.of(now, credentials, entrance);
    }
    settings = now;
    listeners = List.copyOf(listening);
    slate = slate.next(setup.supplies(), departing, now.pick(), entrance.matches(), known);
    Set<String> leavingBefore = new HashSet<>(before.drained());
    Set<String> leaving = new HashSet<>(departing.drained());
    if (closed) {
      leavingBefore.addAll(before.down());
    }
    if (closes) {
      leaving.addAll(departing.down());
    }
    Set<String> back = without(leavingBefore, leaving);
    Set<String> drainedNow = without(departing.drained(), before.drained());
    Set<String> downNow =
        closes ? without(departing.down(), closed ? before.down() : Set.of()) : Set.of();
    if (!back.isEmpty()) {
      stay(Farewell.Of.BACKEND, each -> on(each, back));
    }
    if (!drainedNow.isEmpty()) {
      long drain = now.times().drain().toNanos();
      depart(Farewell.Of.BACKEND, each -> on(each, drainedNow), drain, End.DRAINED);
    }
    if (!downNow.isEmpty()) {
      depart(Farewell.Of.BACKEND, each -> on(each, downNow), 0, End.BACKEND_DOWN);
    }
    known.values().removeIf(each -> !setup.backends().contains(each.key) && each.open() == 0);
    wake();
  }

  private static Set<String> without(Set<String> these, Set<String> those) {
    Set<String> left = new HashSet<>(these);
    left.removeAll(those);
    return left;
  }

  private static boolean on(Forwarded each, Set<String> backends) {
    Backend backend = each.backend();
    return backend != null && backends.contains(backend.key);
  }

  /** Which connections and sessions. */
  interface Which {
    boolean test(Forwarded each);
  }

  /**
   * Ends connections that do not end by themselves in a time, spread over another third of it.
   *
   * @param of what has to go
   * @param nanos how long they have
   */
  void depart(Farewell.Of of, Which which, long nanos, End why) {
    long from = System.nanoTime() + nanos;
    each(
        which,
        (loop, each) -> {
          long later = nanos < 3 ? 0 : loop.random.nextLong(nanos / 3);
          each.endBy(of, from + later, why);
        });
  }

  /** Connections that were to end for this need not after all. */
  private void stay(Farewell.Of of, Which which) {
    each(which, (loop, each) -> each.endBy(of, Long.MAX_VALUE, End.DRAINED));
  }

  private void each(Which which, BiConsumer<Loop, Forwarded> what) {
    for (Loop loop : loops) {
      loop.events.execute(
          () -> {
            for (Forwarded each : loop.forwarded()) {
              if (each.isOf(this) && which.test(each)) {
                what.accept(loop, each);
              }
            }
          });
    }
  }

  /** Lets nobody new in, or does so again. */
  void drain(boolean now) {
    if (now != drained) {
      drained = now;
      if (now) {
        long drain = settings.times().drain().toNanos();
        depart(Farewell.Of.PLACE, each -> true, drain, End.DRAINED);
      } else {
        stay(Farewell.Of.PLACE, each -> true);
      }
    }
  }

  /** One more waits for a place; false when too many do. */
  boolean queue(int most) {
    if (queued.getAndIncrement() < most) {
      return true;
    }
    queued.decrementAndGet();
    return false;
  }

  void unqueue() {
    queued.decrementAndGet();
  }

  /** A place at a backend is free again. */
  void left(Backend backend) {
    if (queued.getOpaque() > 0) {
      wake();
    }
  }

  private void wake() {
    if (queued.get() > 0) {
      loops.forEach(Loop::serveSoon);
    }
  }

  /**
   * A backend did something wrong.
   *
   * @param cause in a few words
   */
  void failed(Backend backend, Failure how, String cause) {
    if (backend.failed(how, cause, settings.passive().failures())) {
      observer.failing(settings.name(), backend.key);
    }
  }

  void acceptFailed() {
    acceptFailures.increment();
  }

  void acceptPaused() {
    acceptPauses.increment();
  }

  void ended(Forwarded each, End how) {
    int every = settings.log();
    if (every > 0 && finished.getAndIncrement() % every == 0) {
      observer.ended(each.record(how));
    }
  }

  /** The part of an address by which clients stick, as a number; equal for equal ones. */
  long keyOf(InetAddress client) {
    Settings.Pick pick = settings.pick();
    byte[] octets = client.getAddress();
    int bits = client instanceof Inet4Address ? pick.v4() : pick.v6();
    long key = octets.length;
    for (int i = 0; i < octets.length; i++) {
      int left = Math.clamp(bits - 8L * i, 0, 8);
      key = key * 0x100000001b3L + (octets[i] & (0xff00 >> left) & 0xff);
    }
    return key;
  }

  BalancerReport report() {
    List<BalancerReport.ListenerReport> each = new ArrayList<>();
    for (Inlet listener : listeners) {
      each.add(BalancerReport.of(listener));
    }
    List<BalancerReport.BackendReport> backends =
        known.values().stream().map(BalancerReport::of).toList();
    return new BalancerReport(
        settings.name(),
        drained,
        slate.supplies,
        queued.get(),
        acceptFailures.sum(),
        acceptPauses.sum(),
        each,
        backends);
  }

  @Nullable Backend backend(String key) {
    return known.get(key);
  }
}
