package dev.azimuth.balancer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What a balancer knows of one backend, for as long as it is configured: what it carries now and
 * how quick it was. Any loop may read and write at any time.
 */
final class Backend {
  private static final VarHandle OPEN;

  static {
    try {
      OPEN = MethodHandles.lookup().findVarHandle(Backend.class, "open", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** {@code pool/backend}. */
  final String key;

  @SuppressWarnings("unused") // by its handle
  private volatile int open;

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

  @Override
  public String toString() {
    return key;
  }
}
