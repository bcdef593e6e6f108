package dev.azimuth.balancer;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection and the one to a backend that belongs to it, from being accepted to its
 * end. Belongs to a loop, with both its sides.
 */
final class Connection extends Wheel.Entry implements Forwarded {
  /** What it is doing. */
  enum Phase {
    /** What must come before a backend can be chosen has not come. */
    FIRST,
    /** All backends are at their limit. */
    WAITING,
    CONNECTING,
    FORWARDING,
    OVER
  }

  /**
   * What is read of a client that is not forwarded yet, for no better reason than to notice RST.
   */
  private static final int MOST_HELD = 16 * 1024;

  private final Listener listener;
  private final Balancer balancer;
  private final Settings settings;
  private final Loop loop;
  private final Entrance entrance;
  private final Caller caller;

  private Phase phase = Phase.FIRST;

  /** What must come first; null when nothing must any more. */
  private @Nullable Opening opening;

  private @Nullable List<ByteBuf> held;
  private int heldOctets;
  private final Approach approach;
  private @Nullable Leg client;
  private int endsPassed;

  /** How many octets the backend had sent when the client's end came; -1 before. */
  private long saidBeforeEnd = -1;

  /** When the phase began. */
  private long since;

  private final Passage passage;

  private final Farewell farewell;

  /** Whether one side has broken off and is closed, and the other is told so. */
  private boolean oneIsLeft;

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
    approach = new Approach(this, listener, balancer, entrance, caller);
  }

  Phase phase() {
    return phase;
  }

  /** At which the client came in. */
  InetSocketAddress localAddress() {
    InetSocketAddress local = client == null ? null : client.localAddress();
    return local == null ? listener.at() : local;
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
    return approach.backend();
  }

  @Override
  public boolean isOf(Inlet of) {
    return listener == of;
  }

  @Override
  public boolean isOf(Balancer of) {
    return this.balancer == of;
  }

  /** Whether it is to be forwarded by this balancer out of this supply of its slate. */
  boolean wants(Balancer of, Slate slate, int supply) {
    return approach.wants(of, slate, supply);
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
      if (with.isBlind()) {
        with.resume();
      }
      choose(null);
    }
  }

  /** Does not let the client in: it sees RST. */
  void refuse(End why) {
    end(why, client);
  }

  /**
   * Everything that must come first has come: looks for a backend.
   *
   * @param hello what decides its route; null when nobody looked, or it is none
   */
  void choose(@Nullable ClientHello hello) {
    opening = null;
    approach.begin(hello);
  }

  /** There may be a place at a backend. */
  void lookAgain() {
    approach.goOn();
  }

  /** A backend is reached. */
  void forward(Leg leg, Backend at) {
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
      saidBeforeEnd = 0;
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
      passage.fromClient(octets, backend(), now);
    } else {
      passage.fromBackend(octets, backend(), now);
    }
  }

  /** Octets go from one side to the other without being copied. */
  void spliced(Leg from, int octets) {
    read(from, octets);
    listener.counts().spliced.add(octets);
  }

  /** Octets came from the client before there is a backend; whether more may come. */
  boolean early(ByteBuf octets) {
    Opening its = opening;
    return its == null ? hold(octets) : its.received(octets);
  }

  /** Keeps octets of the client until there is a backend; whether more may come. */
  boolean hold(ByteBuf octets) {
    if (client == null) {
      return false;
    }
    read(client, octets.readableBytes());
    if (held == null) {
      held = new ArrayList<>(2);
    }
    heldOctets += octets.readableBytes();
    held.add(loop.budget.allocator().directBuffer(octets.readableBytes()).writeBytes(octets));
    return client.isBlind() && heldOctets < MOST_HELD;
  }

  /** One side sent its end. */
  void ended(Leg leg) {
    if (opening != null) {
      end(End.CLIENT_LEFT); // what it owes will not come
      return;
    }
    Leg other = leg.other();
    if (phase == Phase.FORWARDING && other != null) {
      if (leg == client) {
        saidBeforeEnd = passage.fromBackend();
      }
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
    End as = leg == client ? End.CLIENT_RESET : leg.saidItsEnd() ? End.DONE : End.BACKEND_RESET;
    leave(leg, /* broken= */ false, as);
  }

  /**
   * One side closed its socket, though TLS has not said its end: what came may be a part (RFC 8446
   * section 6.1). A backend that had nothing more to say after the client's end may just save
   * itself the word: nothing is wrong with it then, but its client is told no more than is known.
   */
  void cutOff(Leg leg) {
    if (leg != client && passage.fromBackend() == saidBeforeEnd) {
      leave(leg, /* broken= */ true, End.DONE);
    } else {
      gone(leg);
    }
  }

  private void leave(Leg leg, boolean broken, End as) {
    Leg other = leg.other();
    if (phase == Phase.FORWARDING && oneIsLeft) {
      end(passedAs); // there is nobody any more whom it could be told
    } else if (phase == Phase.FORWARDING && other != null) {
      oneIsLeft = true;
      passedAs = as;
      endsPassed = 1;
      leg.close();
      other.leave(broken);
      if (!over()) {
        loop.wheel.add(this);
      }
    }
  }

  /** One side broke off, or its socket failed. */
  void gone(Leg leg) {
    boolean theClient = leg == client;
    if (!theClient && leg != approach.leg()) {
      return; // an attempt that was given up
    }
    switch (phase) {
      case FIRST, WAITING -> end(End.CLIENT_LEFT);
      case CONNECTING -> {
        if (theClient) {
          end(End.CLIENT_LEFT);
        } else {
          approach.insecure("it broke off in the TLS handshake");
        }
      }
      case FORWARDING -> {
        Backend at = backend();
        if (theClient) {
          end(End.CLIENT_RESET, approach.leg()); // nobody waits for what the backend may say
        } else {
          // Of one whose TLS has said its end this says only that it has closed its socket.
          boolean whole = leg.saidItsEnd();
          if (!whole && passage.fromBackend() == 0 && at != null) {
            balancer.failed(at, Failure.RESET, "it broke off before its first octet");
          }
          leave(leg, !whole, whole ? End.DONE : End.BACKEND_RESET);
        }
      }
      case OVER -> {}
    }
  }

  /** TLS of one side failed: its handshake, or what came in it. */
  void insecure(Leg leg, SSLException why) {
    if (phase == Phase.FIRST) {
      end(End.CLIENT_TLS);
    } else if (phase == Phase.CONNECTING && leg == approach.leg()) {
      approach.insecure(Cause.shaking(why));
    } else {
      gone(leg);
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
    end(how, null);
  }

  /**
   * @param broken the side that is to see RST; null for none
   */
  private void end(End how, @Nullable Leg broken) {
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
    // Whoever sees its socket close finds it counted.
    caller.left();
    balancer.ended(this, how);
    listener.ended(how, loop);
    if (broken != null) {
      broken.reset();
    }
    approach.end(how);
    if (client != null) {
      client.close();
    }
  }

  /** Begins to do something else. */
  void enter(Phase next) {
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

  /** Whether one side has sent its end, or has broken off. */
  private boolean half() {
    Leg onward = approach.leg();
    return endsPassed > 0
        || (client != null && client.ended())
        || (onward != null && onward.ended());
  }

  @Override
  void expired(long now) {
    if (farewell.first() <= now) {
      if (phase == Phase.CONNECTING && farewell.why() != End.AGE && farewell.backend() <= now) {
        approach.abandon(null, "it is drained"); // another backend will do
      } else {
        end(farewell.why());
      }
      return;
    }
    switch (phase) {
      case FIRST -> end(End.FIRST);
      case WAITING -> end(End.QUEUE_TIME);
      case CONNECTING -> approach.late();
      case FORWARDING -> end(half() ? End.HALF_CLOSED : End.IDLE);
      case OVER -> {}
    }
  }

  @Override
  public void tighten() {
    if (client != null) {
      client.tighten();
    }
    Leg onward = approach.leg();
    if (onward != null) {
      onward.tighten();
    }
  }

  @Override
  public ConnectionRecord record(End how) {
    return passage.record(settings, caller, listener, how, approach, System.nanoTime());
  }
}
