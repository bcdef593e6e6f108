package dev.azimuth.balancer;

import org.jspecify.annotations.Nullable;

/**
 * The sessions of a listener, by four-tuple and in the order in which something came or went last.
 * Nothing but adding allocates. For one loop.
 */
final class Sessions {
  private static final int LEAST = 64;

  private final long key;
  private @Nullable Session[] cells = new Session[LEAST];
  private int size;
  private @Nullable Session eldest;
  private @Nullable Session latest;

  /**
   * @param key random, so that nobody can choose where a session stands
   */
  Sessions(long key) {
    this.key = key;
  }

  int size() {
    return size;
  }

  @Nullable Session find(Tuple client) {
    Session session = cells[cell(client)];
    while (session != null && !session.client.same(client)) {
      session = session.next;
    }
    return session;
  }

  /** The one idle for longest. */
  @Nullable Session eldest() {
    return eldest;
  }

  /** Adds one that is not there. */
  void add(Session session) {
    if (size == cells.length) {
      grow();
    }
    put(session);
    size++;
    append(session);
  }

  /** Removes one that is there. */
  void remove(Session session) {
    int cell = cell(session.client);
    Session before = null;
    for (Session each = cells[cell]; each != session && each != null; each = each.next) {
      before = each;
    }
    if (before == null) {
      cells[cell] = session.next;
    } else {
      before.next = session.next;
    }
    session.next = null;
    size--;
    unlink(session);
  }

  /** Something has come or gone. */
  void touch(Session session) {
    if (session != latest) {
      unlink(session);
      append(session);
    }
  }

  private int cell(Tuple client) {
    return (int) client.hash(key) & (cells.length - 1);
  }

  private void put(Session session) {
    int cell = cell(session.client);
    session.next = cells[cell];
    cells[cell] = session;
  }

  private void grow() {
    cells = new Session[2 * cells.length];
    for (Session each = eldest; each != null; each = each.later) {
      put(each);
    }
  }

  private void append(Session session) {
    session.earlier = latest;
    session.later = null;
    if (latest == null) {
      eldest = session;
    } else {
      latest.later = session;
    }
    latest = session;
  }

  private void unlink(Session session) {
    Session earlier = session.earlier;
    Session later = session.later;
    if (earlier == null) {
      eldest = later;
    } else {
      earlier.later = later;
    }
    if (later == null) {
      latest = earlier;
    } else {
      later.earlier = earlier;
    }
    session.earlier = null;
    session.later = null;
  }
}
