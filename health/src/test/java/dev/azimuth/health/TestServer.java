package dev.azimuth.health;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/** A server on loopback that does to each connection what the test says. */
final class TestServer implements AutoCloseable {
  /** The requests that {@link #request} has read, up to the empty line. */
  final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

  final AtomicInteger most = new AtomicInteger();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ServerSocket server;
  private final Behaviour behaviour;

  interface Behaviour {
    /** Talks on the connection, which is closed afterwards. */
    void serve(TestServer server, Socket socket) throws IOException;
  }

  private TestServer(ServerSocket server, Behaviour behaviour) {
    this.server = server;
    this.behaviour = behaviour;
    Thread.ofVirtual().start(this::accept);
  }

  static TestServer plain(Behaviour behaviour) throws IOException {
    return new TestServer(new ServerSocket(0, 4_096, InetAddress.getLoopbackAddress()), behaviour);
  }

  static TestServer tls(SSLContext context, Behaviour behaviour) throws IOException {
    return new TestServer(
        context
            .getServerSocketFactory()
            .createServerSocket(0, 100, InetAddress.getLoopbackAddress()),
        behaviour);
  }

  /** Reads the request and gives this answer, as it is. */
  static Behaviour answer(String answer) {
    return (server, socket) -> {
      server.request(socket);
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
    };
  }

  static Behaviour status(String status) {
    return answer("HTTP/1.1 " + status + "\r\nContent-Length: 2\r\n\r\nok");
  }

  /** Says nothing until the other side is gone. */
  static Behaviour hang() {
    return (server, socket) -> socket.getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  void request(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder request = new StringBuilder();
    while (request.indexOf("\r\n\r\n") < 0) {
      int octet = in.read();
      if (octet < 0) {
        throw new IOException("no whole request");
      }
      request.append((char) octet);
    }
    requests.add(request.toString());
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        most.accumulateAndGet(open.size(), Math::max);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        // Closed by the test, which ends the loop; or one lost connection, which does not.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      behaviour.serve(this, socket);
    } catch (IOException e) {
      // The prober resets what it is done with.
    } finally {
      open.remove(socket);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
