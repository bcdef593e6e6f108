package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;
import static dev.azimuth.app.config.Option.required;

import dev.azimuth.app.config.Shape.Keyword;
import dev.azimuth.app.config.Shape.Ranged;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
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

  private static final Option<Config.Admin> ADMIN =
      optional(
          "admin",
          new OneOf<>(
              List.of(
                  Notation.ENDPOINT.map(listen -> new Config.Admin(listen, null)),
                  ObjectOf.of(
                      "admin",
                      "The listener of the admin API, of `/metrics` and `/healthz`.",
                      List.of(ADMIN_LISTEN, TOKEN),
                      v -> new Config.Admin(v.get(ADMIN_LISTEN), v.find(TOKEN))))),
          "The admin listener; the short form is its address. Without it there is none.");

  private static final Option<List<InetSocketAddress>> LISTEN =
      optional(
              "listen",
              new ListOf<>(Notation.ENDPOINT, 1, 64, false).then(ServerOptions::distinct),
              "Where queries are answered, over UDP and TCP. A reply comes from the address that"
                  + " was asked. Port 0 takes any free port.")
          .byDefault("[ \"0.0.0.0:53\", \"[::]:53\" ]");

  private static final Option<OptionalInt> WORKERS =
      optional(
              "workers",
              new OneOf<>(
                  List.of(
                      new Keyword<>(Map.of("auto", OptionalInt.empty()), Set.of()),
                      Notation.integer(1, Config.Server.MOST_WORKERS).map(OptionalInt::of))),
              "UDP workers for each address; `auto` is one for each core.")
          .byDefault("auto");

  private static final Option<Long> RECEIVE_BUFFER =
      optional(
              "receive_buffer",
              new Ranged<>(Notation.SIZE, 64L << 10, 1L << 30, "64KiB to 1GiB"),
              "The receive buffer asked for each UDP socket. The system may give less; the size in"
                  + " effect is logged.")
          .byDefault("4MiB");

  private static final Option<Path> STATE_DIR =
      optional(
              "state_dir",
              Notation.PATH,
              "Where what must survive a restart is kept, and the lock of the one running node.")
          .byDefault("/var/lib/azimuth");

  private static final Option<Boolean> RELOAD =
      optional(
              "reload",
              new Keyword<>(Keyword.words("auto", true, "manual", false), Set.of()),
              "Whether a changed file is taken up by itself, or only when asked to.")
          .byDefault("auto");

  private static final Option<Config.Cookies> COOKIES =
      optional(
              "cookies",
              CookieOptions.COOKIES,
              "DNS cookies, by which clients and the server know that the other's address is not"
                  + " forged. `random` makes a secret at each start, which no other server knows.")
          .byDefault("random");

  private static final Option<Config.Identity> IDENTITY =
      optional("identity", IdentityOptions.IDENTITY, "What the server tells of itself.")
          .byDefault("{}");

  static final ObjectOf<Config.Server> SERVER =
      ObjectOf.of(
              "server",
              "The process: its sockets, its folder, its admin listener.",
              List.of(LISTEN, WORKERS, RECEIVE_BUFFER, STATE_DIR, ADMIN, RELOAD, COOKIES, IDENTITY),
              ServerOptions::server)
          .later(
              Map.of(
                  "access", "who may ask, and from where the PROXY protocol is believed",
                  "rate_limit", "limiting the answers to one network",
                  "debug_name", "a name that shows who asks"));

  private ServerOptions() {}

  private static Config.Server server(ObjectOf.Values values) {
    return new Config.Server(
        values.get(LISTEN),
        values.get(WORKERS),
        Math.toIntExact(values.get(RECEIVE_BUFFER)),
        values.get(STATE_DIR),
        values.find(ADMIN),
        values.get(RELOAD),
        values.get(COOKIES),
        values.get(IDENTITY));
  }

  private static @Nullable List<InetSocketAddress> distinct(
      List<InetSocketAddress> listen, Site site) {
    Set<InetSocketAddress> seen = new HashSet<>();
    for (InetSocketAddress address : listen) {
      if (address.getPort() != 0 && !seen.add(address)) {
        site.error(Code.DUPLICATE_VALUE, "an address and port is listed twice");
        return null;
      }
    }
    return listen;
  }
}
