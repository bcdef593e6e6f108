package dev.azimuth.resolver;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * What the workers record of the queries that they answer, between them and the one thread that
 * takes it out. Off until {@link #sample} says otherwise. Each worker has a ring of its own of
 * {@link #RING} octets; it never waits, and counts what finds no room.
 */
public final class QueryLog {
  /** Room for the records of one worker, in octets: some thousand usual ones. */
  public static final int RING = 1 << 20;

  private final List<QueryTap> taps = new CopyOnWriteArrayList<>();
  private volatile int every;

  /** Of rings that are gone; guarded by this. */
  private long droppedBefore;

  QueryLog() {}

  /**
   * Records every so many-th answered query of each worker from its next batch on.
   *
   * @param next at least 1; 0 for none
   */
  public synchronized void sample(int next) {
    if (next < 0) {
      throw new IllegalArgumentException("every " + next + "th query");
    }
    if (next > 0) {
      taps.forEach(tap -> tap.prepare(RING));
    }
    every = next;
    if (next == 0) {
      taps.stream().filter(QueryTap::closed).forEach(this::remove);
    }
  }

  /**
   * Takes out what is there. For one thread at a time.
   *
   * @param most records
   * @param to takes each; the record is valid during the call. What it throws is thrown on, and its
   *     record counts as taken
   * @return how many there were
   */
  public int drain(QueryRecord record, int most, Consumer<QueryRecord> to) {
    int taken = 0;
    for (QueryTap tap : taps) {
      // Before the ring is looked at: what a worker records last is not overlooked.
      boolean last = tap.closed();
      QueryRing ring = tap.ring();
      int at = -1;
      while (ring != null && taken < most && (at = ring.poll()) >= 0) {
        record.read(ring.octets, at);
        ring.release();
        taken++;
        to.accept(record);
      }
      if (last && at < 0) {
        remove(tap);
      }
    }
    return taken;
  }

  /** How many records found no room since the process began. */
  public synchronized long dropped() {
    long dropped = droppedBefore;
    for (QueryTap tap : taps) {
      QueryRing ring = tap.ring();
      dropped += ring == null ? 0 : ring.dropped();
    }
    return dropped;
  }

  /** A tap for one more worker, which closes it when it ends. */
  synchronized QueryTap tap() {
    var tap = new QueryTap(this);
    if (every > 0) {
      tap.prepare(RING);
    }
    taps.add(tap);
    return tap;
  }

  /** While the log is off nobody drains, so nobody else would forget a tap. */
  synchronized void closed(QueryTap tap) {
    if (every == 0) {
      remove(tap);
    }
  }

  int every() {
    return every;
  }

  private synchronized void remove(QueryTap tap) {
    QueryRing ring = tap.ring();
    if (taps.remove(tap) && ring != null) {
      droppedBefore += ring.dropped();
    }
  }
}
