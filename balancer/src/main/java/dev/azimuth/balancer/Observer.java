package dev.azimuth.balancer;

/** Hears what balancers have to tell. Called by loops: must not wait. */
public interface Observer {
  /** A connection, or a UDP session, that is to be logged has ended. */
  void ended(ConnectionRecord connection);

  /**
   * Connections to a backend have failed so many times in a row as {@link Settings.Passive} says.
   * Called again for the next such row.
   *
   * @param backend {@code pool/backend}
   */
  void failing(String balancer, String backend);

  /** Something that must not happen; whoever it hit has paid for it. */
  void fault(Throwable fault);
}
