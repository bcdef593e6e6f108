package dev.azimuth.app.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** A small web server on a loopback address that can be told to fail. */
final class DemoBackend implements AutoCloseable {
  private final String pool;
  private final String name;
  private final int weight;
  private final HttpServer server;
  private volatile boolean healthy = true;

  /**
   * @param address of the loopback network
   * @throws java.net.BindException when this system does not have the address
   */
  DemoBackend(String pool, String name, InetAddress address, int weight) throws IOException {
    this.pool = pool;
    this.name = name;
    this.weight = weight;
    server = HttpServer.create(new InetSocketAddress(address, 0), 16);
    server.createContext("/", this::answer);
    server.start();
  }

  String pool() {
    return pool;
  }

  String name() {
    return name;
  }

  int weight() {
    return weight;
  }

  String address() {
    return server.getAddress().getAddress().getHostAddress();
  }

  int port() {
    return server.getAddress().getPort();
  }

  boolean healthy() {
    return healthy;
  }

  /** Fails from now on, or works again. */
  void toggle() {
    healthy = !healthy;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean well = healthy;
      byte[] body = (name + (well ? " is well\n" : " fails\n")).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(well ? 200 : 503, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
