package dev.azimuth.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A backend in this process, so that the instant is known at which it gave the answer that decides.
 */
final class Witness implements AutoCloseable {
  private final HttpServer http;
  private volatile boolean healthy = true;
  private volatile long decided;

  /** What the last probe was told; of the backend's one thread. */
  private boolean told = true;

  private Witness(HttpServer http) {
    this.http = http;
  }

  static Witness start() throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 16);
    Witness witness = new Witness(http);
    http.createContext("/", witness::probed);
    http.start();
    return witness;
  }

  int port() {
    return http.getAddress().getPort();
  }

  boolean healthy() {
    return healthy;
  }

  void healthy(boolean now) {
    healthy = now;
  }

  /** When the first probe after the last change was answered, by {@link System#nanoTime}. */
  long decided() {
    return decided;
  }

  /** Answers a probe, noting the instant of the first one that says what is new. */
  private void probed(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean well = healthy;
      if (well != told) {
        told = well;
        decided = System.nanoTime();
      }
      exchange.sendResponseHeaders(well ? 200 : 503, -1);
    }
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
