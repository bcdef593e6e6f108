package dev.azimuth.balancer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection and the one to a backend that belongs to it, from being accepted to its
 * end. Belongs to a loop, with both its channels.
 */
final class Connection extends Wheel.Entry {
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
  private final Channel client;
  private final Leg clientLeg;
  private final long began = System.nanoTime();
  private final Caller caller;
  private final @Nullable ClientTls onwardTls;

  private Phase phase = Phase.FIRST;
  private int supply;
  private @Nullable List<ByteBuf> held;
  private int tries;
  private End unreached = End.NOT_REACHED;
  private @Nullable List<Backend> tried;
  private @Nullable Backend backend;
  private @Nullable SocketChannel onward;
  private @Nullable Leg onwardLeg;
  private int endsPassed;

  /** When the phase began. */
  private long since = began;

  private long lastOctet = began;
  private long connectNanos;
  private long firstOfClient;
  private long firstOctetNanos;
  private long fromClient;
  private long fromBackend;

  /** When it has to end whatever it does; {@link Long#MAX_VALUE} for never. */
  private long last = Long.MAX_VALUE;

  private End whyLast = End.AGE;

  /**
   * @param entrance by whose settings it goes to its end
   * @param caller whom it comes from
   */
  Connection(
      Listener listener,
      Balancer balancer,
      Entrance entrance,
      Loop loop,
      Channel client,
      Caller caller) {
    this.listener = listener;
    this.balancer = balancer;
    settings = entrance.settings();
    onwardTls = entrance.onward();
    this.loop = loop;
    this.client = client;
    this.caller = caller;
    clientLeg = new Leg(this);
    long age = settings.times().age().toNanos();
    if (age > 0) {
      last = began + age;
    }
  }

  Leg clientLeg() {
    return clientLeg;
  }

  Loop loop() {
    return loop;
  }

  @Nullable Backend backend() {
    return backend;
  }

  boolean isOf(Listener of) {
    return listener == of;
  }

  boolean isOf(Balancer of) {
    return this.balancer == of;
  }

  boolean over() {
    return phase == Phase.OVER;
  }

  /** Waits for what must come first. */
  void begin() {
    loop.add(this);
    loop.wheel.add(this);
  }

  /** Everything that must come first has come: looks for a backend in this supply. */
  void choose(int from) {
    supply = from;
    connect();
  }

  /** Does not let the client in: it sees RST. */
  void refuse(End why) {
    Leg.reset(client);
    end(why);
  }

  /** Tries the next backend, or waits for a place at one. */
  void connect() {
    if (phase == Phase.OVER) {
      return;
    }
    Slate slate = balancer.slate();
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
    Backend found = slate.choose(supply, loop.ask);
    while (found != null && !found.enter(most)) {
      loop.ask.tried(found); // another loop took its last place
      found = slate.choose(supply, loop.ask);
    }
    return found;
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
    SocketChannel channel;
    try {
      channel = loop.transport.socket(to.getAddress());
    } catch (ChannelException e) {
      end(End.LOCAL);
      return;
    }
    Leg leg = new Leg(this);
    onward = channel;
    onwardLeg = leg;
    listener.configure(channel, settings, loop);
    channel.pipeline().addLast(leg);
    loop.register(channel);
    InetSocketAddress from = from(to.getAddress());
    ChannelFuture connecting = from == null ? channel.connect(to) : channel.connect(to, from);
    var _ = connecting.addListener(done -> connected(channel, leg, next, done.cause()));
  }

  private @Nullable InetSocketAddress from(InetAddress to) {
    for (InetAddress each : settings.source()) {
      if (each.getClass() == to.getClass()) {
        return new InetSocketAddress(each, 0);
      }
    }
    return null;
  }

  private void connected(Channel channel, Leg leg, Backend at, @Nullable Throwable failure) {
    if (phase != Phase.CONNECTING || !channel.equals(onward)) {
      var _ = channel.close(); // it took too long, and something else happened since
      return;
    }
    if (failure == null) {
      greet(channel);
      secure(channel, leg, at);
    } else if (ours(channel, failure)) {
      var _ = channel.close();
      end(End.LOCAL);
    } else {
      var _ = channel.close();
      abandon(at, Failure.REFUSED);
    }
  }

  /** Whether it failed for want of an address or port of this machine. */
  private static boolean ours(Channel channel, Throwable failure) {
    return failure instanceof BindException
        || (channel.localAddress() instanceof InetSocketAddress local && local.getPort() == 0);
  }

  private void abandon(Backend at, Failure how) {
    at.leave();
    balancer.left(at);
    backend = null;
    onward = null;
    onwardLeg = null;
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
  private void greet(Channel channel) {
    if (settings.send() != Settings.ProxyHeader.NONE) {
      ByteBuf header = channel.alloc().buffer(ProxyReader.LONGEST_V1);
      ProxyWriter.write(settings.send(), caller.ends(), header);
      var _ = channel.write(header, channel.voidPromise());
    }
  }

  private void secure(Channel channel, Leg leg, Backend at) {
    if (onwardTls == null) {
      forward(channel, leg, at);
      return;
    }
    SslHandler handler = onwardTls.handler(caller.server(), caller.protocol());
    if (handler == null) {
      end(End.BACKEND_TLS);
      return;
    }
    var _ =
        handler
            .handshakeFuture()
            .addListener(done -> secured(channel, leg, at, done.isSuccess()));
    channel.pipeline().addFirst(handler);
  }

  private void secured(Channel channel, Leg leg, Backend at, boolean success) {
    if (phase != Phase.CONNECTING || !channel.equals(onward)) {
      var _ = channel.close(); // it took too long, and something else happened since
    } else if (success) {
      forward(channel, leg, at);
    } else {
      var _ = channel.close();
      unreached = End.BACKEND_TLS;
      abandon(at, Failure.TLS);
    }
  }

  private void forward(Channel channel, Leg leg, Backend at) {
    long now = System.nanoTime();
    connectNanos = now - since;
    at.connected(connectNanos / 1000, now / 1_000_000);
    enter(Phase.FORWARDING);
    lastOctet = now;
    clientLeg.pour(channel);
    leg.pour(client);
    if (held != null) {
      for (ByteBuf octets : held) {
        var _ = channel.write(octets, channel.voidPromise());
      }
      held = null;
    }
    channel.flush();
    if (clientLeg.ended()) {
      clientLeg.passEnd();
    }
    client.config().setAutoRead(channel.isWritable());
  }

  /** Octets came from one side. */
  void read(Leg from, int octets) {
    boolean fromTheClient = from == clientLeg;
    long now = System.nanoTime();
    lastOctet = now;
    Counts counts = listener.counts();
    if (fromTheClient) {
      if (fromClient == 0) {
        firstOfClient = now;
      }
      fromClient += octets;
      counts.fromClients.add(octets);
      if (backend != null) {
        backend.toBackend.add(octets);
      }
    } else {
      if (fromBackend == 0 && backend != null) {
        firstOctetNanos = now - Math.max(since, firstOfClient);
        backend.answered(firstOctetNanos / 1000, now / 1_000_000);
        backend.succeeded();
      }
      fromBackend += octets;
      counts.toClients.add(octets);
      if (backend != null) {
        backend.fromBackend.add(octets);
      }
    }
  }

  /** Keeps octets of the client until there is a backend. */
  void hold(ByteBuf octets) {
    if (held == null) {
      held = new ArrayList<>(2);
    }
    held.add(octets);
  }

  /** One side sent its end. */
  void ended(Leg leg) {
    if (phase == Phase.FORWARDING) {
      leg.passEnd();
      loop.wheel.add(this); // the shorter limit counts from now on
    }
  }

  /** The end of one side has been passed on to the other. */
  void passed() {
    endsPassed++;
    if (endsPassed == 2) {
      end(End.DONE);
    }
  }

  /** One side broke off, or its socket failed. */
  void gone(Leg leg) {
    boolean theClient = leg == clientLeg;
    if (!theClient && leg != onwardLeg) {
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
        Channel rest = theClient ? onward : client;
        if (rest != null) {
          Leg.reset(rest);
        }
        if (!theClient && fromBackend == 0 && backend != null) {
          balancer.failed(backend, Failure.RESET);
        }
        end(theClient ? End.CLIENT_RESET : End.BACKEND_RESET);
      }
      case OVER -> {}
    }
  }

  /** It has to end by an instant, if it does not before. */
  void endBy(long nanos, End why) {
    if (nanos < last) {
      last = nanos;
      whyLast = why;
      loop.wheel.add(this);
    }
  }

  /** Ends it now, both sides in the ordinary way. */
  void end(End how) {
    if (phase == Phase.OVER) {
      return;
    }
    Phase before = phase;
    phase = Phase.OVER;
    loop.wheel.remove(this);
    loop.remove(this);
    if (before == Phase.WAITING) {
      balancer.unqueue();
    }
    if (held != null) {
      held.forEach(ByteBuf::release);
      held = null;
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
      var _ = onward.close();
    }
    var _ = client.close();
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
          case FORWARDING -> lastOctet + quiet(times);
          case OVER -> Long.MAX_VALUE;
        };
    return last == Long.MAX_VALUE || own < last ? own : last;
  }

  private long quiet(Settings.Times times) {
    boolean half = clientLeg.ended() || (onwardLeg != null && onwardLeg.ended());
    return (half ? times.halfClosed() : times.idle()).toNanos();
  }

  @Override
  void expired(long now) {
    if (last <= now) {
      end(whyLast);
      return;
    }
    switch (phase) {
      case FIRST -> end(End.FIRST);
      case WAITING -> end(End.QUEUE_TIME);
      case CONNECTING -> {
        Channel slow = onward;
        Backend at = backend;
        if (slow != null && at != null) {
          onward = null;
          var _ = slow.close();
          abandon(at, Failure.TIMED_OUT);
        }
      }
      case FORWARDING ->
          end(
              clientLeg.ended() || (onwardLeg != null && onwardLeg.ended())
                  ? End.HALF_CLOSED
                  : End.IDLE);
      case OVER -> {}
    }
  }

  /** Memory is short, or no longer. */
  void tighten() {
    Listener.mark(client, loop);
    if (onward != null) {
      Listener.mark(onward, loop);
    }
  }

  /** What a log says of it. */
  ConnectionRecord record(End how) {
    long now = System.nanoTime();
    return new ConnectionRecord(
        settings.name(),
        caller.client(),
        listener.at(),
        backend == null ? null : backend.key,
        how,
        Math.max(0, tries - 1),
        connectNanos / 1000,
        firstOctetNanos / 1000,
        (now - began) / 1000,
        fromClient,
        fromBackend);
  }
}
