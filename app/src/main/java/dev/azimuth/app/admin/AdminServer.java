package dev.azimuth.app.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.azimuth.app.host.IoWords;
import dev.azimuth.app.host.Printable;
import dev.azimuth.app.node.Node;
import dev.azimuth.net.BindFailure;
import dev.azimuth.net.Protocol;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * The admin listener: health and readiness, metrics, status, explanations, and the changes that an
 * operator may make. Its threads have nothing to do with those that answer queries.
 *
 * <p>Who may do what: {@code /healthz}, {@code /readyz} and {@code /metrics} are open; the rest of
 * what only reads needs the token unless the listener is on a loopback address; every change needs
 * the token and is a POST.
 */
public final class AdminServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
  private static final int BACKLOG = 64;
  private static final int LARGEST_BODY = 64 << 10;
  private static final int STOP_SECONDS = 1;
  private static final int NO_BODY = -1;

  private final HttpServer server;
  private final ExecutorService threads;
  private final Map<String, Endpoint> endpoints;
  private final Token token;
  private final boolean loopback;

  private AdminServer(
      HttpServer server, ExecutorService threads, Map<String, Endpoint> endpoints, Token token) {
    this.server = server;
    this.threads = threads;
    this.endpoints = endpoints;
    this.token = token;
    this.loopback = server.getAddress().getAddress().isLoopbackAddress();
  }

  /**
   * Opens the listener and answers from then on.
   *
   * @param listen port 0 for any free one
   * @param scrape writes the metrics in the Prometheus text format
   * @throws BindFailure when the address is in use or not of this machine
   */
  public static AdminServer open(InetSocketAddress listen, Token token, Node node, Scrape scrape)
      throws IOException {
    HttpLimits.set();
    HttpServer server = listening(listen);
    ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("admin-", 0).factory());
    var admin = new AdminServer(server, threads, Endpoint.all(node, scrape), token);
    server.setExecutor(threads);
    server.createContext("/", admin::handle);
    server.start();
    return admin;
  }

  private static HttpServer listening(InetSocketAddress at) throws IOException {
    try {
      return HttpServer.create(at, BACKLOG);
    } catch (BindException e) {
      throw new BindFailure(Protocol.TCP, at, e);
    }
  }

  /** The address in effect. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Lets requests under way end, for at most a second, and closes the listener. */
  @Override
  public void close() {
    server.stop(STOP_SECONDS);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Reply reply;
      try {
        reply = answer(exchange);
      } catch (IllegalArgumentException e) {
        reply = Reply.failure(400, String.valueOf(e.getMessage()));
      } catch (JacksonException e) {
        reply = Reply.failure(400, Json.problem(e));
      } catch (Node.Refused e) {
        reply = Reply.failure(status(e.kind()), String.valueOf(e.getMessage()));
      } catch (RuntimeException e) {
        LOG.error("admin request {} failed", Printable.of(exchange.getRequestURI().getPath()), e);
        reply = Reply.failure(500, "this should not have happened; the log of the node says more");
      }
      send(exchange, reply);
    }
  }

  private static int status(Node.Refused.Kind kind) {
    return switch (kind) {
      case STATE -> 409;
      case CONFIGURATION -> 422;
      case QUESTION -> 400;
    };
  }

  private Reply answer(HttpExchange exchange) throws IOException, Node.Refused {
    Endpoint endpoint = endpoints.get(exchange.getRequestURI().getPath());
    if (endpoint == null) {
      return Reply.failure(404, "there is nothing here; try /status");
    }
    if (!endpoint.takes(exchange.getRequestMethod())) {
      exchange.getResponseHeaders().set("Allow", endpoint.allowed());
      return Reply.failure(405, "use " + endpoint.method());
    }
    Reply refusal =
        switch (endpoint.guard()) {
          case OPEN -> null;
          case READ -> loopback ? unlessLocal(exchange) : unlessAuthorized(exchange);
          case CHANGE -> unlessAuthorized(exchange);
        };
    if (refusal != null) {
      return refusal;
    }
    byte[] body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
    if (body.length > LARGEST_BODY) {
      return Reply.failure(413, "a body has at most " + LARGEST_BODY + " octets");
    }
    Reply reply = endpoint.action().run(exchange.getRequestURI(), body);
    if (endpoint.guard() == Endpoint.Guard.CHANGE) {
      LOG.info("admin {} from {}", endpoint.path(), exchange.getRemoteAddress().getAddress());
    }
    return reply;
  }

  private @Nullable Reply unlessLocal(HttpExchange exchange) {
    if (HostHeader.acceptable(exchange.getRequestHeaders().getFirst("Host"))
        || authorized(exchange)) {
      return null;
    }
    return Reply.failure(421, "ask by IP address or as localhost, or with the token");
  }

  private @Nullable Reply unlessAuthorized(HttpExchange exchange) {
    if (authorized(exchange)) {
      return null;
    }
    exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
    return Reply.failure(401, "this needs the token: Authorization: Bearer TOKEN");
  }

  private boolean authorized(HttpExchange exchange) {
    List<String> given = exchange.getRequestHeaders().get("Authorization");
    if (given == null || given.size() != 1) {
      return false;
    }
    try {
      return token.allows(given.getFirst());
    } catch (IOException e) {
      LOG.warn(
          "admin request refused, since the token in {} cannot be used: {}",
          token.file(),
          IoWords.of(e));
      return false;
    }
  }

  private static void send(HttpExchange exchange, Reply reply) throws IOException {
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", reply.contentType());
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    headers.set("Referrer-Policy", "no-referrer");
    if (exchange.getRequestMethod().equals("HEAD")) {
      // Any other length and the JDK warns on standard error, past the log.
      exchange.sendResponseHeaders(reply.status(), NO_BODY);
      return;
    }
    exchange.sendResponseHeaders(reply.status(), reply.length());
    try (var out = exchange.getResponseBody()) {
      reply.body().writeTo(out);
    }
  }
}
