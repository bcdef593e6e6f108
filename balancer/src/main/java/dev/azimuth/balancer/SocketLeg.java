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
 * everything; reads go into one buffer of the loop and from there straight to the other side. Only
 * what that does not take is kept, so that an idle connection holds no buffer and one whose reader
 * is slow holds what was read once.
 */
final class SocketLeg extends Leg implements EpollIoHandle {
  private static final EpollIoOps ALL =
      EpollIoOps.EPOLLIN
          .with(EpollIoOps.EPOLLOUT)
          .with(EpollIoOps.EPOLLRDHUP)
          .with(EpollIoOps.EPOLLET);

  /** Errors and hang-ups are reported though nobody asks: {@code EPOLLERR | EPOLLHUP}. */
  private static final int BROKEN = 0x8 | 0x10;

  private static final int READABLE = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP).value();
  private static final int HALF = EpollIoOps.EPOLLRDHUP.value() | BROKEN;

  /**
   * What is read at once: more while the other side takes all of it, little while memory is short.
   */
  static final int MOST = 256 * 1024;

  private static final int USUAL = 64 * 1024;
  private static final int LEAST = 16 * 1024;

  /** After so many reads it is another connection's turn. */
  private static final int ROUNDS = 8;

  private final Socket socket;
  private final Loop loop;
  private @Nullable IoRegistration registration;
  private final Outgoing outgoing;

  /** What to do once it is connected; null when it is. */
  private @Nullable Connecting connecting;

  /** Whether octets of it are wanted. */
  private boolean reading;

  /** Whether a read may find something; epoll tells of what is there already, too. */
  private boolean readable;

  /** Whether no further edge will come: only reading on tells where the end is. */
  private boolean half;

  /** Whether it may have failed: after its end reading does not tell of that. */
  private boolean broken;

  private int room = USUAL;
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
    half |= (ops & HALF) != 0;
    broken |= (ops & BROKEN) != 0;
    if (connecting != null) {
      readable |= (ops & READABLE) != 0; // a backend may speak first
      if ((ops & (EpollIoOps.EPOLLOUT.value() | BROKEN)) != 0) {
        finishConnecting((ops & BROKEN) != 0);
      }
      return;
    }
    if ((ops & (READABLE | BROKEN)) != 0) {
      readable = true;
      if (reading) {
        read(); // before anything is sent: that could fail, and what came before must not be lost
      }
      // While nobody reads, nobody else would find out. What a backend said is still wanted.
      if ((ops & BROKEN) != 0 && !reading && !closed && connection.isClient(this) && failed()) {
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

  private boolean failed() {
    try {
      return socket.getSoError() != 0;
    } catch (IOException e) {
      return true;
    }
  }

  private void read() {
    ByteBuf buffer = loop.buffer;
    try {
      for (int round = 0; reading && readable && !closed; round++) {
        if (round == ROUNDS) {
          loop.later(guarded(this::goOn));
          return;
        }
        int wanted = loop.tight() ? LEAST : room;
        int read = socket.recvAddress(buffer.memoryAddress(), 0, wanted);
        if (read < 0) {
          readable = false;
          atEnd();
          return;
        }
        // Less than there was room for is all that there was, unless the end is still to be found.
        readable = read == wanted || (half && read > 0);
        if (read > 0) {
          buffer.setIndex(0, read);
          reading = received(buffer);
          room = !reading ? LEAST : read == wanted ? Math.min(MOST, 2 * room) : room;
        }
      }
    } catch (IOException e) {
      connection.gone(this);
    }
  }

  private void atEnd() {
    if (broken && failed()) {
      connection.gone(this);
    } else {
      receivedEnd();
    }
  }

  @Override
  void readOn() {
    if (!reading && !closed) {
      reading = true;
      read();
    }
  }

  /** Goes on where it let others have their turn. */
  private void goOn() {
    if (reading && !closed) {
      read();
    }
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
    ByteBuf rest = more ? loop.budget.allocator().directBuffer(LEAST, MOST) : null;
    while (rest != null && rest.isWritable() && receive(rest) > 0) {
      // All that is there.
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

  /** Reads what is there without waiting for epoll; nothing when that fails. */
  private int receive(ByteBuf into) {
    into.ensureWritable(Math.min(LEAST, into.maxWritableBytes()));
    try {
      int read = socket.recvAddress(into.memoryAddress(), into.writerIndex(), into.capacity());
      if (read > 0) {
        into.writerIndex(into.writerIndex() + read);
      }
      return read;
    } catch (IOException e) {
      return 0;
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
    reading = false;
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
