package dev.azimuth.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An origin server that says its number in one octet and then echoes. Killed, all its connections
 * see RST and nobody is accepted; revived, it listens again. One thread.
 */
final class FlowServer implements AutoCloseable {
  private static final int ROOM = 16 * 1024;

  private final int number;
  private final Selector selector = Selector.open();
  private final InetSocketAddress at;
  private final AtomicBoolean wanted = new AtomicBoolean(true);
  private final Thread thread;
  private ServerSocketChannel listening;
  private volatile boolean closed;
  private volatile boolean up;

  /** What one connection still has to be sent; read no more while there is something. */
  private static final class Pending {
    final ByteBuffer octets = ByteBuffer.allocateDirect(ROOM);
  }

  FlowServer(int number) throws IOException {
    this.number = number;
    listening = open(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    at = (InetSocketAddress) listening.getLocalAddress();
    up = true;
    thread = Thread.ofPlatform().name("flow-server-" + number).daemon().start(this::run);
  }

  int port() {
    return at.getPort();
  }

  void kill() {
    become(false);
  }

  void revive() {
    become(true);
  }

  private void become(boolean next) {
    wanted.set(next);
    selector.wakeup();
    Patience.until(() -> up == next);
  }

  private ServerSocketChannel open(InetSocketAddress where) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    channel.bind(where, 4096);
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_ACCEPT);
    return channel;
  }

  private void run() {
    while (!closed) {
      try {
        selector.select(this::ready, 1_000);
        if (wanted.get() != up) {
          if (up) {
            die();
          } else {
            listening = open(at);
          }
          up = wanted.get();
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void die() throws IOException {
    listening.close();
    for (SelectionKey key : selector.keys()) {
      if (key.channel() instanceof SocketChannel channel) {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.close();
      }
    }
    selector.selectNow();
  }

  private void ready(SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        SocketChannel accepted = listening.accept();
        if (accepted != null) {
          accepted.configureBlocking(false);
          Pending pending = new Pending();
          pending.octets.put((byte) number).flip();
          accepted.register(selector, SelectionKey.OP_WRITE, pending);
        }
        return;
      }
      SocketChannel channel = (SocketChannel) key.channel();
      ByteBuffer octets = ((Pending) key.attachment()).octets;
      if (key.isWritable()) {
        channel.write(octets);
      } else {
        octets.clear();
        if (channel.read(octets) < 0) {
          channel.close();
          return;
        }
        channel.write(octets.flip());
      }
      key.interestOps(octets.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    } catch (IOException e) {
      try {
        key.channel().close();
      } catch (IOException ignored) {
        // It is gone.
      }
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    selector.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }
}
