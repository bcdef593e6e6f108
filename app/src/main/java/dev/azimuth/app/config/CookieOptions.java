package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.required;

import dev.azimuth.app.config.ServerConfig.Cookies;
import dev.azimuth.app.config.Shape.Keyword;
import java.nio.file.Path;
import java.util.List;

/** The {@code server.cookies} part of the language. */
final class CookieOptions {
  private static final Option<Path> FILE =
      required(
          "file",
          SecretPath.PATH,
          "One to three secrets of 128 bits, each a line of 32 hexadecimal digits. The first makes"
              + " cookies, those of all are accepted. Empty lines and those that begin with `#` say"
              + " nothing. A changed file is taken up like a changed configuration.");

  private static final Option<Path> SECRET =
      required(
          "secret",
          ObjectOf.of(
              "cookie_secret",
              "What all servers of a zone need to accept each other's cookies. It never stands in"
                  + " the configuration itself.",
              List.of(FILE),
              values -> values.get(FILE)),
          "The secrets that the servers of a zone share.");

  static final Shape<Cookies> COOKIES =
      new OneOf<>(
          List.of(
              new Keyword<>(
                  Keyword.words("random", new Cookies.Random(), "off", new Cookies.Off())),
              ObjectOf.of(
                  "cookies",
                  "DNS cookies (RFC 7873, RFC 9018) with a secret of the operator.",
                  List.of(SECRET),
                  values -> new Cookies.Shared(values.get(SECRET)))));

  private CookieOptions() {}
}
