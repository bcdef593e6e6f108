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
import java.nio.channels.NotYetConnectedException;
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
  private @Nullable ByteBuf kept;

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
  private boolean endWhenSent;
  private boolean closeWhenSent;
  private boolean closed;

  /** Hears how an attempt to connect went. */
  interface Connecting {
    /**
     * @param failure null when it is connected
     * @param ours whether it failed for want of a port of this machine
     */
    void done(@Nullable IOException failure, boolean ours);
  }

  /** Nothing is read before {@link #resume}. */
  SocketLeg(Connection connection, Socket socket, Loop loop) {
    super(connection);
    this.socket = socket;
    this.loop = loop;
  }

  /** Has the loop look after it. */
  void register() {
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
      boolean at = socket.connect(to);
      register();
      if (at) {
        connected(null);
      }
    } catch (IOException e) {
      connected(e);
    }
  }

  private void connected(@Nullable IOException failure) {
    Connecting waiting = connecting;
    connecting = null;
    if (waiting != null) {
      waiting.done(failure, failure != null && !hasPort());
    }
  }

  /** Whether the system has given it a local port. */
  private boolean hasPort() {
    InetSocketAddress local = socket.localAddress();
    return local != null && local.getPort() != 0;
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
    } catch (RuntimeException fault) {
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
        finishConnecting();
      }
      return;
    }
    if ((ops & EpollIoOps.EPOLLOUT.value()) != 0 && kept != null) {
      sendKept();
    }
    if (!closed && (ops & (READABLE | BROKEN)) != 0) {
      readable = true;
      if (reading) {
        read();
      } else if ((ops & BROKEN) != 0 && failed()) {
        connection.gone(this); // nobody reads, so nobody else would find out
      }
    }
  }

  private void finishConnecting() {
    try {
      if (socket.finishConnect()) {
        connected(null);
      }
    } catch (IOException e) {
      connected(e);
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
          loop.later(this);
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
  void resume() {
    if (!reading && !closed) {
      reading = true;
      read();
    }
  }

  /** Goes on where it let others have their turn. */
  void goOn() {
    if (reading && !closed) {
      read();
    }
  }

  @Override
  boolean take(ByteBuf octets) {
    if (closed) {
      return false;
    }
    try {
      if (kept == null) {
        int sent =
            socket.sendAddress(octets.memoryAddress(), octets.readerIndex(), octets.writerIndex());
        octets.skipBytes(sent);
        if (!octets.isReadable()) {
          return true;
        }
        kept = loop.budget.allocator().directBuffer(octets.readableBytes());
      }
      kept.writeBytes(octets);
    } catch (IOException e) {
      connection.gone(this);
    }
    return false;
  }

  private int send(ByteBuf octets) throws IOException {
    return socket.sendAddress(octets.memoryAddress(), octets.readerIndex(), octets.writerIndex());
  }

  private void sendKept() {
    ByteBuf left = kept;
    if (left == null) {
      return;
    }
    try {
      left.skipBytes(send(left));
    } catch (IOException e) {
      connection.gone(this);
      return;
    }
    if (left.isReadable()) {
      return;
    }
    left.release();
    kept = null;
    if (closeWhenSent) {
      connection.passed();
    } else if (endWhenSent) {
      sendEnd();
    } else {
      drained();
    }
  }

  @Override
  void end() {
    if (kept == null) {
      sendEnd();
    } else {
      endWhenSent = true;
    }
  }

  private void sendEnd() {
    try {
      socket.shutdown(false, true);
      connection.passed();
    } catch (IOException | NotYetConnectedException e) {
      connection.gone(this);
    }
  }

  @Override
  void finish() {
    if (kept == null) {
      connection.passed();
    } else {
      closeWhenSent = true;
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      connecting = null;
      if (kept != null) {
        kept.release();
        kept = null;
      }
      // Not before everything that epoll has told of this round is handled: the next socket may get
      // the same number.
      loop.closeLater(this);
    }
  }

  /** Closes it at last. */
  void closeNow() {
    try {
      socket.close(); // by which epoll forgets it
    } catch (IOException e) {
      // It is closed all the same.
    }
    if (registration != null) {
      registration.cancel();
    }
  }

  @Override
  void reset() {
    try {
      if (!closed) {
        socket.setSoLinger(0);
      }
    } catch (IOException e) {
      // Then it sees an ordinary end.
    }
    close();
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
