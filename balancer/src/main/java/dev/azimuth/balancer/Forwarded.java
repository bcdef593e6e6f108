package dev.azimuth.balancer;

import org.jspecify.annotations.Nullable;

/** What is carried between a client and a backend: a connection, or a session. Of one loop. */
interface Forwarded {
  /** Where it goes to; null while that is not known. */
  @Nullable Backend backend();

  boolean isOf(Inlet of);

  boolean isOf(Balancer of);

  /**
   * It has to end by an instant, if it does not before.
   *
   * @param nanos as of {@link System#nanoTime}; {@link Long#MAX_VALUE} when it need not after all
   */
  void endBy(Farewell.Of of, long nanos, End why);

  /** Ends it now; once is enough. */
  void end(End how);

  /** What a log says of it. */
  ConnectionRecord record(End how);

  /** Memory is short, or no longer. */
  void tighten();
}
