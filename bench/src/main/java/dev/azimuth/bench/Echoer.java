package dev.azimuth.bench;

import dev.azimuth.net.DatagramPort;
import dev.azimuth.net.DatagramPorts;
import dev.azimuth.net.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;

/**
 * Sends every datagram back, from the address that it was sent to, with what makes a DNS question
 * one that is refused (RFC 1035, section 4.1.1).
 */
final class Echoer implements AutoCloseable {
  /** The response code. */
  static final int REFUSED = 5;

  private static final int RECEIVE_BUFFER = 1 << 20;
  private static final int HEADER = 12;

  private final int port;
  private final Thread thread;
  private volatile boolean closed;

  /**
   * Begins.
   *
   * @param address any address may be asked where this is the wildcard
   */
  Echoer(InetSocketAddress address) throws IOException {
    DatagramPort socket = DatagramPorts.open(address, false, RECEIVE_BUFFER, Transport.NATIVE);
    port = socket.localAddress().getPort();
    thread = Thread.ofPlatform().daemon().name("echoer").start(() -> serve(socket));
  }

  int port() {
    return port;
  }

  private void serve(DatagramPort socket) {
    byte[] buffer = new byte[DatagramPort.PAYLOAD];
    try (socket) {
      while (!closed) {
        int count = socket.receive();
        for (int i = 0; i < count; i++) {
          int length = socket.copy(i, buffer);
          if (length >= HEADER) {
            buffer[2] |= (byte) 0x80;
            buffer[3] = REFUSED;
          }
          socket.reply(i, buffer, length);
        }
        socket.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
