package dev.azimuth.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.function.LongSupplier;

/** Asks a name server over TCP (RFC 7766) from one thread and waits for what it asked. */
final class TcpLoad {
  private static final int PATIENCE_MILLIS = 10_000;
  private static final int BUFFER = 1 << 16;

  private final InetSocketAddress server;
  private final List<byte[]> queries;
  private final LongSupplier nanoTime;
  private long asked;
  private long connections;

  /**
   * What became of a run.
   *
   * @param answered all that was asked
   */
  record Outcome(long answered, long connections, long nanos) {

    /** One line of {@code key=value} words. */
    String words() {
      return "answers=%d connections=%d rate=%.0f"
          .formatted(answered, connections, answered * 1e9 / nanos);
    }
  }

  /**
   * @param queries packets, asked in turn
   */
  TcpLoad(InetSocketAddress server, List<byte[]> queries, LongSupplier nanoTime) {
    this.server = server;
    this.queries = queries;
    this.nanoTime = nanoTime;
  }

  /**
   * Asks so many at once on one connection, reads all answers, and again.
   *
   * @throws IOException when the server does not answer each query
   */
  Outcome pipelined(int width, long nanos) throws IOException {
    long start = nanoTime.getAsLong();
    byte[] burst = burst(width);
    try (Socket socket = connect()) {
      var in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
      OutputStream out = socket.getOutputStream();
      while (nanoTime.getAsLong() - start < nanos) {
        out.write(burst);
        for (int i = 0; i < width; i++) {
          in.skipNBytes(in.readUnsignedShort());
        }
        asked += width;
      }
    }
    return new Outcome(asked, connections, nanoTime.getAsLong() - start);
  }

  /**
   * Connects for each query.
   *
   * @throws IOException when the server does not answer each query
   */
  Outcome single(long nanos) throws IOException {
    long start = nanoTime.getAsLong();
    while (nanoTime.getAsLong() - start < nanos) {
      try (Socket socket = connect()) {
        socket.getOutputStream().write(burst(1));
        var in = new DataInputStream(socket.getInputStream());
        in.skipNBytes(in.readUnsignedShort());
        asked++;
      }
    }
    return new Outcome(asked, connections, nanoTime.getAsLong() - start);
  }

  private Socket connect() throws IOException {
    var socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(server, PATIENCE_MILLIS);
      connections++;
      return socket;
    } catch (IOException failure) {
      socket.close();
      throw failure;
    }
  }

  /** The next queries, each behind its length. */
  private byte[] burst(int width) {
    var burst = new ByteArrayOutputStream();
    for (int i = 0; i < width; i++) {
      byte[] query = queries.get((int) ((asked + i) % queries.size()));
      burst.write(query.length >> 8);
      burst.write(query.length);
      burst.writeBytes(query);
    }
    return burst.toByteArray();
  }
}
