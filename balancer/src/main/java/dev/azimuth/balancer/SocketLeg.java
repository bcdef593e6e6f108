package dev.azimuth.balancer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import org.jspecify.annotations.Nullable;

/**
 * A side that is a bare socket on Netty's epoll loop. It is registered once, edge-triggered, for
 * everything; what is {@link Incoming} goes straight to the other side. Only what that does not
 * take is kept, so that an idle connection holds no buffer and one whose reader is slow holds what
 * was read once.
 */
final class SocketLeg extends Leg implements EpollIoHandle {
  private static final EpollIoOps ALL =
      EpollIoOps.EPOLLIN
          .with(EpollIoOps.EPOLLOUT)
          .with(EpollIoOps.EPOLLRDHUP)
          .with(EpollIoOps.EPOLLET);

  /** Errors and hang-ups are reported though nobody asks: {@code EPOLLERR | EPOLLHUP}. */
  private static final int BROKEN = 0x8 | 0x10;

  /** ip(7). */
  private static final int IPPROTO_IP = 0;

  private static final int IP_BIND_ADDRESS_NO_PORT = 24;

  private static final int READABLE = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP).value();
  private static final int HALF = EpollIoOps.EPOLLRDHUP.value() | BROKEN;

  private final Socket socket;
  private final Loop loop;
  private @Nullable IoRegistration registration;
  private final Incoming incoming;
  private final Outgoing outgoing;

  /** What to do once it is connected; null when it is. */
  private @Nullable Connecting connecting;

  private boolean closed;

  /** Hears how an attempt to connect went. */
  interface Connecting {
    /**
     * @param failure null when it is connected
     * @param ours whether it failed for want of something of this machine
     */
    void done(@Nullable IOException failure, boolean ours);
  }

  /** Nothing is read before {@link #resume}. */
  SocketLeg(Connection connection, Socket socket, Loop loop) {
    super(connection);
    this.socket = socket;
    this.loop = loop;
    incoming = new Incoming(this, socket, loop);
    outgoing = new Outgoing(this, socket, loop);
  }

  /** Has the loop look after it. */
  void register() throws IOException {
    IoRegistration its = loop.register(this);
    registration = its;
    its.submit(ALL);
  }

  /**
   * Connects.
   *
   * @param from null for any local address
   * @param done called once, perhaps at once, and not after {@link #close}
   */
  void connect(InetSocketAddress to, @Nullable InetSocketAddress from, Connecting done) {
    connecting = done;
    try {
      if (from != null) {
        choosePortLater();
        socket.bind(from);
      }
    } catch (IOException e) {
      connected(e, true);
      return;
    }
    try {
      boolean at = socket.connect(to);
      register();
      if (at) {
        soon(() -> connected(null, false)); // never before this returns
      }
    } catch (IOException e) {
      // What is said at once this machine says, not a backend. Where no way leads there, others may
      // still be reached.
      connected(e, !(e instanceof NoRouteToHostException));
    }
  }

  /**
   * Has binding choose no port, but connecting: one that is free towards this backend. Else all
   * backends together would have as many connections from an address as it has ports, and each
   * would be searched for.
   */
  private void choosePortLater() {
    try {
      socket.setIntOpt(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1); // of either family
    } catch (IOException e) {
      // What only stands in for Linux may not know it: then binding chooses one.
    }
  }

  private void connected(@Nullable IOException failure, boolean ours) {
    Connecting waiting = connecting;
    connecting = null;
    if (waiting != null) {
      waiting.done(failure, ours);
    }
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  @Override
  public void handle(IoRegistration its, IoEvent event) {
    int ops = ((EpollIoEvent) event).ops().value();
    try {
      if (!closed) {
        happened(ops);
      }
    } catch (RuntimeException | OutOfMemoryError fault) {
      loop.fault(fault);
      connection.gone(this);
    }
  }

  private void happened(int ops) {
    incoming.told((ops & HALF) != 0, (ops & BROKEN) != 0);
    if (connecting != null) {
      if ((ops & READABLE) != 0) {
        incoming.mayRead(); // a backend may speak first
      }
      if ((ops & (EpollIoOps.EPOLLOUT.value() | BROKEN)) != 0) {
        finishConnecting((ops & BROKEN) != 0);
      }
      return;
    }
    if ((ops & (READABLE | BROKEN)) != 0) {
      incoming.mayRead();
      incoming.goOn(); // before anything is sent: that could fail, and what came before must not be
      // lost
      // While nobody reads, nobody else would find out. What a backend said is still wanted.
      if ((ops & BROKEN) != 0
          && !incoming.isReading()
          && !closed
          && connection.isClient(this)
          && incoming.hasFailed()) {
        connection.gone(this);
      }
    }
    if (!closed && (ops & EpollIoOps.EPOLLOUT.value()) != 0) {
      outgoing.goOn();
    }
  }

  /**
   * What epoll told may be of another socket of this number, which is closed: see whether it is
   * true.
   */
  private void finishConnecting(boolean failed) {
    try {
      if (failed) {
        socket.finishConnect(); // throws why
      }
      if (socket.remoteAddress() != null) {
        connected(null, false);
      }
    } catch (IOException e) {
      connected(e, false);
    }
  }

  @Override
  void readOn() {
    incoming.resume();
  }

  boolean isClosed() {
    return closed;
  }

  /** Where octets go on that nobody looks at; null when somebody does, or none can go now. */
  @Nullable Outgoing straightOn() {
    return isPlain() && other() instanceof SocketLeg to && to.isPlain() && to.outgoing.isFree()
        ? to.outgoing
        : null;
  }

  @Override
  boolean write(ByteBuf octets) {
    return outgoing.write(octets);
  }

  /**
   * Nothing can be sent here any more. What this side had sent before, such as why, may still be
   * there to be read, and the other side gets it.
   */
  void giveUp() {
    if (closed) {
      return;
    }
    boolean more = other() != null && !ended();
    ByteBuf rest =
        more ? loop.budget.allocator().directBuffer(Incoming.LEAST, Incoming.MOST) : null;
    if (rest != null) {
      incoming.readAll(rest);
    }
    // More than that is not kept, and a part of it must not look like the whole.
    boolean all = rest != null && rest.isReadable() && rest.isWritable();
    if (rest != null) {
      try {
        if (all) {
          received(rest);
        }
      } finally {
        rest.release();
      }
    }
    if (closed) {
      return; // TLS found something wrong there
    }
    if (all && isWhole()) {
      connection.goneAfter(this);
    } else {
      connection.gone(this);
    }
  }

  @Override
  void shut() {
    outgoing.whenSent(Outgoing.Then.SHUT);
  }

  @Override
  void empty() {
    outgoing.whenSent(Outgoing.Then.CLOSE);
  }

  @Override
  void linger(boolean broken) {
    incoming.stop();
    outgoing.whenSent(broken ? Outgoing.Then.BREAK : Outgoing.Then.LEAVE);
  }

  @Override
  public void close() {
    if (!closed) {
      ByteBuf last = outgoing.isOpen() ? farewell() : null;
      if (last != null) {
        outgoing.sayLast(last);
      }
      forget();
      closed = true;
      incoming.stop();
      connecting = null;
      outgoing.close();
      loop.closeLater(this::closeNow);
    }
  }

  private void closeNow() {
    try {
      socket.close(); // by which epoll forgets it, sooner or later
    } catch (IOException e) {
      // It is closed all the same.
    }
    if (registration != null) {
      registration.cancel();
    }
  }

  @Override
  void reset() {
    outgoing.breakOff();
    close();
  }

  @Override
  boolean isBlind() {
    return false; // epoll tells
  }

  @Override
  void tighten() {
    // It keeps nothing but what was read once.
  }

  @Override
  @Nullable InetSocketAddress localAddress() {
    return socket.localAddress();
  }
}
