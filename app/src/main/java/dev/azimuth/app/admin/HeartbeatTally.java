package dev.azimuth.app.admin;

import dev.azimuth.app.metrics.HeartbeatCounts;
import java.util.concurrent.atomic.LongAdder;

/** How many connections for heartbeats were refused since the process began. For any thread. */
public final class HeartbeatTally {
  private final LongAdder peerFull = new LongAdder();
  private final LongAdder full = new LongAdder();

  /** None yet. */
  public HeartbeatTally() {}

  void refused(Crowd.Entry why) {
    switch (why) {
      case ADMITTED -> throw new IllegalArgumentException("it was not");
      case PEER_FULL -> peerFull.increment();
      case FULL -> full.increment();
    }
  }

  /** What was counted by now. */
  public HeartbeatCounts counts() {
    return new HeartbeatCounts(peerFull.sum(), full.sum());
  }
}
