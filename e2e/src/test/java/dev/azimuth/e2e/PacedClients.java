package dev.azimuth.e2e;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that ask at a steady pace and notice each query without an answer: over UDP from several
 * ports with a few queries under way, over TCP with a connection for each query, and with
 * connections that stay for a while.
 */
final class PacedClients implements AutoCloseable {
  private static final int UDP_CLIENTS = 6;
  private static final int WINDOW = 8;
  private static final int PATIENCE_MILLIS = 5_000;
  private static final long STAY_NANOS = 8_000_000_000L;
  private static final long TCP_PAUSE_NANOS = 5_000_000L;

  final AtomicLong answered = new AtomicLong();
  final AtomicLong lost = new AtomicLong();
  final AtomicLong connections = new AtomicLong();
  final AtomicLong kept = new AtomicLong();

  /** What went wrong, over TCP in particular. */
  final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

  private final InetSocketAddress server;
  private final byte[] query;
  private final long pauseNanos;
  private final AtomicBoolean stop = new AtomicBoolean();
  private final List<Thread> threads = new ArrayList<>();

  /**
   * @param query any message; its id is replaced
   * @param perSecond queries over UDP at most
   */
  PacedClients(InetSocketAddress server, byte[] query, int perSecond) {
    this.server = server;
    this.query = query;
    this.pauseNanos = 1_000_000_000L * UDP_CLIENTS / perSecond;
    for (int i = 0; i < UDP_CLIENTS; i++) {
      begin(this::udp);
    }
    begin(this::connectionEach);
    begin(this::keptConnections);
  }

  private interface Work {
    void run() throws IOException;
  }

  private void begin(Work work) {
    threads.add(
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    work.run();
                  } catch (Throwable e) {
                    failures.add(e);
                  }
                }));
  }

  private byte[] query(int id) {
    byte[] message = query.clone();
    message[0] = (byte) (id >> 8);
    message[1] = (byte) id;
    return message;
  }

  private void udp() throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(server);
      BitSet waiting = new BitSet();
      int next = 0;
      while (!stop.get() || !waiting.isEmpty()) {
        while (!stop.get() && waiting.cardinality() < WINDOW) {
          int id = next++ & 0xFFFF;
          waiting.set(id);
          socket.send(new DatagramPacket(query(id), query.length));
          LockSupport.parkNanos(pauseNanos);
        }
        receive(socket, waiting);
      }
    }
  }

  private void receive(DatagramSocket socket, BitSet waiting) throws IOException {
    DatagramPacket reply = new DatagramPacket(new byte[512], 512);
    try {
      socket.receive(reply);
      int id = ByteBuffer.wrap(reply.getData()).getShort() & 0xFFFF;
      if (waiting.get(id)) {
        waiting.clear(id);
        answered.incrementAndGet();
      }
    } catch (SocketTimeoutException e) {
      lost.addAndGet(waiting.cardinality());
      waiting.clear();
    }
  }

  private void connectionEach() throws IOException {
    while (!stop.get()) {
      try (Socket socket = connect()) {
        ask(socket, 1);
        connections.incrementAndGet();
      }
      LockSupport.parkNanos(TCP_PAUSE_NANOS);
    }
  }

  private void keptConnections() throws IOException {
    while (!stop.get()) {
      try (Socket socket = connect()) {
        long start = System.nanoTime();
        for (int id = 0; !stop.get() && System.nanoTime() - start < STAY_NANOS; id++) {
          ask(socket, id & 0xFFFF);
          kept.incrementAndGet();
          LockSupport.parkNanos(TCP_PAUSE_NANOS);
        }
      }
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    socket.connect(server, PATIENCE_MILLIS);
    return socket;
  }

  private void ask(Socket socket, int id) throws IOException {
    byte[] message = query(id);
    socket
        .getOutputStream()
        .write(
            ByteBuffer.allocate(message.length + 2)
                .putShort((short) message.length)
                .put(message)
                .array());
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] reply = new byte[in.readUnsignedShort()];
    in.readFully(reply);
    if ((ByteBuffer.wrap(reply).getShort() & 0xFFFF) != id) {
      throw new IOException("an answer to another query");
    }
  }

  /** Stops asking and waits for the answers to what was asked. */
  void finish() {
    stop.set(true);
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    finish();
  }
}
