package dev.azimuth.balancer;

import io.netty.buffer.ByteBuf;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection and the one to a backend that belongs to it, from being accepted to its
 * end. Belongs to a loop, with both its channels.
 */
final class Connection extends Wheel.Entry implements Forwarded {
  private enum Phase {
    /** What must come before a backend can be chosen has not come. */
    FIRST,
    /** All backends are at their limit. */
    WAITING,
    CONNECTING,
    FORWARDING,
    OVER
  }

  private final Listener listener;
  private final Balancer balancer;
  private final Settings settings;
  private final Loop loop;
  private final Entrance entrance;
  private final Caller caller;

  private Phase phase = Phase.FIRST;
  private int supply;

  /** What must come first; null when nothing must any more. */
  private @Nullable Opening opening;

  private @Nullable List<ByteBuf> held;
  private int tries;
  private End unreached = End.NOT_REACHED;
  private @Nullable List<Backend> tried;
  private @Nullable Backend backend;
  private @Nullable Leg client;
  private @Nullable Leg onward;
  private int endsPassed;

  /** When the phase began. */
  private long since;

  private final Passage passage;

  private final Farewell farewell;

  /** How it ends when both ends are passed on. */
  private End passedAs = End.DONE;

  /**
   * @param source whom it comes from
   */
  Connection(Listener listener, Balancer balancer, Loop loop, InetSocketAddress source) {
    this.listener = listener;
    this.balancer = balancer;
    entrance = balancer.entrance();
    settings = entrance.settings();
    this.loop = loop;
    caller = new Caller(source);
    long age = settings.times().age().toNanos();
    since = System.nanoTime();
    passage = new Passage(listener.counts(), since);
    farewell = new Farewell(age > 0 ? since + age : Long.MAX_VALUE);
  }

  /** By which it goes from its beginning to its end. */
  Settings settings() {
    return settings;
  }

  Loop loop() {
    return loop;
  }

  @Override
  public @Nullable Backend backend() {
    return backend;
  }

  @Override
  public boolean isOf(Inlet of) {
    return listener == of;
  }

  @Override
  public boolean isOf(Balancer of) {
    return this.balancer == of;
  }

  /** Whether it is to be forwarded by this balancer out of this supply. */
  boolean wants(Balancer of, int from) {
    return balancer == of && supply == from;
  }

  boolean isClient(Leg leg) {
    return leg == client;
  }

  boolean over() {
    return phase == Phase.OVER;
  }

  /** The client is there. */
  void begin(Leg with) {
    client = with;
    loop.add(this);
    loop.wheel.add(this);
    boolean proxied = entrance.gate().isProxy(caller.client().getAddress());
    End refused = proxied ? null : entrance.enter(caller, passage.began());
    if (refused != null) {
      refuse(refused);
    } else if (proxied || entrance.looks()) {
      opening = new Opening(this, with, caller, entrance, proxied);
      with.resume();
    } else {
      choose(0);
    }
  }

  /** Does not let the client in: it sees RST. */
  void refuse(End why) {
    if (client != null) {
      client.reset();
    }
    end(why);
  }

  /** Everything that must come first has come: looks for a backend in this supply. */
  void choose(int from) {
    opening = null;
    supply = from;
    connect();
  }

  /** Tries the next backend, or waits for a place at one. */
  void connect() {
    if (phase == Phase.OVER) {
      return;
    }
    Slate slate = balancer.slate();
    if (phase == Phase.FIRST && loop.othersWait(balancer, supply)) {
      await(); // whoever came before goes first
      return;
    }
    Backend next = slate.empty(supply) ? null : find(slate);
    if (next != null) {
      if (phase != Phase.CONNECTING && tries == 0 && slate.rescues(supply)) {
        listener.counts().rescued.increment();
      }
      attempt(next, slate);
    } else if (slate.empty(supply)) {
      end(End.NO_BACKEND);
    } else if (tries > 0) {
      end(unreached);
    } else {
      await();
    }
  }

  private @Nullable Backend find(Slate slate) {
    int most = settings.limits().perBackend();
    loop.ask.begin(
        balancer.keyOf(caller.client().getAddress()), most, System.nanoTime() / 1_000_000);
    if (tried != null) {
      tried.forEach(loop.ask::tried);
    }
    return slate.take(supply, loop.ask);
  }

  private void await() {
    if (phase != Phase.WAITING) {
      if (!balancer.queue(settings.limits().queue())) {
        end(End.QUEUE_FULL);
        return;
      }
      listener.counts().queued.increment();
      enter(Phase.WAITING);
    }
    loop.await(this);
  }

  private void attempt(Backend next, Slate slate) {
    InetSocketAddress to = slate.address(next);
    if (to == null) {
      next.leave();
      failed(next, null);
      return;
    }
    backend = next;
    tries++;
    if (tries > 1) {
      listener.counts().retries.increment();
    }
    enter(Phase.CONNECTING);
    Leg leg =
        Legs.onward(this, to, from(to.getAddress()), (at, e, ours) -> connected(at, next, e, ours));
    if (leg == null) {
      end(End.LOCAL);
    } else if (phase == Phase.CONNECTING && backend == next && onward == null) {
      onward = leg; // unless it has come to an end at once
    }
  }

  private @Nullable InetSocketAddress from(InetAddress to) {
    InetAddress source = settings.source(to);
    return source == null ? null : new InetSocketAddress(source, 0);
  }

  private void connected(Leg leg, Backend at, @Nullable Throwable failure, boolean ours) {
    if (phase != Phase.CONNECTING || at != backend) {
      leg.close(); // it took too long, and something else happened since
      return;
    }
    onward = leg;
    if (failure == null) {
      greet(leg);
      secure(leg, at);
    } else if (ours) {
      end(End.LOCAL);
    } else {
      abandon(leg, at, Failure.REFUSED);
    }
  }

  /** Does not wait for the backend any more. */
  private void giveUp(@Nullable Failure how) {
    Backend at = backend;
    if (at != null) {
      abandon(onward, at, how);
    }
  }

  private void abandon(@Nullable Leg leg, Backend at, @Nullable Failure how) {
    farewell.set(Farewell.Of.BACKEND, Long.MAX_VALUE, End.DRAINED);
    at.leave();
    balancer.left(at);
    backend = null;
    onward = null;
    if (leg != null) {
      leg.close(); // a channel says at once that it failed to connect: nobody may listen any more
    }
    failed(at, how);
  }

  private void failed(Backend at, @Nullable Failure how) {
    if (tried == null) {
      tried = new ArrayList<>(settings.tries());
    }
    tried.add(at);
    if (how != null) {
      balancer.failed(at, how);
    }
    if (how != null && tries >= settings.tries()) {
      end(unreached);
    } else {
      connect();
    }
  }

  /** Says who the client is, before anything else. */
  private void greet(Leg leg) {
    if (settings.send() != Settings.ProxyHeader.NONE && client != null) {
      ByteBuf header = loop.budget.allocator().directBuffer(ProxyReader.LONGEST_V1);
      InetSocketAddress local = client.localAddress();
      ProxyWriter.write(
          settings.send(), caller.ends(local == null ? listener.at() : local), header);
      leg.take(header);
      header.release();
    }
  }

  private void secure(Leg leg, Backend at) {
    ClientTls tls = entrance.onward();
    if (tls == null || !(leg instanceof ChannelLeg channel)) {
      forward(leg, at);
      return;
    }
    SslHandler handler = tls.handler(caller.server(), caller.protocol());
    if (handler == null) {
      end(End.BACKEND_TLS);
      return;
    }
    // Not before the handler is done with what it was told: it would lose what is written now.
    var _ =
        handler
            .handshakeFuture()
            .addListener(done -> loop.events.execute(() -> secured(leg, at, done.isSuccess())));
    channel.secure(handler);
    channel.resume();
  }

  private void secured(Leg leg, Backend at, boolean success) {
    if (phase != Phase.CONNECTING || leg != onward) {
      leg.close(); // it took too long, and something else happened since
    } else if (success) {
      forward(leg, at);
    } else {
      unreached = End.BACKEND_TLS;
      abandon(leg, at, Failure.TLS);
    }
  }

  private void forward(Leg leg, Backend at) {
    Leg from = client;
    if (from == null) {
      return;
    }
    long now = System.nanoTime();
    passage.connected(at, since, now);
    enter(Phase.FORWARDING);
    from.pour(leg);
    leg.pour(from);
    boolean more = true;
    List<ByteBuf> early = held == null ? List.of() : held;
    held = null; // sending may end the connection, by which what is kept is released
    for (ByteBuf octets : early) {
      more = leg.take(octets);
      octets.release();
    }
    if (over()) {
      return;
    }
    if (from.ended()) {
      leg.end();
    }
    leg.resume();
    if (more) {
      from.resume();
    }
  }

  /** Octets came from one side. */
  void read(Leg from, int octets) {
    long now = System.nanoTime();
    if (from == client) {
      passage.fromClient(octets, backend, now);
    } else {
      passage.fromBackend(octets, backend, now);
    }
  }

  /** Octets came from the client before there is a backend; whether more may come. */
  boolean early(ByteBuf octets) {
    Opening its = opening;
    return its == null ? hold(octets) : its.received(octets);
  }

  /** Keeps octets of the client until there is a backend; no more may come. */
  boolean hold(ByteBuf octets) {
    if (client == null) {
      return false;
    }
    read(client, octets.readableBytes());
    if (held == null) {
      held = new ArrayList<>(2);
    }
    held.add(loop.budget.allocator().directBuffer(octets.readableBytes()).writeBytes(octets));
    return false;
  }

  /** One side sent its end. */
  void ended(Leg leg) {
    if (opening != null) {
      end(End.CLIENT_LEFT); // what it owes will not come
      return;
    }
    Leg other = leg.other();
    if (phase == Phase.FORWARDING && other != null) {
      if (other.ended()) {
        other.finish(); // closing says it too
      } else {
        other.end();
        loop.wheel.add(this); // the shorter limit counts from now on
      }
    }
  }

  /** The end of one side has been passed on to the other. */
  void passed() {
    endsPassed++;
    if (endsPassed == 2) {
      end(passedAs);
    }
  }

  /** Octets went on to one side that were kept for it. */
  void sent() {
    passage.sent(System.nanoTime());
  }

  /** One side broke off, and what it had sent before is on its way to the other, which gets it. */
  void goneAfter(Leg leg) {
    Leg other = leg.other();
    if (phase == Phase.FORWARDING && other != null) {
      passedAs = leg == client ? End.CLIENT_RESET : End.BACKEND_RESET;
      endsPassed = 1;
      leg.close();
      other.finish();
      loop.wheel.add(this);
    }
  }

  /** One side broke off, or its socket failed. */
  void gone(Leg leg) {
    boolean theClient = leg == client;
    if (!theClient && leg != onward) {
      return; // an attempt that was given up
    }
    switch (phase) {
      case FIRST, WAITING -> end(End.CLIENT_LEFT);
      case CONNECTING -> {
        if (theClient) {
          end(End.CLIENT_LEFT);
        }
      }
      case FORWARDING -> {
        Leg rest = theClient ? onward : client;
        if (rest != null) {
          rest.reset();
        }
        if (!theClient && !passage.answered() && backend != null) {
          balancer.failed(backend, Failure.RESET);
        }
        end(theClient ? End.CLIENT_RESET : End.BACKEND_RESET);
      }
      case OVER -> {}
    }
  }

  @Override
  public void endBy(Farewell.Of of, long nanos, End why) {
    farewell.set(of, nanos, why);
    loop.wheel.add(this);
  }

  /** Ends it now, both sides in the ordinary way. */
  @Override
  public void end(End how) {
    if (phase == Phase.OVER) {
      return;
    }
    Phase before = phase;
    phase = Phase.OVER;
    loop.wheel.remove(this);
    loop.remove(this);
    if (before == Phase.WAITING) {
      loop.leaveQueue(this);
      balancer.unqueue();
    }
    if (held != null) {
      held.forEach(ByteBuf::release);
      held = null;
    }
    if (opening != null) {
      opening.release();
      opening = null;
    }
    Backend at = backend;
    if (at != null) {
      if (how == End.DONE) {
        at.succeeded(); // of what it was sent it had no need to answer anything
      }
      at.leave();
      balancer.left(at);
    }
    if (onward != null) {
      onward.close();
    }
    if (client != null) {
      client.close();
    }
    caller.left();
    listener.ended(how);
    balancer.ended(this, how);
  }

  private void enter(Phase next) {
    if (phase == Phase.WAITING && next != Phase.WAITING) {
      balancer.unqueue();
    }
    phase = next;
    since = System.nanoTime();
    loop.wheel.add(this);
  }

  @Override
  long deadline() {
    Settings.Times times = settings.times();
    long own =
        switch (phase) {
          case FIRST -> since + times.first().toNanos();
          case WAITING -> since + times.queue().toNanos();
          case CONNECTING -> since + times.connect().toNanos();
          case FORWARDING -> passage.last() + quiet(times);
          case OVER -> Long.MAX_VALUE;
        };
    return Math.min(own, farewell.first());
  }

  private long quiet(Settings.Times times) {
    return (half() ? times.halfClosed() : times.idle()).toNanos();
  }

  /** Whether one side has sent its end. */
  private boolean half() {
    return (client != null && client.ended()) || (onward != null && onward.ended());
  }

  @Override
  void expired(long now) {
    if (farewell.first() <= now) {
      if (phase == Phase.CONNECTING && farewell.why() != End.AGE && farewell.backend() <= now) {
        giveUp(null); // another backend will do
      } else {
        end(farewell.why());
      }
      return;
    }
    switch (phase) {
      case FIRST -> end(End.FIRST);
      case WAITING -> end(End.QUEUE_TIME);
      case CONNECTING -> giveUp(Failure.TIMED_OUT);
      case FORWARDING -> end(half() ? End.HALF_CLOSED : End.IDLE);
      case OVER -> {}
    }
  }

  @Override
  public void tighten() {
    if (client != null) {
      client.tighten();
    }
    if (onward != null) {
      onward.tighten();
    }
  }

  @Override
  public ConnectionRecord record(End how) {
    int retries = Math.max(0, tries - 1);
    return passage.record(settings, caller, listener, backend, how, retries, System.nanoTime());
  }
}
