package dev.azimuth.balancer;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What a balancer knows of one backend, for as long as it is configured: what it carries now and
 * how it did. Any loop may read and write at any time.
 */
final class Backend {
  /** After so many milliseconds without a measurement what was measured is worth a new look. */
  static final long STALE = 10_000;

  /** {@code pool/backend}. */
  final String key;

  final LongAdder connections = new LongAdder();
  final LongAdder toBackend = new LongAdder();
  final LongAdder fromBackend = new LongAdder();

  /** From the first packet to an open connection. */
  final Latency connect = new Latency();

  /** From an open connection to the first octet of the backend. */
  final Latency firstOctet = new Latency();

  private final Map<Failure, LongAdder> failures = new EnumMap<>(Failure.class);
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger turn = new AtomicInteger();

  /** Failures since something last went well. */
  private final AtomicInteger row = new AtomicInteger();

  private volatile @Nullable LastFailure last;

  private final PeakAverage connectNow = new PeakAverage();
  private final PeakAverage firstOctetNow = new PeakAverage();

  /** When its latency was measured last, or somebody was sent to find out. */
  private final AtomicLong looked = new AtomicLong(Long.MIN_VALUE / 2);

  /**
   * What went wrong last.
   *
   * @param nanos when
   */
  record LastFailure(String cause, long nanos) {}

  Backend(String key) {
    this.key = key;
    for (Failure failure : Failure.values()) {
      failures.put(failure, new LongAdder());
    }
  }

  /** Connections and attempts to connect, now. */
  int open() {
    return open.getOpaque();
  }

  /** One more; false, and not counted, when there are as many as may be. */
  boolean enter(int most) {
    if (open.getAndIncrement() < most) {
      return true;
    }
    open.decrementAndGet();
    return false;
  }

  void leave() {
    open.decrementAndGet();
  }

  /** Which of its addresses is next. */
  int turn(int addresses) {
    return addresses <= 1 ? 0 : Math.floorMod(turn.getAndIncrement(), addresses);
  }

  /**
   * Something went wrong.
   *
   * @param cause in a few words
   * @param most so many times in a row that somebody has to hear of it; 0 for never
   * @return whether it was that often, and the row begins anew
   */
  boolean failed(Failure how, String cause, int most) {
    last = new LastFailure(cause, System.nanoTime());
    LongAdder count = failures.get(how);
    if (count != null) {
      count.increment();
    }
    return most > 0 && row.incrementAndGet() >= most && row.getAndSet(0) >= most;
  }

  /** It answered, or a connection to it ended as it should: the row of failures ends. */
  void succeeded() {
    if (row.getOpaque() != 0) {
      row.set(0);
    }
  }

  Map<Failure, Long> failures() {
    Map<Failure, Long> sums = new EnumMap<>(Failure.class);
    failures.forEach((failure, count) -> sums.put(failure, count.sum()));
    return sums;
  }

  /** What went wrong last; null while nothing has. */
  @Nullable LastFailure lastFailure() {
    return last;
  }

  /** A session was made: nothing had to be waited for. */
  void joined() {
    connections.increment();
  }

  /**
   * A connection was made.
   *
   * @param micros how long that took
   * @param now the steady clock, in milliseconds
   */
  void connected(long micros, long now) {
    connections.increment();
    connect.record(micros);
    connectNow.add(micros, now);
    looked.setOpaque(now);
  }

  /**
   * The first octet came in answer to the client's first.
   *
   * @param micros how long that took; of a connection that ends without, how long was waited
   * @param now the steady clock, in milliseconds
   */
  void answered(long micros, long now) {
    firstOctet.record(micros);
    firstOctetNow.add(micros, now);
    looked.setOpaque(now);
  }

  /** How long connecting takes, in microseconds; NaN while nobody knows. */
  double connectMicros() {
    return connectNow.micros();
  }

  /** How long a first octet takes once the client has sent one, in microseconds; NaN likewise. */
  double firstOctetMicros() {
    return firstOctetNow.micros();
  }

  /** Both, as far as they are known; NaN while neither is. */
  double latency() {
    double connecting = connectNow.micros();
    double answering = firstOctetNow.micros();
    return Double.isNaN(answering)
        ? connecting
        : Double.isNaN(connecting) ? answering : connecting + answering;
  }

  /**
   * Whether somebody must be sent there for its latency to be known: true once, near enough, in
   * {@link #STALE} without a measurement.
   */
  boolean worthALook(long now) {
    if (now - looked.getOpaque() < STALE) {
      return false;
    }
    looked.setOpaque(now);
    return true;
  }

  @Override
  public String toString() {
    return key;
  }
}
