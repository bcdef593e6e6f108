package dev.azimuth.resolver;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Where one loop accepts the connections of a listener: every loop has a descriptor of the same
 * socket, and serves whom it accepts. All but {@link #open} and {@link #shut} belong to the loop's
 * thread.
 */
final class BareDoor implements Door, EpollIoHandle {
  private static final long PATIENCE_MILLIS = 2_000;

  /** Linux's EPOLLEXCLUSIVE: who comes wakes one loop that has nothing to do, not all of them. */
  private static final int EXCLUSIVE = 1 << 28;

  private static final EpollIoOps ACCEPT =
      EpollIoOps.valueOf(EpollIoOps.EPOLLIN.value() | EXCLUSIVE);

  /**
   * With no more connections than these the loop is back soon, so that one is accepted at a time:
   * an attempt that finds nobody costs as much as a half of one that does.
   */
  private static final int FEW = 16;

  /** How many are accepted before others have their turn. */
  private static final int MOST_AT_ONCE = 64;

  /** Of a socket address as Netty has it: a length, then address, scope and port. */
  private static final int ADDRESS = 26;

  private final TcpServer server;
  private final TcpLoop loop;
  private final Socket socket;
  private final byte[] from = new byte[ADDRESS];

  /** Whether it has accepted, or would have with a descriptor left. */
  private boolean opened;

  /** Null while nobody is accepted. */
  private @Nullable IoRegistration registration;

  private boolean shut;

  /**
   * @param descriptor of a socket that listens and does not block; closed with this, or when it
   *     fails
   */
  BareDoor(TcpServer server, TcpLoop loop, int descriptor) throws IOException {
    this.server = server;
    this.loop = loop;
    socket = new Socket(descriptor);
    try {
      socket.setTcpNoDelay(true); // whom it accepts inherits that
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public void open() {
    loop.execute(this::look);
  }

  @Override
  public void shut() {
    loop.submit(this::leave).awaitUninterruptibly(PATIENCE_MILLIS);
  }

  /** Accepts, if that is still wanted. */
  void look() {
    if (registration != null || shut) {
      return;
    }
    opened = true;
    try {
      IoRegistration its = loop.register(this);
      registration = its;
      its.submit(ACCEPT);
    } catch (IOException | UncheckedIOException e) {
      failed();
    } catch (RuntimeException | Error fault) {
      failed();
      loop.fault(server.tally(loop).fault(), fault);
    }
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  @Override
  public void handle(IoRegistration its, IoEvent event) {
    accept(loop.connections() < FEW ? 1 : MOST_AT_ONCE);
  }

  private void accept(int most) {
    try {
      for (int i = 0; i < most; i++) {
        int accepted = socket.accept(from);
        if (accepted < 0) {
          return;
        }
        serve(accepted);
      }
    } catch (IOException e) {
      failed();
    } catch (RuntimeException | Error fault) {
      loop.fault(server.tally(loop).fault(), fault);
    }
  }

  private void serve(int accepted) throws IOException {
    boolean served = false;
    try {
      server.accepted(accepted, NativeInetAddress.address(from, 1, from[0]), loop);
      served = true;
    } finally {
      if (!served) {
        new FileDescriptor(accepted).close();
      }
    }
  }

  /** No descriptor or memory was left: whoever comes waits in the kernel until the next look. */
  private void failed() {
    server.count(TrafficVisitor.Connection.NOT_ACCEPTED);
    pause();
    loop.lookLater(this);
  }

  private void pause() {
    if (registration != null) {
      registration.cancel();
      registration = null;
    }
  }

  /** Accepts once more: who woke this loop has woken no other, perhaps of another process. */
  private void leave() {
    if (opened && !shut) {
      pause();
      accept(MOST_AT_ONCE);
    }
    close();
  }

  /** Also called when the loop ends, which can serve nobody any more. */
  @Override
  public void close() {
    if (shut) {
      return;
    }
    shut = true;
    pause();
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }
}
