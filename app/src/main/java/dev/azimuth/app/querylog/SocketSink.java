package dev.azimuth.app.querylog;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** A connection to a program that takes the log. Every step has a time limit. */
final class SocketSink implements Sink {
  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final long patience;

  private SocketSink(SocketChannel channel, Selector selector, SelectionKey key, long patience) {
    this.channel = channel;
    this.selector = selector;
    this.key = key;
    this.patience = patience;
  }

  /**
   * Connects.
   *
   * @param patience how long the other side may take before it goes on, at least 1 ms
   */
  static SocketSink connect(SocketChannel channel, SocketAddress to, Duration patience)
      throws IOException {
    Selector selector = Selector.open();
    try {
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, 0);
      SocketSink sink = new SocketSink(channel, selector, key, patience.toMillis());
      if (!channel.connect(to)) {
        sink.await(SelectionKey.OP_CONNECT);
        channel.finishConnect();
      }
      return sink;
    } catch (IOException e) {
      channel.close();
      selector.close();
      throw e;
    }
  }

  @Override
  public void write(ByteBuffer octets) throws IOException {
    while (octets.hasRemaining()) {
      if (channel.write(octets) == 0) {
        await(SelectionKey.OP_WRITE);
      }
    }
  }

  /** Reads until the buffer is full. */
  void read(ByteBuffer into) throws IOException {
    while (into.hasRemaining()) {
      int read = channel.read(into);
      if (read < 0) {
        throw new EOFException("the other side has closed the connection");
      }
      if (read == 0) {
        await(SelectionKey.OP_READ);
      }
    }
  }

  private void await(int what) throws IOException {
    key.interestOps(what);
    selector.selectedKeys().clear();
    if (selector.select(patience) == 0) {
      throw new SocketTimeoutException("the other side does not go on");
    }
  }

  @Override
  public boolean stale() {
    return false;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    selector.close();
  }
}
