package dev.azimuth.balancer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Where one loop accepts the connections of a listener. Used by the loop's thread but for the
 * making.
 */
abstract sealed class Door {
  private static final long PATIENCE_MILLIS = 2_000;

  private final Listener listener;
  private final Loop loop;
  private final Runnable look = this::look;
  private boolean paused;

  /** Whether it is paused for nothing but that no more connections may be open. */
  private volatile boolean full;

  private boolean shut;

  private Door(Listener listener, Loop loop) {
    this.listener = listener;
    this.loop = loop;
  }

  final Listener listener() {
    return listener;
  }

  final Loop loop() {
    return loop;
  }

  final boolean shut() {
    return shut;
  }

  /** Accepts, or does not. */
  abstract void accepting(boolean now);

  abstract void closeSocket();

  /** Begins to accept. */
  final void open() {
    loop.events.execute(() -> accepting(!shut));
  }

  /** Lets in whoever waits in the kernel, where that can be: with the socket they would be lost. */
  final void letLastIn() {
    loop.events.execute(
        () -> {
          if (!shut && !paused && listener.room(loop)) {
            letIn(Listener.BACKLOG);
          }
        });
  }

  /** Accepts so many at most, if that is possible at once. */
  abstract void letIn(int most);

  /** Accepts no more, and closes this descriptor of the socket. Waits until it is done. */
  final void leave() {
    loop.events
        .submit(
            () -> {
              shut = true;
              closeSocket();
            })
        .awaitUninterruptibly(PATIENCE_MILLIS);
  }

  final boolean paused() {
    return paused;
  }

  /** Lets whoever comes wait in the kernel until one leaves, at the latest until a tick. */
  final void fill() {
    if (!paused) {
      pause();
      full = paused;
    }
  }

  /** One has left; for any loop. */
  final void left() {
    if (!full) {
      return;
    }
    if (loop.events.inEventLoop()) {
      look();
    } else {
      loop.events.execute(this::left);
    }
  }

  /** Lets whoever comes wait in the kernel until the next tick that finds room; for any loop. */
  final void pause() {
    if (!loop.events.inEventLoop()) {
      loop.events.execute(this::pause);
    } else if (!paused && !shut) {
      paused = true;
      full = false;
      listener.paused();
      accepting(false);
      loop.eachTick(look);
    }
  }

  private void look() {
    if (shut || listener.room(loop)) {
      paused = false;
      full = false;
      loop.notEachTick(look);
      if (!shut) {
        accepting(true);
      }
    }
  }

  /** A bare socket on Netty's epoll loop: every loop has one for the same queue. */
  static final class Bare extends Door implements EpollIoHandle {
    /** Then others that are ready have their turn. */
    private static final int MOST_AT_ONCE = 64;

    /** Of a socket address as Netty has it: a length, then address, scope and port. */
    private static final int ADDRESS = 26;

    /**
     * Nothing that a listening socket ever tells: without any flag epoll would forget it for good.
     */
    private static final EpollIoOps IDLE = EpollIoOps.EPOLLRDHUP;

    private final Socket socket;
    private final IoRegistration registration;
    private final byte[] from = new byte[ADDRESS];

    /**
     * @param descriptor of a socket that listens and does not block; closed with the door
     */
    Bare(Listener listener, Loop loop, int descriptor) throws IOException {
      super(listener, loop);
      socket = new Socket(descriptor);
      Future<IoRegistration> registering = loop.events.submit(() -> loop.register(this));
      registering.awaitUninterruptibly(PATIENCE_MILLIS);
      IoRegistration its = registering.getNow();
      if (its == null) {
        socket.close();
        throw new IOException("a loop of the balancers does not answer", registering.cause());
      }
      registration = its;
    }

    /** Sets what those that are accepted inherit. */
    void configure(Settings.Times times) {
      try {
        socket.setTcpNoDelay(true);
        Endurance.renew(socket, times);
      } catch (IOException e) {
        loop().fault(e);
      }
    }

    @Override
    public FileDescriptor fd() {
      return socket;
    }

    @Override
    void accepting(boolean now) {
      registration.submit(now ? EpollIoOps.EPOLLIN : IDLE);
    }

    @Override
    public void handle(IoRegistration its, IoEvent event) {
      letIn(MOST_AT_ONCE);
    }

    @Override
    void letIn(int most) {
      try {
        for (int i = 0; i < most && !shut() && !paused(); i++) {
          int accepted = socket.accept(from);
          if (accepted < 0) {
            return;
          }
          InetSocketAddress source = NativeInetAddress.address(from, 1, from[0]);
          listener().comes();
          listener().accepted(new Socket(accepted), source, loop());
          if (!listener().room(loop())) {
            fill();
            return;
          }
        }
      } catch (IOException e) {
        // No descriptor or memory was left to accept with: whoever waits, waits in the kernel.
        listener().acceptFailed();
        pause();
      } catch (RuntimeException | OutOfMemoryError fault) {
        loop().fault(fault);
      }
    }

    @Override
    void closeSocket() {
      // First: others may have the same open file, and epoll would go on telling of it.
      registration.cancel();
      try {
        socket.close();
      } catch (IOException e) {
        // It is closed all the same.
      }
    }

    @Override
    public void close() {
      closeSocket(); // when the loop ends
    }
  }

  /** A channel of the JDK: one loop accepts, all serve in turn. */
  static final class Jdk extends Door {
    private final Channel channel;
    private final List<Loop> serving;
    private int turn;

    /**
     * @param channel neither registered nor bound
     */
    Jdk(Listener listener, Loop loop, Channel channel, List<Loop> serving) {
      super(listener, loop);
      this.channel = channel;
      this.serving = serving;
      channel.config().setAutoRead(false);
      // One at a time: the next may be one too many.
      channel.config().setRecvByteBufAllocator(new ServerChannelRecvByteBufAllocator());
      channel.pipeline().addLast(new Acceptor());
    }

    @Override
    void accepting(boolean now) {
      channel.config().setAutoRead(now);
    }

    @Override
    void letIn(int most) {
      // A channel accepts when it is told that it can.
    }

    @Override
    void closeSocket() {
      var _ = channel.close();
    }

    private final class Acceptor extends ChannelInboundHandlerAdapter {
      @Override
      public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof SocketChannel client) {
          Loop next = serving.get(turn);
          turn = turn + 1 == serving.size() ? 0 : turn + 1;
          listener().comes(); // which decides whether there is room for another, too
          if (next == loop()) {
            listener().accepted(client, next);
          } else {
            next.events.execute(() -> listener().accepted(client, next));
          }
          if (!listener().room(loop())) {
            fill();
          }
        }
      }

      @Override
      public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        listener().acceptFailed();
        pause();
      }
    }
  }
}
