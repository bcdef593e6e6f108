package dev.azimuth.steering;

/**
 * The steered answers as they stand at one instant: immutable, complete, made by the binder. Safe
 * for any number of threads, each with its own {@link Turns} and {@link Decision}.
 */
public final class Steering {

  Steering() {}

  /**
   * Decides which backends a client gets. Allocates nothing.
   *
   * @param name the number of the steered name
   * @param v4 whether IPv4 addresses (type A) are asked for, else IPv6 (AAAA)
   */
  public void decide(int name, boolean v4, Asker asker, Turns turns, Decision decision) {
    throw new AssertionError("not yet");
  }

  /** Decides as {@link #decide} does but without a turn: only whether the scope is above 0. */
  public boolean dependsOnClient(int name, Asker asker) {
    throw new AssertionError("not yet");
  }
}
