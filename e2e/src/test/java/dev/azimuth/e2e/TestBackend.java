package dev.azimuth.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A web server on a loopback address that does what a test says. */
final class TestBackend implements AutoCloseable {
  /** What it does to those who connect. */
  enum Mood {
    HEALTHY,
    /** Answers with status 503. */
    FAILING,
    /** Fails every second request. */
    FLAPPING,
    /** Accepts and reads, and never answers. */
    HANGING,
    /** Accepts and resets. */
    RESETTING,
    /** Is not there: connections are refused. */
    REFUSING
  }

  private final InetSocketAddress address;
  private final AtomicInteger requests = new AtomicInteger();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong turned = new AtomicLong();
  private volatile Mood mood = Mood.HEALTHY;
  private ServerSocket server; // guarded by this
  private Thread acceptor; // guarded by this

  private TestBackend(InetAddress address, int port) throws IOException {
    listen(new InetSocketAddress(address, port));
    this.address = (InetSocketAddress) server.getLocalSocketAddress();
  }

  /** One on each address, all on the same free port, all healthy. */
  static List<TestBackend> on(String... addresses) throws IOException {
    for (int attempt = 0; ; attempt++) {
      List<TestBackend> all = new ArrayList<>();
      try {
        for (String address : addresses) {
          int port = all.isEmpty() ? 0 : all.getFirst().port();
          all.add(new TestBackend(InetAddress.getByName(address), port));
        }
        return all;
      } catch (BindException e) {
        for (TestBackend backend : all) {
          backend.close();
        }
        if (attempt == 20) {
          throw e;
        }
      }
    }
  }

  int port() {
    return address.getPort();
  }

  String address() {
    return address.getAddress().getHostAddress();
  }

  /** How many requests it has read. */
  int requests() {
    return requests.get();
  }

  /** How many connections are open. */
  int connections() {
    return open.size();
  }

  /** When its first answer in this mood began to be sent, by the nano clock; 0 before. */
  long turned() {
    return turned.get();
  }

  synchronized void become(Mood next) throws IOException {
    mood = next;
    turned.set(0);
    if (next == Mood.REFUSING) {
      stopListening();
    } else if (server.isClosed()) {
      listen(address);
    }
  }

  private void listen(InetSocketAddress at) throws IOException {
    ServerSocket opened = new ServerSocket();
    opened.bind(at, 256);
    server = opened;
    acceptor = Thread.ofVirtual().start(() -> accept(opened));
  }

  /** Returns when the port is free again, which is when the thread has left it. */
  private void stopListening() throws IOException {
    server.close();
    try {
      acceptor.join();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    hangUp();
  }

  private void accept(ServerSocket from) {
    while (!from.isClosed()) {
      try {
        Socket socket = from.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        // Closed by the test, which ends the loop; or one lost connection, which does not.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      if (mood == Mood.RESETTING) {
        socket.setSoLinger(true, 0);
        return;
      }
      readRequest(socket.getInputStream());
      int number = requests.incrementAndGet();
      switch (mood) {
        case HEALTHY -> answer(socket, "200 OK");
        case FAILING -> answer(socket, "503 Service Unavailable");
        case FLAPPING -> answer(socket, number % 2 == 0 ? "200 OK" : "503 Service Unavailable");
        case HANGING -> socket.getInputStream().read();
        case RESETTING, REFUSING -> socket.setSoLinger(true, 0);
      }
    } catch (IOException e) {
      // A prober resets what it is done with.
    } finally {
      open.remove(socket);
    }
  }

  private void answer(Socket socket, String status) throws IOException {
    turned.compareAndSet(0, System.nanoTime());
    socket
        .getOutputStream()
        .write(
            ("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
  }

  private static void readRequest(InputStream in) throws IOException {
    int ends = 0; // line ends in a row
    while (ends < 2) {
      switch (in.read()) {
        case -1 -> throw new IOException("no whole request");
        case '\n' -> ends++;
        case '\r' -> {}
        default -> ends = 0;
      }
    }
  }

  /** Closes every open connection. */
  void hangUp() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    become(Mood.REFUSING);
  }
}
