package dev.azimuth.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Very many connections, each of which sends blocks of octets that only it can have sent and looks
 * at every octet that comes back. One that ends is opened again. One thread.
 */
final class Flows implements AutoCloseable {
  private static final int BLOCK = 700;
  private static final int SERVERS = 16;

  private final InetSocketAddress at;
  private final Selector selector = Selector.open();
  private final List<Flow> flows = new ArrayList<>();
  private final Thread thread;
  private final long pauseNanos;

  /** Connections that ended, by the server that they were with; the last for none yet. */
  private final AtomicLongArray ended = new AtomicLongArray(SERVERS + 1);

  private final AtomicLongArray open = new AtomicLongArray(SERVERS + 1);
  private final AtomicLong blocks = new AtomicLong();
  private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  /**
   * @param pauseMillis between two blocks of one connection
   */
  Flows(InetSocketAddress at, int connections, int pauseMillis) throws IOException {
    this.at = at;
    pauseNanos = pauseMillis * 1_000_000L;
    for (int i = 0; i < connections; i++) {
      flows.add(new Flow(i));
    }
    thread = Thread.ofPlatform().name("flows").daemon().start(this::run);
  }

  /** Connections that know their server. */
  long open() {
    long sum = 0;
    for (int i = 0; i < SERVERS; i++) {
      sum += open.get(i);
    }
    return sum;
  }

  long open(int server) {
    return open.get(server);
  }

  /** How many connections with a server have ended. */
  long ended(int server) {
    return ended.get(server);
  }

  /** How many blocks have come back whole. */
  long blocks() {
    return blocks.get();
  }

  /** What came back otherwise than it was sent. */
  List<String> wrong() {
    return List.copyOf(wrong);
  }

  private void run() {
    try {
      long tick = System.nanoTime();
      int next = 0;
      while (!closed) {
        selector.select(key -> ((Flow) key.attachment()).ready(key), 5);
        long now = System.nanoTime();
        // Begins what is closed and sends what is due, a part of all at a time.
        int step = Math.max(1, flows.size() / 20);
        if (now - tick > pauseNanos / 20) {
          tick = now;
          for (int i = 0; i < step; i++, next++) {
            flows.get(next % flows.size()).due();
          }
        }
      }
    } catch (IOException e) {
      wrong.add("the clients failed: " + e);
    }
  }

  /** One connection after the other. */
  private final class Flow {
    private final int number;
    private SocketChannel channel;
    private SelectionKey key;
    private int generation;
    private int server = SERVERS;
    private long sent;
    private long received;
    private final ByteBuffer out = ByteBuffer.allocate(BLOCK);

    Flow(int number) {
      this.number = number;
      out.limit(0);
    }

    /** The octet at a place of the stream of this connection. */
    private byte octet(long place) {
      long mixed = (place + 1) * 0x9e3779b97f4a7c15L + number * 0x632be59bd9b4e019L + generation;
      return (byte) ((mixed ^ (mixed >>> 29)) >>> 17);
    }

    void due() throws IOException {
      if (channel == null) {
        generation++;
        sent = 0;
        received = 0;
        out.limit(0);
        channel = SocketChannel.open();
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_CONNECT, this);
        channel.connect(at);
      } else if (server < SERVERS && sent == received && !out.hasRemaining()) {
        out.clear();
        while (out.hasRemaining()) {
          out.put(octet(sent++));
        }
        out.flip();
        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
      }
    }

    void ready(SelectionKey its) {
      try {
        if (its.isConnectable()) {
          channel.finishConnect();
          its.interestOps(SelectionKey.OP_READ);
          return;
        }
        if (its.isWritable()) {
          channel.write(out);
          if (!out.hasRemaining()) {
            its.interestOps(SelectionKey.OP_READ);
          }
        }
        if (its.isReadable()) {
          read();
        }
      } catch (IOException e) {
        end();
      }
    }

    private void read() throws IOException {
      ByteBuffer in = ByteBuffer.allocate(2 * BLOCK);
      if (channel.read(in) < 0) {
        end();
        return;
      }
      in.flip();
      if (server == SERVERS && in.hasRemaining()) {
        server = in.get();
        open.incrementAndGet(server);
      }
      while (in.hasRemaining()) {
        byte octet = in.get();
        if (octet != octet(received) && wrong.size() < 10) {
          wrong.add("connection %d.%d at %d".formatted(number, generation, received));
        }
        if (++received % BLOCK == 0) {
          blocks.incrementAndGet();
        }
      }
      if (received > sent) {
        wrong.add("connection %d.%d got more than it sent".formatted(number, generation));
      }
    }

    private void end() {
      ended.incrementAndGet(server);
      if (server < SERVERS) {
        open.decrementAndGet(server);
      }
      server = SERVERS;
      try {
        channel.close();
      } catch (IOException e) {
        // It is gone.
      }
      channel = null;
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
