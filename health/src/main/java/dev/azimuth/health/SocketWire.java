package dev.azimuth.health;

import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A bare socket on Netty's epoll loop, in clear text. It is registered once, edge-triggered, for
 * everything. A probe costs little but what it makes the kernel do, so little is asked of that
 * which the events tell: not whether there is more where a read was short, but whether it is
 * connected. A program that is being started has a copy of every socket for a moment, so that epoll
 * goes on to tell of one that was closed, to whoever has got its number.
 *
 * <p>Sockets are opened by tasks of the loop only, never while it hands out what epoll told of:
 * what that said of a socket that was closed meanwhile would be taken for one of the same number.
 */
final class SocketWire extends Wire implements EpollIoHandle {
  private static final EpollIoOps ALL =
      EpollIoOps.EPOLLIN
          .with(EpollIoOps.EPOLLOUT)
          .with(EpollIoOps.EPOLLRDHUP)
          .with(EpollIoOps.EPOLLET);

  /** Errors and hang-ups are reported though nobody asks: {@code EPOLLERR | EPOLLHUP}. */
  private static final int BROKEN = 0x8 | 0x10;

  private static final int WRITABLE = EpollIoOps.EPOLLOUT.value();
  private static final int HALF = EpollIoOps.EPOLLRDHUP.value() | BROKEN;
  private static final int READABLE = EpollIoOps.EPOLLIN.value() | HALF;

  /** What leaves in one segment on any path is not held back while another is on its way. */
  private static final int SEGMENT = 512;

  private final Socket socket;
  private final IoEventLoop loop;
  private final ByteBuf buffer;
  private @Nullable IoRegistration registration;
  private boolean connecting = true;

  /** Whether no further edge will come: only reading on tells where the end is. */
  private boolean half;

  private boolean closed;
  private byte[] unsent = {};
  private int sent;

  /**
   * @param socket the wire's own from now on
   * @param buffer what the sockets of a loop read into, one after the other
   */
  SocketWire(User user, long opened, Socket socket, IoEventLoop loop, ByteBuf buffer) {
    super(user, opened);
    this.socket = socket;
    this.loop = loop;
    this.buffer = buffer;
  }

  @Override
  void connect(InetSocketAddress to) {
    try {
      socket.setSoLinger(0); // every end is a reset
      socket.connect(to);
      Future<IoRegistration> registered = loop.register(this);
      IoRegistration its = registered.getNow();
      if (its == null) {
        throw new IllegalStateException("the loop takes no socket", registered.cause());
      }
      registration = its;
      its.submit(ALL); // which tells of what is there already
    } catch (IOException e) {
      failedAtOnce(e);
    }
  }

  private void failed(Throwable cause) {
    if (!closed) {
      user().failed(this, cause, false);
    }
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  @Override
  public void handle(IoRegistration its, IoEvent event) {
    if (closed) {
      return;
    }
    try {
      happened(((EpollIoEvent) event).ops().value());
    } catch (IOException | RuntimeException | Error fault) {
      failed(fault); // one probe pays for it, and not the loop
    }
  }

  private void happened(int ops) throws IOException {
    half |= (ops & HALF) != 0;
    if (connecting) {
      if ((ops & BROKEN) != 0) {
        socket.finishConnect(); // throws why
      }
      if ((ops & (WRITABLE | BROKEN)) == 0 || socket.remoteAddress() == null) {
        return;
      }
      connecting = false;
      user().connected(this);
    } else if ((ops & WRITABLE) != 0 && sent < unsent.length) {
      sendOn();
    }
    if ((ops & READABLE) != 0) {
      read();
    }
  }

  private void read() throws IOException {
    int room = buffer.capacity();
    for (boolean more = true; more && !closed; ) {
      int read = socket.recvAddress(buffer.memoryAddress(), 0, room);
      if (read < 0) {
        half = true;
        user().ended(this);
        return;
      }
      // Less than there was room for is all that there was, unless the end is still to be found.
      more = read == room || (half && read > 0);
      if (read > 0) {
        user().heard(this, buffer.setIndex(0, read));
      }
    }
  }

  @Override
  void say(byte[] octets) {
    unsent = octets;
    sent = 0;
    try {
      if (octets.length > SEGMENT) {
        socket.setTcpNoDelay(true);
      }
      sendOn();
    } catch (IOException e) {
      failed(e);
    }
  }

  /**
   * Sends what the system takes. Where a part of it could be sent, what the other side has said
   * before it would take no more, such as why, is still there to be read, and may decide.
   */
  private void sendOn() throws IOException {
    try {
      send();
    } catch (IOException e) {
      if (sent > 0) {
        half = true;
        read();
      }
      throw e;
    }
  }

  private void send() throws IOException {
    for (boolean more = true; more && sent < unsent.length; ) {
      int wanted = Math.min(unsent.length - sent, buffer.capacity());
      buffer.setBytes(0, unsent, sent, wanted);
      int taken = socket.sendAddress(buffer.memoryAddress(), 0, wanted);
      sent += taken;
      more = taken == wanted; // else an event tells when there is room
    }
  }

  @Override
  boolean alive() {
    return !closed && !half && sent == unsent.length; // an answer may come before all is asked
  }

  @Override
  @Nullable SSLSession session() {
    return null;
  }

  @Override
  @Nullable String protocol() {
    return null;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      socket.close(); // by which epoll forgets it, sooner or later
    } catch (IOException e) {
      // It is closed all the same.
    }
    if (registration != null) {
      registration.cancel();
    }
  }
}
