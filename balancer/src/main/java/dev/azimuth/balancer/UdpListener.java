package dev.azimuth.balancer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes the datagrams that come to one address, and forwards each in its session. One loop does all
 * of it, so that a client always meets its session and no two threads share one.
 */
final class UdpListener implements Inlet {
  /** Then others that are ready have their turn. */
  private static final int MOST_ROUNDS = 4;

  private static final int PATIENCE_MILLIS = 1_000;

  private final Listen listen;
  private final InetSocketAddress at;
  private final Loop loop;
  private final List<Front> fronts;
  private final Sessions sessions;
  private final Tuple tuple = new Tuple();
  private final Counts counts = new Counts();
  private volatile @Nullable Balancer balancer;

  /** Whether there may be new sessions. */
  private volatile boolean open;

  // What follows is the loop's.
  private boolean leaving;
  private boolean gone;

  /**
   * Has nobody served before {@link #start}.
   *
   * @param bound where clients' datagrams come, all of one port; closed with the listener
   * @param key random
   */
  UdpListener(Listen listen, List<? extends Datagrams.Bound> bound, Loop loop, long key) {
    this.listen = listen;
    this.loop = loop;
    sessions = new Sessions(key);
    fronts = bound.stream().map(Front::new).toList();
    at =
        bound.size() == 1
            ? bound.getFirst().localAddress()
            : new InetSocketAddress(
                listen.at().getAddress(), bound.getFirst().localAddress().getPort());
  }

  Loop loop() {
    return loop;
  }

  Datagrams datagrams() {
    return loop.datagrams();
  }

  Sessions sessions() {
    return sessions;
  }

  @Override
  public Listen listen() {
    return listen;
  }

  @Override
  public InetSocketAddress at() {
    return at;
  }

  @Override
  public Counts counts() {
    return counts;
  }

  @Override
  public @Nullable Balancer balancer() {
    return balancer;
  }

  @Override
  public void serve(Balancer next) {
    balancer = next;
  }

  @Override
  public void start() {
    if (!open) {
      open = true;
      onLoop(() -> fronts.forEach(Front::read));
    }
  }

  @Override
  public void close() {
    open = false;
    onLoop(this::leave);
    // What the loop closes later, and the JDK only when it selects again, is closed by then.
    loop.events.schedule(() -> {}, 1, TimeUnit.NANOSECONDS).awaitUninterruptibly(PATIENCE_MILLIS);
  }

  @Override
  public void pass() {
    open = false;
    onLoop(
        () -> {
          // What a backend has yet to say goes to its client still; what clients say is theirs who
          // go on.
          fronts.forEach(Front::rest);
          leave();
        });
  }

  @Override
  public boolean reopen() {
    onLoop(() -> leaving = false);
    return !gone;
  }

  private void onLoop(Runnable what) {
    loop.events.submit(what).awaitUninterruptibly(PATIENCE_MILLIS);
  }

  private void leave() {
    leaving = true;
    giveUpIfIdle();
  }

  private void giveUpIfIdle() {
    if (leaving && sessions.size() == 0) {
      giveUp();
    }
  }

  private void giveUp() {
    if (!gone) {
      gone = true;
      fronts.forEach(Front::close);
    }
  }

  /** A session has ended. */
  void ended(Session session, End how) {
    sessions.remove(session);
    loop.wheel.remove(session);
    loop.remove(session);
    counts.open.decrement();
    counts.ended(how);
    giveUpIfIdle();
  }

  private void take(Front front, int count) {
    Datagrams datagrams = datagrams();
    long now = System.nanoTime();
    Session current = null;
    int first = 0;
    long octets = 0;
    long all = 0;
    for (int i = 0; i < count; i++) {
      datagrams.tuple(i, tuple);
      Session session = sessions.find(tuple);
      if (session == null || session != current) {
        if (current != null) {
          current.forward(first, i, octets, now);
        }
        current = session == null ? begin(front, now) : session;
        first = i;
        octets = 0;
      }
      int length = datagrams.length(i);
      octets += length;
      all += length;
    }
    if (current != null) {
      current.forward(first, count, octets, now);
    }
    counts.datagramsFromClients.add(count);
    counts.fromClients.add(all);
  }

  /** A session for a client that has none; null when there cannot be one. */
  private @Nullable Session begin(Front front, long now) {
    counts.accepted.increment();
    Balancer its = open ? admits() : null;
    if (its == null) {
      return refused(End.DRAINED);
    }
    Slate slate = its.slate();
    if (slate.first(0).isEmpty()) {
      return refused(End.NO_BACKEND);
    }
    var caller = new Caller(tuple.client());
    End why = its.entrance().enter(caller, now);
    if (why != null) {
      return refused(why);
    }
    Session session = begin(front, its, slate, caller, now);
    if (session == null) {
      caller.left();
    }
    return session;
  }

  private @Nullable Session begin(Front front, Balancer its, Slate slate, Caller caller, long now) {
    Settings.Limits limits = its.settings().limits();
    Ask ask = loop.ask;
    ask.begin(its.keyOf(caller.client().getAddress()), limits.perBackend(), now / 1_000_000);
    Slate.Stage stage = slate.first(0);
    Backend backend = stage.take(ask);
    if (backend == null) {
      return refused(End.QUEUE_FULL);
    }
    if (stage.rescues()) {
      counts.rescued.increment();
    }
    Session eldest = sessions.eldest();
    if (eldest != null && sessions.size() >= limits.connections()) {
      eldest.end(End.EVICTED);
    }
    return begin(
        front,
        its,
        caller,
        backend,
        slate.address(backend, its.keyOf(caller.client().getAddress()), List.of()),
        now);
  }

  private @Nullable Session begin(
      Front front,
      Balancer its,
      Caller caller,
      Backend backend,
      @Nullable InetSocketAddress to,
      long now) {
    End why = End.NOT_REACHED;
    try {
      if (to != null) {
        InetAddress from = its.settings().source(to.getAddress());
        var session =
            new Session(
                this, its, tuple, caller, backend, front.bound, datagrams().connect(to, from), now);
        backend.joined();
        counts.open.increment();
        sessions.add(session);
        loop.add(session);
        loop.wheel.add(session);
        return session.begin() ? session : null;
      }
    } catch (NoRouteToHostException e) {
      its.failed(backend, Failure.REFUSED, Cause.connecting(e));
    } catch (IOException e) {
      why = End.LOCAL;
    }
    backend.leave();
    return refused(why);
  }

  private @Nullable Session refused(End why) {
    counts.ended(why);
    return null;
  }

  /** A socket that clients send to. */
  private final class Front implements Watch.Reader {
    final Datagrams.Bound bound;
    private @Nullable Watch watch;

    Front(Datagrams.Bound bound) {
      this.bound = bound;
    }

    void read() {
      if (watch == null && !gone) {
        watch = Watch.of(loop, bound, this);
      }
    }

    void rest() {
      if (watch != null) {
        watch.end();
        watch = null;
      }
    }

    void close() {
      rest();
      loop.closeLater(bound::close);
    }

    @Override
    public void readable() {
      try {
        for (int round = 0; round < MOST_ROUNDS && !gone; round++) {
          int count = datagrams().receive(bound);
          if (count <= 0) {
            return;
          }
          take(this, count);
        }
      } catch (IOException e) {
        loop.fault(e); // it would be told of for ever
        rest();
      }
    }

    @Override
    public void stopped() {
      giveUp();
    }
  }
}
