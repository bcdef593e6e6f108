package dev.azimuth.resolver;

import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A bare socket on Netty's epoll loop. It is read at once when it is accepted, since most clients
 * have asked by then, and from then on whenever the loop tells. Reads go into one buffer of the
 * loop; only what the system does not take of the replies is kept. So a connection for one query
 * costs eight system calls, and one that is idle holds no buffer.
 *
 * <p>What epoll tells is taken as a hint only: it may be of another socket, closed within the same
 * round, whose number this one has got. Reading and writing say what is true.
 */
final class BareSocket implements TcpSocket, EpollIoHandle {
  private static final EpollIoOps READ = EpollIoOps.EPOLLIN;
  private static final EpollIoOps WRITE = EpollIoOps.EPOLLOUT;
  private static final EpollIoOps BOTH = READ.with(WRITE);

  /** After so many reads it is another connection's turn; epoll tells again. */
  private static final int ROUNDS = 4;

  private final FileDescriptor descriptor;
  private final TcpServer server;
  private final TcpLoop loop;
  private final TcpConnection connection;

  /** Null before epoll looks after it. */
  private @Nullable IoRegistration registration;

  /** What epoll tells of. */
  private @Nullable EpollIoOps watched;

  /** What could not be sent yet; null for nothing, never empty. */
  private @Nullable ByteBuf kept;

  private boolean reading = true;

  /** Whether the client has ended its side. */
  private boolean ended;

  private boolean finishing;
  private boolean closed;

  /**
   * @param descriptor of a connected socket that does not block, closed with this
   */
  BareSocket(int descriptor, TcpServer server, TcpLoop loop) {
    this.descriptor = new FileDescriptor(descriptor);
    this.server = server;
    this.loop = loop;
    this.connection = new TcpConnection(this, server, loop);
  }

  /** Begins to serve. */
  void begin(InetSocketAddress from) {
    try {
      connection.begin(from);
      read();
      if (!closed) {
        registration = loop.register(this);
        watch();
      }
    } catch (IOException | UncheckedIOException e) {
      close();
    } catch (RuntimeException | Error fault) {
      connection.failed(fault);
    }
  }

  @Override
  public FileDescriptor fd() {
    return descriptor;
  }

  @Override
  public void handle(IoRegistration its, IoEvent event) {
    try {
      sendKept();
      read();
      watch();
    } catch (IOException | UncheckedIOException e) {
      close();
    } catch (RuntimeException | Error fault) {
      connection.failed(fault);
    }
  }

  /** Has epoll tell of what is waited for: an end of reading comes with something to write. */
  private void watch() {
    EpollIoOps wanted = kept == null ? READ : reading ? BOTH : WRITE;
    IoRegistration its = registration;
    if (its != null && !closed && !wanted.equals(watched)) {
      its.submit(wanted);
      watched = wanted;
    }
  }

  private void read() throws IOException {
    for (int round = 0; reading && !closed && round < ROUNDS; round++) {
      ByteBuf buffer = loop.received;
      int count = descriptor.readAddress(buffer.memoryAddress(), 0, buffer.capacity());
      if (count < 0) {
        ended = true;
        reading = false;
        connection.receivedEnd();
      } else {
        connection.received(buffer.setIndex(0, count));
        if (count < buffer.capacity()) {
          return; // that was all
        }
      }
    }
  }

  @Override
  public void send(ByteBuf octets) {
    if (closed) {
      return;
    }
    try {
      if (kept == null) {
        write(octets);
      }
    } catch (IOException e) {
      close();
      return;
    }
    if (octets.isReadable()) {
      ByteBuf behind = kept;
      if (behind == null) {
        behind = loop.allocator.directBuffer(octets.readableBytes());
        kept = behind;
      }
      behind.discardSomeReadBytes().writeBytes(octets);
    }
  }

  private void sendKept() throws IOException {
    ByteBuf left = kept;
    if (left == null) {
      return;
    }
    write(left);
    int rest = left.readableBytes();
    if (rest == 0) {
      left.release();
      kept = null;
    }
    if (finishing) {
      finish();
    } else if (rest <= server.unread() / 2) {
      connection.drained();
    }
  }

  private void write(ByteBuf octets) throws IOException {
    octets.skipBytes(
        descriptor.writeAddress(
            octets.memoryAddress(), octets.readerIndex(), octets.writerIndex()));
  }

  @Override
  public boolean full(int more) {
    ByteBuf left = kept;
    return (left == null ? 0L : left.readableBytes()) + more > server.unread();
  }

  @Override
  public void pause() {
    reading = false;
  }

  @Override
  public void resume() {
    reading = !ended;
  }

  @Override
  public void finish() {
    reading = false;
    if (kept != null) {
      finishing = true;
      return;
    }
    if (!ended && !closed) {
      discard();
    }
    close();
  }

  /**
   * Takes from the system what nobody wants to read, as much as it may hold: with that left, the
   * system would close by RST, which destroys the replies under way.
   */
  private void discard() {
    ByteBuf buffer = loop.received;
    try {
      int left = 2 * TcpServer.RECEIVE_BUFFER; // which the system doubles
      int count = 1;
      while (left > 0 && count > 0) {
        count = descriptor.readAddress(buffer.memoryAddress(), 0, buffer.capacity());
        left -= count;
      }
    } catch (IOException e) {
      // It is closed now anyway.
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (kept != null) {
      kept.release();
      kept = null;
    }
    try {
      descriptor.close(); // by which epoll forgets it, sooner or later
    } catch (IOException e) {
      // It is closed all the same.
    }
    if (registration != null) {
      registration.cancel();
    }
    connection.closed();
  }

  @Override
  public @Nullable InetSocketAddress localAddress() {
    InetSocketAddress listening = server.localAddress();
    return listening.getAddress().isAnyLocalAddress()
        ? new Socket(descriptor.intValue()).localAddress()
        : listening;
  }
}
