package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;

import dev.azimuth.app.config.ServerConfig.Told;
import dev.azimuth.app.config.Shape.Keyword;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The {@code server.identity} part of the language. */
final class IdentityOptions {
  /** How octets are written instead of a text. */
  private static final String OCTETS = "0x([0-9A-Fa-f]{2}){1,128}";

  private static final Keyword<Told> OFF = new Keyword<>(Map.of("off", new Told.Off()));

  private static final Option<Told> NSID =
      optional(
              "nsid",
              new OneOf<>(
                  List.of(
                      OFF,
                      Notation.LINE
                          .checked(
                              (text, site) ->
                                  text.matches(OCTETS)
                                      || (!text.startsWith("0x") && fits(text, 128)),
                              "an identifier has at most 128 octets: a text, or 0x and pairs of"
                                  + " hexadecimal digits")
                          .map(Told.Text::new))),
              "The name server identifier (RFC 5001), for those who ask for it: a text, or `0x` and"
                  + " octets in hexadecimal.")
          .byDefault("\"off\"");

  private static final Option<Told> VERSION =
      optional(
              "version",
              text(),
              "What `version.bind` and `version.server` say (class CH, type TXT); `auto` is the"
                  + " version of Azimuth.")
          .byDefault("auto");

  private static final Option<Told> ID =
      optional("id", text(), "What `id.server` says; `auto` is `nsid` where that is a text.")
          .byDefault("auto");

  private static final Option<Told> HOSTNAME =
      optional("hostname", text(), "What `hostname.bind` says; `auto` is the name of the machine.")
          .byDefault("auto");

  static final ObjectOf<ServerConfig.Identity> IDENTITY =
      ObjectOf.of(
          "identity",
          "What the server tells of itself. What is `off` is not told: such a query of class CH is"
              + " refused.",
          List.of(NSID, VERSION, ID, HOSTNAME),
          values ->
              new ServerConfig.Identity(
                  values.get(NSID), values.get(VERSION), values.get(ID), values.get(HOSTNAME)));

  private IdentityOptions() {}

  private static Shape<Told> text() {
    return new OneOf<>(
        List.of(
            new Keyword<>(Keyword.words("auto", new Told.Auto(), "off", new Told.Off())),
            Notation.LINE
                .checked((text, site) -> fits(text, 255), "a text has at most 255 octets")
                .map(Told.Text::new)));
  }

  private static boolean fits(String text, int octets) {
    return text.getBytes(StandardCharsets.UTF_8).length <= octets;
  }
}
