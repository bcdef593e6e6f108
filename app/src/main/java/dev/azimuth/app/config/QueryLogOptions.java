package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;
import static dev.azimuth.app.config.Option.required;

import dev.azimuth.app.config.ServerConfig.LogFormat;
import dev.azimuth.app.config.ServerConfig.LogTarget;
import dev.azimuth.app.config.Shape.Keyword;
import dev.azimuth.app.config.Shape.Kind;
import dev.azimuth.app.config.Shape.Scalar;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The {@code server.query_log} part of the language. */
final class QueryLogOptions {
  /** The longest path of a unix socket, in octets: Linux has 108 with the final zero. */
  private static final int LONGEST_SOCKET = 107;

  private static final Option<LogFormat> FORMAT =
      optional(
              "format",
              new Keyword<>(
                  Keyword.words(
                      "text", LogFormat.TEXT, "json", LogFormat.JSON, "dnstap", LogFormat.DNSTAP)),
              "A line of words for each query, or a JSON object on a line, or dnstap: whole"
                  + " messages as protocol buffers in Frame Streams.")
          .byDefault("text");

  private static final Option<Path> FILE =
      optional(
          "file",
          Notation.PATH,
          "A file that is appended to. One that is moved away is made anew, so that any tool may"
              + " rotate it. A file of dnstap cannot be appended to: what is there is moved to"
              + " `FILE.old`.");

  private static final Option<Path> UNIX =
      optional(
          "unix",
          Notation.PATH.checked(
              (path, site) ->
                  path.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET,
              "the path of a unix socket has at most " + LONGEST_SOCKET + " octets"),
          "A unix stream socket that another program listens on.");

  private static final Option<InetSocketAddress> TCP =
      optional(
          "tcp",
          Notation.ENDPOINT.checked(
              (at, site) -> at.getPort() != 0, "a port that can be connected to is above 0"),
          "The address and port that another program listens on.");

  private static final Option<LogTarget> TO =
      required(
          "to",
          ObjectOf.of(
                  "query_log_target",
                  "Where the log goes. A connection that cannot be had or breaks is tried again,"
                      + " after 100 ms at first and 10 s at most.",
                  List.of(FILE, UNIX, TCP),
                  QueryLogOptions::target)
              .exactlyOne(FILE, UNIX, TCP),
          "Where the log goes.");

  private static final Option<Integer> SAMPLE =
      optional(
              "sample",
              new Scalar<>(
                  "SHARE",
                  Kind.TEXT,
                  "a share such as 1/100",
                  "1/[1-9][0-9]{0,8}",
                  text -> Integer.valueOf(text.substring(2))),
              "Which share of the queries is logged: of each worker every so many-th.")
          .byDefault("1/1");

  private static final Option<Boolean> CLIENTS =
      optional(
              "clients",
              new Keyword<>(Keyword.words("whole", false, "prefix", true)),
              "`prefix` leaves only the first 24 bits of an IPv4 address and the first 56 of an"
                  + " IPv6 address, of client subnets too, and no port. Not for dnstap, whose"
                  + " messages would tell all the same.")
          .byDefault("whole");

  static final ObjectOf<ServerConfig.QueryLog> QUERY_LOG =
      ObjectOf.of(
          "query_log",
          "A log of the queries that are answered, whole or sampled. No answer ever waits for it:"
              + " each worker has room for 1 MiB of records, and what finds none is counted in"
              + " `azimuth_query_log_dropped_total`.",
          List.of(FORMAT, TO, SAMPLE, CLIENTS),
          QueryLogOptions::queryLog);

  private QueryLogOptions() {}

  private static LogTarget target(ObjectOf.Values values) {
    Path file = values.find(FILE);
    if (file != null) {
      return new LogTarget.File(file);
    }
    Path unix = values.find(UNIX);
    return unix != null
        ? new LogTarget.Unix(unix)
        : new LogTarget.Tcp(Objects.requireNonNull(values.find(TCP)));
  }

  private static ServerConfig.@Nullable QueryLog queryLog(ObjectOf.Values values) {
    if (values.get(FORMAT) == LogFormat.DNSTAP && values.get(CLIENTS)) {
      values
          .site(CLIENTS)
          .error(
              Code.VALUE,
              "dnstap holds whole messages, whose client subnets and cookies tell of clients",
              "clients: whole, or another format");
      return null;
    }
    return new ServerConfig.QueryLog(
        values.get(FORMAT), values.get(TO), values.get(SAMPLE), values.get(CLIENTS));
  }
}
