package dev.azimuth.balancer;

import dev.azimuth.balancer.Connection.Phase;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * How one connection comes to a backend: one is chosen, or a place waited for; it is connected to,
 * told who the client is, and hands are shaken; where that fails another one is tried. Belongs to
 * the connection.
 */
final class Approach {
  private final Connection connection;
  private final Listener listener;
  private final Balancer balancer;
  private final Entrance entrance;
  private final Settings settings;
  private final Caller caller;

  /** What the client said first, by which it has a route; null for nothing. */
  private @Nullable ClientHello hello;

  /** Of which slate {@link #supply} is a number. */
  private Slate matched = Slate.EMPTY;

  private int supply;
  private int tries;
  private boolean rescued;
  private End unreached = End.NOT_REACHED;
  private @Nullable String failed;
  private @Nullable String cause;

  /** Whether the backend is reached, and its TLS is waited for. */
  private boolean shaking;

  /** Where it could not be reached. */
  private List<InetSocketAddress> tried = List.of();

  /** Those that need not be asked any more. */
  private List<Backend> barred = List.of();

  private @Nullable Backend backend;

  /** Where that one is reached. */
  private @Nullable InetSocketAddress address;

  private @Nullable Leg leg;

  Approach(
      Connection connection,
      Listener listener,
      Balancer balancer,
      Entrance entrance,
      Caller caller) {
    this.connection = connection;
    this.listener = listener;
    this.balancer = balancer;
    this.entrance = entrance;
    this.caller = caller;
    settings = entrance.settings();
  }

  /** The one that is being reached, or was; null for none. */
  @Nullable Backend backend() {
    return backend;
  }

  /** The side of that backend; null for none. */
  @Nullable Leg leg() {
    return leg;
  }

  /** Whom the last attempt that failed was made with; null when none did. */
  @Nullable String failed() {
    return failed;
  }

  /** Why that failed; null likewise. */
  @Nullable String cause() {
    return cause;
  }

  /** How many attempts there were beyond the first. */
  int retries() {
    return Math.max(0, tries - 1);
  }

  /** Whether a backend is looked for in this supply of a slate. */
  boolean wants(Balancer of, Slate slate, int from) {
    return balancer == of && supply(slate) == from;
  }

  /**
   * Looks for a backend.
   *
   * @param first what the client said; null when nobody looked, or it is none
   */
  void begin(@Nullable ClientHello first) {
    hello = first;
    goOn();
  }

  /** Routes are those of the slate, not of when it came: their numbers may have changed since. */
  private int supply(Slate slate) {
    if (slate != matched) {
      matched = slate;
      supply = slate.supply(hello);
    }
    return supply;
  }

  /** Tries the next backend, or waits for a place at one. */
  void goOn() {
    Phase phase = connection.phase();
    if (phase == Phase.OVER) {
      return;
    }
    Slate slate = balancer.slate();
    int from = supply(slate);
    if (phase == Phase.FIRST && connection.loop().othersWait(balancer, slate, from)) {
      await(); // whoever came before goes first
      return;
    }
    Slate.Stage first = slate.first(from);
    Backend next = find(first);
    if (next != null) {
      attempt(next, slate);
    } else if (first.isEmpty()) {
      connection.end(End.NO_BACKEND);
    } else if (tries > 0 && !first.hasOthers(barred)) {
      connection.end(unreached);
    } else {
      await();
    }
  }

  /** Whoever waits for a place does so at the pool that serves; the next ones are for failures. */
  private @Nullable Backend find(Slate.Stage first) {
    Ask ask = connection.loop().ask;
    ask.begin(source(), settings.limits().perBackend(), System.nanoTime() / 1_000_000);
    barred.forEach(ask::tried);
    Slate.Stage at = first;
    Backend found = at.take(ask);
    while (found == null && tries > 0 && at.next() != null) {
      at = at.next();
      found = at.take(ask);
    }
    if (found != null && at.rescues() && !rescued) {
      rescued = true;
      listener.counts().rescued.increment();
    }
    return found;
  }

  private long source() {
    return balancer.keyOf(caller.client().getAddress());
  }

  private void await() {
    if (connection.phase() != Phase.WAITING) {
      if (!balancer.queue(settings.limits().queue())) {
        connection.refuse(End.QUEUE_FULL);
        return;
      }
      listener.counts().queued.increment();
      connection.enter(Phase.WAITING);
    }
    connection.loop().await(connection);
  }

  private void attempt(Backend next, Slate slate) {
    InetSocketAddress to = slate.address(next, source(), tried);
    if (to == null) {
      next.leave();
      failed(next, null, "it has no address");
      return;
    }
    backend = next;
    address = to;
    int attempt = ++tries;
    if (attempt > 1) {
      listener.counts().retries.increment();
    }
    connection.enter(Phase.CONNECTING);
    Leg made =
        Legs.onward(
            connection,
            to,
            from(to.getAddress()),
            (side, e, ours) -> connected(side, next, attempt, e, ours));
    if (made == null) {
      lack();
    } else if (connection.phase() == Phase.CONNECTING && attempt == tries && leg == null) {
      leg = made; // unless it has come to an end at once
    }
  }

  /** This machine has nothing left to connect with, which is no backend's fault. */
  private void lack() {
    listener.pause();
    connection.end(End.LOCAL);
  }

  private @Nullable InetSocketAddress from(InetAddress to) {
    InetAddress source = settings.source(to);
    return source == null ? null : new InetSocketAddress(source, 0);
  }

  private void connected(
      Leg made, Backend at, int attempt, @Nullable Throwable failure, boolean ours) {
    if (connection.phase() != Phase.CONNECTING || attempt != tries || at != backend) {
      made.close(); // it took too long, and something else happened since
      return;
    }
    leg = made;
    if (failure == null) {
      greet(made);
      secure(made, at);
    } else if (ours) {
      lack();
    } else {
      abandon(Failure.REFUSED, Cause.connecting(failure));
    }
  }

  /** Says who the client is, before anything else. */
  private void greet(Leg to) {
    if (settings.send() != Settings.ProxyHeader.NONE) {
      ByteBuf header = connection.loop().budget.allocator().directBuffer(ProxyReader.LONGEST_V1);
      ProxyWriter.write(settings.send(), caller.ends(connection.localAddress()), header);
      to.take(header);
      header.release();
    }
  }

  private void secure(Leg made, Backend at) {
    ClientTls tls = entrance.onward();
    if (tls == null) {
      connection.forward(made, at);
      return;
    }
    SSLEngine engine = tls.engine(caller.server(), caller.protocol());
    if (engine == null) {
      failed = at.key;
      cause = "there is no name that its certificate could be verified against";
      connection.end(End.BACKEND_TLS);
      return;
    }
    shaking = true;
    made.secure(engine, () -> secured(made, at));
    made.resume();
  }

  private void secured(Leg made, Backend at) {
    if (connection.phase() == Phase.CONNECTING && made == leg) {
      connection.forward(made, at);
    }
  }

  /** The handshake with the backend came to nothing. */
  void insecure(String why) {
    unreached = End.BACKEND_TLS;
    abandon(Failure.TLS, why);
  }

  /** It takes too long. */
  void late() {
    abandon(
        Failure.TIMED_OUT,
        shaking ? "its TLS handshake takes too long" : "it does not connect in time");
  }

  /**
   * Does not wait for this backend any more; tries another one.
   *
   * @param how null when that is not its fault
   * @param why in a few words
   */
  void abandon(@Nullable Failure how, String why) {
    Backend at = backend;
    if (at == null) {
      return;
    }
    Leg made = leg;
    connection.endBy(Farewell.Of.BACKEND, Long.MAX_VALUE, End.DRAINED);
    at.leave();
    balancer.left(at);
    backend = null;
    leg = null;
    shaking = false;
    if (made != null) {
      made.close(); // a channel says at once that it failed to connect: nobody may listen any more
    }
    failed(at, how, why);
  }

  private void failed(Backend its, @Nullable Failure how, String why) {
    failed = its.key;
    cause = why;
    if (how != null && address != null) {
      tried = with(tried, address);
    }
    if (how == null || balancer.slate().nowhereBut(its, tried)) {
      barred = with(barred, its);
    }
    if (how != null) {
      balancer.failed(its, how, why);
    }
    if (how != null && tries >= settings.tries()) {
      connection.end(unreached);
    } else {
      goOn();
    }
  }

  private static <T> List<T> with(List<T> list, T more) {
    List<T> longer = new ArrayList<>(list);
    longer.add(more);
    return longer;
  }

  /** The connection is over. */
  void end(End how) {
    Backend at = backend;
    if (at != null) {
      if (how == End.DONE) {
        at.succeeded(); // of what it was sent it had no need to answer anything
      }
      at.leave();
      balancer.left(at);
    }
    if (leg != null) {
      leg.close();
    }
  }
}
