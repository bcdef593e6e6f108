package dev.azimuth.balancer;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;

/** Has a loop tell when datagrams wait at a socket. Used by the loop's thread. */
final class Watch {
  private final IoRegistration registration;

  private Watch(IoRegistration registration) {
    this.registration = registration;
  }

  /** Who reads the socket. */
  interface Reader {
    /** Something has come; what is left there is told of again. */
    void readable();

    /** The loop ends. */
    void stopped();
  }

  /**
   * @throws RuntimeException when the system can watch no more
   */
  static Watch of(Loop loop, Datagrams.Socket socket, Reader reader) {
    if (socket instanceof NioDatagrams.Channel nio) {
      IoRegistration made = registered(loop, new Jdk(loop, reader, nio.channel()));
      made.submit(NioIoOps.READ);
      return new Watch(made);
    }
    IoRegistration made =
        registered(loop, new Bare(loop, reader, new FileDescriptor(socket.descriptor())));
    made.submit(EpollIoOps.EPOLLIN);
    return new Watch(made);
  }

  private static IoRegistration registered(Loop loop, IoHandle handle) {
    try {
      return loop.register(handle);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Tells nothing any more. The socket is closed after this, not before. */
  void end() {
    registration.cancel();
  }

  /** What loops know of a socket. */
  private abstract static class Handle implements IoHandle {
    private final Loop loop;
    private final Reader reader;

    Handle(Loop loop, Reader reader) {
      this.loop = loop;
      this.reader = reader;
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
      try {
        reader.readable();
      } catch (RuntimeException | OutOfMemoryError fault) {
        loop.fault(fault);
      }
    }

    @Override
    public void close() {
      reader.stopped();
    }
  }

  private static final class Bare extends Handle implements EpollIoHandle {
    private final FileDescriptor descriptor;

    Bare(Loop loop, Reader reader, FileDescriptor descriptor) {
      super(loop, reader);
      this.descriptor = descriptor;
    }

    @Override
    public FileDescriptor fd() {
      return descriptor;
    }
  }

  private static final class Jdk extends Handle implements NioIoHandle {
    private final SelectableChannel channel;

    Jdk(Loop loop, Reader reader, SelectableChannel channel) {
      super(loop, reader);
      this.channel = channel;
    }

    @Override
    public SelectableChannel selectableChannel() {
      return channel;
    }
  }
}
