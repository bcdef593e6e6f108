package dev.azimuth.balancer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What a balancer knows of one backend, for as long as it is configured: what it carries now and
 * how quick it was. Any loop may read and write at any time.
 */
final class Backend {
  /** After so many milliseconds without a measurement what was measured is worth a new look. */
  static final long STALE = 10_000;

  private static final VarHandle OPEN;
  private static final VarHandle LOOKED;

  static {
    try {
      OPEN = MethodHandles.lookup().findVarHandle(Backend.class, "open", int.class);
      LOOKED = MethodHandles.lookup().findVarHandle(Backend.class, "looked", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** {@code pool/backend}. */
  final String key;

  @SuppressWarnings("unused") // by its handle
  private volatile int open;

  @SuppressWarnings("unused") // by its handle
  private volatile long looked = Long.MIN_VALUE / 2;

  private final PeakAverage connect = new PeakAverage();
  private final PeakAverage firstOctet = new PeakAverage();

  Backend(String key) {
    this.key = key;
  }

  /** Connections and attempts to connect, now. */
  int open() {
    return (int) OPEN.getOpaque(this);
  }

  /** One more; false, and not counted, when there are as many as may be. */
  boolean enter(int most) {
    if ((int) OPEN.getAndAdd(this, 1) < most) {
      return true;
    }
    OPEN.getAndAdd(this, -1);
    return false;
  }

  void leave() {
    OPEN.getAndAdd(this, -1);
  }

  /**
   * A connection was made.
   *
   * @param micros how long that took
   * @param now the steady clock, in milliseconds
   */
  void connected(long micros, long now) {
    connect.add(micros, now);
    LOOKED.setOpaque(this, now);
  }

  /**
   * The first octet came in answer to the client's first.
   *
   * @param micros how long that took; of a connection that ends without, how long was waited
   * @param now the steady clock, in milliseconds
   */
  void answered(long micros, long now) {
    firstOctet.add(micros, now);
    LOOKED.setOpaque(this, now);
  }

  /** How long connecting takes, in microseconds; NaN while nobody knows. */
  double connectMicros() {
    return connect.micros();
  }

  /** How long a first octet takes once the client has sent one, in microseconds; NaN likewise. */
  double firstOctetMicros() {
    return firstOctet.micros();
  }

  /** Both, as far as they are known; NaN while neither is. */
  double latency() {
    double connecting = connect.micros();
    double answering = firstOctet.micros();
    return Double.isNaN(answering)
        ? connecting
        : Double.isNaN(connecting) ? answering : connecting + answering;
  }

  /**
   * Whether somebody must be sent there for its latency to be known: true once, near enough, in
   * {@link #STALE} without a measurement.
   */
  boolean worthALook(long now) {
    if (now - (long) LOOKED.getOpaque(this) < STALE) {
      return false;
    }
    LOOKED.setOpaque(this, now);
    return true;
  }

  @Override
  public String toString() {
    return key;
  }
}
