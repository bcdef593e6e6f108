package dev.azimuth.app.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.azimuth.health.Heartbeats;
import dev.azimuth.health.Heartbeats.Beat;
import dev.azimuth.health.ProbeResult;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where backends say of themselves how they are: {@code POST /heartbeat/POOL/BACKEND} with a token
 * of that backend's own, and {@code up}, {@code up 50%} or {@code down} as the body, of which the
 * first is meant where there is none. Whoever has no token learns nothing, not even which backends
 * there are.
 */
public final class HeartbeatServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HeartbeatServer.class);
  private static final int BACKLOG = 256;
  private static final int LONGEST = 64;
  private static final int NO_BODY = -1;

  /** A stranger must not be able to fill the log. */
  private static final long QUIET_MILLIS = 60_000;

  private static final Pattern PATH =
      Pattern.compile("/heartbeat/([A-Za-z0-9._-]{1,63}/[A-Za-z0-9._-]{1,63})");
  private static final Pattern SAID = Pattern.compile("up(?: (100|[0-9]{1,2})%)?|(down)");

  private final HttpServer server;
  private final ExecutorService threads;
  private volatile HeartbeatToken token;
  private volatile long quietUntil = Long.MIN_VALUE;
  private final Heartbeats heartbeats;
  private final LongSupplier clock;

  private HeartbeatServer(
      HttpServer server,
      ExecutorService threads,
      HeartbeatToken token,
      Heartbeats heartbeats,
      LongSupplier clock) {
    this.server = server;
    this.threads = threads;
    this.token = token;
    this.heartbeats = heartbeats;
    this.clock = clock;
  }

  /**
   * Opens the listener and takes heartbeats from then on.
   *
   * @param listen port 0 for any free one
   * @param clock the steady clock, in milliseconds
   * @throws java.net.BindException when the address is in use or not of this machine
   */
  public static HeartbeatServer open(
      InetSocketAddress listen, HeartbeatToken token, Heartbeats heartbeats, LongSupplier clock)
      throws IOException {
    HttpLimits.set();
    HttpServer server = HttpServer.create(listen, BACKLOG);
    ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("heartbeat-", 0).factory());
    HeartbeatServer opened = new HeartbeatServer(server, threads, token, heartbeats, clock);
    server.setExecutor(threads);
    server.createContext("/", opened::handle);
    server.start();
    return opened;
  }

  /** The address in effect. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Takes tokens of another secret from now on, and none of the one before. */
  public void trust(HeartbeatToken other) {
    token = other;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      int status;
      try {
        status = take(exchange);
      } catch (RuntimeException e) {
        LOG.error("a heartbeat failed", e);
        status = 500;
      }
      if (status == 401) {
        exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
      }
      exchange.sendResponseHeaders(status, NO_BODY);
    }
  }

  private int take(HttpExchange exchange) throws IOException {
    Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
    if (!path.matches()) {
      return 404;
    }
    if (!exchange.getRequestMethod().equals("POST")) {
      exchange.getResponseHeaders().set("Allow", "POST");
      return 405;
    }
    String backend = path.group(1);
    if (!authorized(exchange, backend)) {
      return 401;
    }
    byte[] body = exchange.getRequestBody().readNBytes(LONGEST + 1);
    String text = new String(body, StandardCharsets.US_ASCII).strip();
    Matcher said = SAID.matcher(text.isEmpty() ? "up" : text);
    if (body.length > LONGEST || !said.matches()) {
      return 400;
    }
    int weight = said.group(1) == null ? ProbeResult.NOT_SAID : Integer.parseInt(said.group(1));
    Beat beat = new Beat(clock.getAsLong(), said.group(2) == null, weight);
    return heartbeats.beat(backend, beat) ? 204 : 404;
  }

  private boolean authorized(HttpExchange exchange, String backend) {
    List<String> given = exchange.getRequestHeaders().get("Authorization");
    try {
      return given != null && given.size() == 1 && token.allows(given.getFirst(), backend);
    } catch (IOException e) {
      long now = clock.getAsLong();
      if (now >= quietUntil) {
        quietUntil = now + QUIET_MILLIS;
        LOG.warn("heartbeats are refused, since the secret cannot be read: {}", e.getMessage());
      }
      return false;
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
