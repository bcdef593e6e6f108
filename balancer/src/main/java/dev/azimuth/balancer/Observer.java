package dev.azimuth.balancer;

/** Hears what balancers have to tell. Called by loops: must not wait. */
public interface Observer {
  /** A connection, or a UDP session, that is to be logged has ended. */
  void ended(ConnectionRecord connection);

  /** Something that must not happen; whoever it hit has paid for it. */
  void fault(Throwable fault);
}
