package dev.azimuth.balancer;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where clients come in on one address: a listener of TCP, or one of UDP. Changed by one thread at
 * a time, which is none of a loop.
 */
sealed interface Inlet permits Listener, UdpListener {
  /** As it is configured. */
  Listen listen();

  /** As it is bound. */
  InetSocketAddress at();

  Counts counts();

  /** Whose it is; null before it is anybody's. */
  @Nullable Balancer balancer();

  /**
   * Whose it is who comes now; null when nobody is let in. A balancer that is taken out is drained
   * once its listeners have passed to others: whoever still meets it there is theirs.
   */
  default @Nullable Balancer admits() {
    Balancer its;
    boolean shut;
    do {
      its = balancer();
      shut = its == null || its.drained();
    } while (shut && its != balancer());
    return shut ? null : its;
  }

  /** Who is new is this balancer's from now on. */
  void serve(Balancer next);

  /** Lets clients in from now on. */
  void start();

  /** Lets nobody new in from now on, and gives the address up as soon as nobody needs it. */
  void close();

  /** Closes it, for another process that has the same socket and goes on. */
  void pass();

  /**
   * Lets clients in again after {@link #close}.
   *
   * @return false when the address is given up
   */
  boolean reopen();
}
