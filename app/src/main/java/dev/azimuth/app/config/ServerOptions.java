package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;
import static dev.azimuth.app.config.Option.required;

import dev.azimuth.app.config.Shape.Keyword;
import dev.azimuth.app.config.Shape.Ranged;
import dev.azimuth.resolver.RateLimit;
import dev.azimuth.resolver.TcpLimits;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The {@code server} part of the language. */
final class ServerOptions {
  private static final Option<Path> TOKEN_FILE =
      required("file", Notation.PATH, "The file that holds the token, and nothing else.");

  private static final Option<Path> TOKEN =
      optional(
          "token",
          ObjectOf.of(
              "token",
              "A secret. It never stands in the configuration itself.",
              List.of(TOKEN_FILE),
              values -> values.get(TOKEN_FILE)),
          "What a request must show to change anything. Without it a token is made in"
              + " `state_dir/token`, protected by the permissions of that file.");

  private static final Option<InetSocketAddress> ADMIN_LISTEN =
      required("listen", Notation.ENDPOINT, "Where the admin API and the metrics are.");

  private static final Option<ServerConfig.Admin> ADMIN =
      optional(
          "admin",
          new OneOf<>(
              List.of(
                  Notation.ENDPOINT.map(listen -> new ServerConfig.Admin(listen, null)),
                  ObjectOf.of(
                      "admin",
                      "The listener of the admin API, of `/metrics` and `/healthz`.",
                      List.of(ADMIN_LISTEN, TOKEN),
                      v -> new ServerConfig.Admin(v.get(ADMIN_LISTEN), v.find(TOKEN))))),
          "The admin listener; the short form is its address. Without it there is none.");

  private static final Shape<ServerConfig.Listen> LISTENER =
      new OneOf<>(
          List.of(Notation.ENDPOINT.map(ServerConfig.Listen.Address::new), Notation.INTERFACE));

  private static final Option<List<ServerConfig.Listen>> LISTEN =
      optional(
              "listen",
              new ListOf<>(LISTENER, 1, 64, true).then(ServerOptions::distinct),
              "Where queries are answered, over UDP and TCP. A reply comes from the address that"
                  + " was asked. An interface stands for every address that it has, but link-local"
                  + " ones; addresses that come and go are followed. Port 0 takes any free port.")
          .byDefault("[ \"0.0.0.0:53\", \"[::]:53\" ]");

  private static final Option<OptionalInt> WORKERS =
      optional(
              "workers",
              new OneOf<>(
                  List.of(
                      new Keyword<>(Map.of("auto", OptionalInt.empty())),
                      Notation.integer(1, ServerConfig.MOST_WORKERS).map(OptionalInt::of))),
              "UDP workers for each address; `auto` is one for each core.")
          .byDefault("auto");

  private static final Option<Long> RECEIVE_BUFFER =
      optional(
              "receive_buffer",
              new Ranged<>(Notation.SIZE, 64L << 10, 1L << 30, "64KiB to 1GiB"),
              "The receive buffer asked for each UDP socket. The system may give less; the size in"
                  + " effect is logged.")
          .byDefault("4MiB");

  private static final Option<Integer> CONNECTIONS =
      optional(
              "connections",
              Notation.integer(1, 1_000_000),
              "Connections at most, in all. When one more comes, the one that has been idle for"
                  + " longest is closed.")
          .byDefault("10000");

  private static final Option<Integer> PER_CLIENT =
      optional(
              "per_client",
              Notation.integer(1, 1_000_000),
              "Connections at most from one IPv4 address or IPv6 /64. One more is refused.")
          .byDefault("1000");

  private static final Option<Duration> FIRST_QUERY =
      optional(
              "first_query",
              Notation.duration("100ms", "10m"),
              "How long a connection may last before its first whole query.")
          .byDefault("5s");

  private static final Option<Duration> IDLE =
      optional(
              "idle",
              Notation.duration("100ms", "1h"),
              "How long a connection may last after its last whole query. Parts of the next one"
                  + " do not prolong it.")
          .byDefault("10s");

  private static final Option<Long> UNREAD =
      optional(
              "unread",
              new Ranged<>(Notation.SIZE, 1L << 10, 16L << 20, "1KiB to 16MiB"),
              "How much of its replies a client may leave unread before no further query of that"
                  + " connection is answered.")
          .byDefault("16KiB");

  private static final Option<Duration> STALL =
      optional(
              "stall",
              Notation.duration("100ms", "10m"),
              "How long a client may leave that much unread before the connection is closed.")
          .byDefault("5s");

  private static final Option<TcpLimits> TCP =
      optional(
              "tcp",
              ObjectOf.of(
                  "tcp",
                  "What TCP clients may hold (RFC 7766, RFC 9210). Queries on one connection are"
                      + " answered in their order, as many as come.",
                  List.of(CONNECTIONS, PER_CLIENT, FIRST_QUERY, IDLE, UNREAD, STALL),
                  ServerOptions::tcp),
              "Limits of TCP.")
          .byDefault("{}");

  private static final Option<Path> STATE_DIR =
      optional(
              "state_dir",
              Notation.PATH,
              "Where what must survive a restart is kept, and the lock of the one running node.")
          .byDefault("/var/lib/azimuth");

  private static final Option<Boolean> RELOAD =
      optional(
              "reload",
              new Keyword<>(Keyword.words("auto", true, "manual", false)),
              "Whether a changed file is taken up by itself, or only when asked to.")
          .byDefault("auto");

  private static final Option<ServerConfig.Cookies> COOKIES =
      optional(
              "cookies",
              CookieOptions.COOKIES,
              "DNS cookies, by which clients and the server know that the other's address is not"
                  + " forged. `random` makes a secret at each start, which no other server knows.")
          .byDefault("random");

  private static final Option<ServerConfig.Identity> IDENTITY =
      optional("identity", IdentityOptions.IDENTITY, "What the server tells of itself.")
          .byDefault("{}");

  private static final Option<Path> SALT_FILE =
      required(
          "file",
          Notation.PATH,
          "One secret of 128 bits: a line of 32 hexadecimal digits. Empty lines and those that begin"
              + " with `#` say nothing. A changed file is taken up like a changed configuration, and"
              + " moves nearly every client to another backend.");

  private static final Option<Path> STICKY_SALT =
      optional(
          "sticky_salt",
          ObjectOf.of(
              "sticky_salt",
              "What all servers of a zone need to send a client to the same backend. It never stands"
                  + " in the configuration itself.",
              List.of(SALT_FILE),
              values -> values.get(SALT_FILE)),
          "The secret with which sticky choices are made. Without it one is made in"
              + " `state_dir/sticky_salt`, which no other server knows.");

  private static final Option<ServerConfig.QueryLog> QUERY_LOG =
      optional(
          "query_log",
          QueryLogOptions.QUERY_LOG,
          "A log of the queries that are answered. Without it there is none, and it costs nothing.");

  private static final Option<ServerConfig.Access> ACCESS =
      optional("access", AdmissionOptions.ACCESS, "Who may ask.").byDefault("{}");

  private static final Option<RateLimit> RATE_LIMIT =
      optional(
          "rate_limit",
          AdmissionOptions.RATE_LIMIT,
          "Limits the responses to one network over UDP. Without it there is no limit.");

  private static final Option<ServerConfig.DebugTold> DEBUG_NAME =
      optional(
          "debug_name",
          AdmissionOptions.DEBUG_NAME,
          "A name whose TXT record tells a client what the server saw of it. Without it there is"
              + " none.");

  static final ObjectOf<ServerConfig> SERVER =
      ObjectOf.of(
          "server",
          "The process: its sockets, its folder, its admin listener.",
          List.of(
              LISTEN,
              WORKERS,
              RECEIVE_BUFFER,
              TCP,
              STATE_DIR,
              ADMIN,
              RELOAD,
              COOKIES,
              IDENTITY,
              STICKY_SALT,
              QUERY_LOG,
              ACCESS,
              RATE_LIMIT,
              DEBUG_NAME),
          ServerOptions::server);

  private ServerOptions() {}

  private static @Nullable ServerConfig server(ObjectOf.Values values) {
    ServerConfig.Admin admin = values.find(ADMIN);
    if (admin != null
        && addresses(values.get(LISTEN)).anyMatch(at -> Overlap.of(at, admin.listen()))) {
      values
          .site(ADMIN)
          .error(
              Code.DUPLICATE_VALUE,
              "\"server.listen\" listens on %s already"
                  .formatted(ExpandedForm.endpoint(admin.listen())),
              "give it another address or port");
      return null;
    }
    return new ServerConfig(
        values.get(LISTEN),
        values.get(WORKERS),
        Math.toIntExact(values.get(RECEIVE_BUFFER)),
        values.get(TCP),
        values.get(STATE_DIR),
        admin,
        values.get(RELOAD),
        values.get(COOKIES),
        values.get(IDENTITY),
        values.find(STICKY_SALT),
        values.find(QUERY_LOG),
        values.get(ACCESS),
        values.find(RATE_LIMIT),
        values.find(DEBUG_NAME));
  }

  private static TcpLimits tcp(ObjectOf.Values values) {
    return new TcpLimits(
        values.get(FIRST_QUERY),
        values.get(IDLE),
        values.get(STALL),
        Math.toIntExact(values.get(UNREAD)),
        values.get(CONNECTIONS),
        values.get(PER_CLIENT));
  }

  private static Stream<InetSocketAddress> addresses(List<ServerConfig.Listen> listen) {
    return listen.stream()
        .filter(ServerConfig.Listen.Address.class::isInstance)
        .map(each -> ((ServerConfig.Listen.Address) each).at());
  }

  private static @Nullable List<ServerConfig.Listen> distinct(
      List<ServerConfig.Listen> listen, Site site) {
    for (int i = 0; i < listen.size(); i++) {
      for (ServerConfig.Listen before : listen.subList(0, i)) {
        if (!apart(before, listen.get(i))) {
          site.error(
              Code.DUPLICATE_VALUE, "an address and port is listed twice, or one has the others");
          return null;
        }
      }
    }
    return listen;
  }

  private static boolean apart(ServerConfig.Listen a, ServerConfig.Listen b) {
    return switch (a) {
      case ServerConfig.Listen.Address(InetSocketAddress at) ->
          !(b instanceof ServerConfig.Listen.Address(InetSocketAddress other))
              || !Overlap.of(at, other);
      case ServerConfig.Listen.Interface(String name, int port) -> port == 0 || !a.equals(b);
    };
  }
}
