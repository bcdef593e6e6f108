package dev.azimuth.app.admin;

import dev.azimuth.app.host.Durations;
import dev.azimuth.app.node.Node;
import dev.azimuth.app.node.Standing;
import dev.azimuth.app.orders.Says;
import dev.azimuth.health.Forced;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One path of the admin API.
 *
 * @param method the only one allowed, but for HEAD where it is GET (RFC 9110 section 9.1)
 */
record Endpoint(String path, String method, Guard guard, Action action) {
  private static final int LONGEST_TEXT = 1000;

  boolean takes(String asked) {
    return asked.equals(method) || (asked.equals("HEAD") && method.equals("GET"));
  }

  /** As the field {@code Allow} has it. */
  String allowed() {
    return method.equals("GET") ? "GET, HEAD" : method;
  }

  /** Who may ask. */
  enum Guard {
    /** Everybody who reaches the listener. */
    OPEN,
    /** Everybody on a loopback listener, else holders of the token. */
    READ,
    /** Holders of the token. */
    CHANGE
  }

  /** Does what was asked. */
  @FunctionalInterface
  interface Action {
    /**
     * @throws IllegalArgumentException when the request makes no sense
     */
    Reply run(URI uri, byte[] body) throws Node.Refused;
  }

  /** Answers from the query of a GET. */
  @FunctionalInterface
  private interface Read {
    Reply answer(Query query) throws Node.Refused;
  }

  /** A change whose body is one JSON object of a known type. */
  @FunctionalInterface
  private interface Change<B> {
    List<String> make(B body) throws Node.Refused;
  }

  /** Every path by itself. */
  static Map<String, Endpoint> all(Node node, Scrape scrape) {
    return Stream.of(
            get("/healthz", Guard.OPEN, Set.of("balancer"), query -> healthy(node, query)),
            get("/readyz", Guard.OPEN, Set.of(), query -> ready(node.missing())),
            get(
                "/metrics",
                Guard.OPEN,
                Set.of(),
                query -> Reply.streamed(Scrape.CONTENT_TYPE, scrape::writeTo)),
            get("/status", Guard.READ, Set.of("backend"), query -> status(node, query)),
            new Endpoint("/explain", "GET", Guard.READ, (uri, body) -> explain(node, uri)),
            get(
                "/overrides",
                Guard.READ,
                Set.of(),
                query -> Reply.json(200, new Messages.Overrides(node.overrides()))),
            order("/down", node, body -> state(Forced.DOWN, body)),
            order("/up", node, body -> state(Forced.UP, body)),
            order("/drain", node, body -> state(Forced.DRAIN, body)),
            order("/weight", node, Endpoint::weight),
            change("/clear", Messages.Clear.class, body -> List.of(clear(node, body))),
            change(
                "/freeze",
                Messages.Freeze.class,
                body ->
                    List.of(
                        node.freeze(
                            needed("reason", body.reason()),
                            author(body.author()),
                            lasts(body.lasts())))),
            change("/unfreeze", Messages.Unfreeze.class, body -> List.of(node.unfreeze())),
            change(
                "/failback",
                Messages.Failback.class,
                body -> List.of(node.failback(needed("pool", body.pool())))),
            change(
                "/reload",
                Messages.Reload.class,
                body -> node.reload(Boolean.TRUE.equals(body.acceptRemovals()))))
        .collect(Collectors.toUnmodifiableMap(Endpoint::path, endpoint -> endpoint));
  }

  private static Endpoint get(String path, Guard guard, Set<String> known, Read reply) {
    return new Endpoint(path, "GET", guard, (uri, body) -> reply.answer(Query.of(uri, known)));
  }

  private static <B> Endpoint change(String path, Class<B> type, Change<B> change) {
    return new Endpoint(
        path,
        "POST",
        Guard.CHANGE,
        (uri, body) ->
            Reply.json(200, new Messages.Done(change.make(Json.readStrict(body, type)))));
  }

  private static Endpoint order(String path, Node node, Function<Messages.Order, Says> says) {
    return new Endpoint(
        path,
        "POST",
        Guard.CHANGE,
        (uri, octets) -> {
          Messages.Order body = Json.readStrict(octets, Messages.Order.class);
          boolean dryRun = Boolean.TRUE.equals(body.dryRun());
          Node.Wish wish =
              new Node.Wish(
                  needed("selector", body.selector()),
                  says.apply(body),
                  dryRun && body.reason() == null ? "dry run" : needed("reason", body.reason()),
                  author(body.author()),
                  start(body.at(), body.in()),
                  lasts(body.lasts()),
                  Boolean.TRUE.equals(body.force()));
          return Reply.json(
              200, dryRun ? node.preview(wish) : new Messages.Done(List.of(node.order(wish))));
        });
  }

  private static Says state(Forced forced, Messages.Order body) {
    if (body.weight() != null) {
      throw new IllegalArgumentException("weight belongs to /weight");
    }
    return new Says.State(forced);
  }

  private static Says weight(Messages.Order body) {
    if (body.weight() == null) {
      throw new IllegalArgumentException("weight is missing");
    }
    return new Says.Weight(body.weight());
  }

  private static Node.Start start(@Nullable String at, @Nullable String in) {
    if (at != null && in != null) {
      throw new IllegalArgumentException("at and in exclude each other");
    }
    if (in != null) {
      return new Node.Start.In(Durations.parse(in));
    }
    return at == null ? new Node.Start.Now() : new Node.Start.At(Durations.instant(at));
  }

  private static String clear(Node node, Messages.Clear body) throws Node.Refused {
    if (Boolean.TRUE.equals(body.all())) {
      if (body.selector() != null) {
        throw new IllegalArgumentException("selector and all exclude each other");
      }
      return node.clearAll();
    }
    return node.clear(needed("selector", body.selector()));
  }

  private static Reply status(Node node, Query query) throws Node.Refused {
    String backend = query.get("backend");
    return Reply.json(
        200, backend == null ? node.status() : node.backend(needed("backend", backend)));
  }

  /** The process, or a balancer as those see it who steer clients to it. */
  private static Reply healthy(Node node, Query query) throws Node.Refused {
    if (!query.has("balancer")) {
      return Reply.text(200, "ok\n");
    }
    if (!node.missing().isEmpty()) {
      return ready(node.missing());
    }
    Standing standing = node.standing(needed("balancer", query.get("balancer")));
    return standing == null
        ? Reply.text(404, "there is no such balancer\n")
        : Reply.text(
            switch (standing) {
              case USABLE -> 200;
              case NO_BACKEND, DRAINED -> 503;
            },
            standing.words() + "\n");
  }

  private static Reply ready(List<String> missing) {
    return missing.isEmpty()
        ? Reply.text(200, "ready\n")
        : Reply.text(503, String.join("\n", missing) + "\n");
  }

  private static Reply explain(Node node, URI uri) throws Node.Refused {
    Query query = Query.of(uri, Set.of("name", "type", "client", "ecs"));
    String type = query.get("type");
    boolean v4 =
        switch (type == null ? "A" : type.toUpperCase(Locale.ROOT)) {
          case "A" -> true;
          case "AAAA" -> false;
          default -> throw new IllegalArgumentException("type is A or AAAA");
        };
    return Reply.json(
        200,
        node.explain(needed("name", query.get("name")), v4, query.get("client"), query.get("ecs")));
  }

  private static String needed(String what, @Nullable String value) {
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException(what + " is missing");
    }
    if (value.length() > LONGEST_TEXT) {
      throw new IllegalArgumentException(what + " has at most " + LONGEST_TEXT + " characters");
    }
    return value;
  }

  private static String author(@Nullable String author) {
    return author == null ? "admin API" : needed("author", author);
  }

  private static @Nullable Duration lasts(@Nullable String text) {
    return text == null ? null : Durations.parse(text);
  }
}
