package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;
import static dev.azimuth.app.config.Option.required;

import dev.azimuth.app.config.Shape.Keyword;
import dev.azimuth.app.config.Shape.Kind;
import dev.azimuth.app.config.Shape.Scalar;
import dev.azimuth.app.host.SecretFile;
import dev.azimuth.balancer.Settings;
import dev.azimuth.health.Secure;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a balancer has to do with TLS: the names clients ask for, and both ways of ending it. */
final class BalancerTls {
  private static final int LONGEST_KEY = 1 << 16;

  private static final Shape<String> PROTOCOL =
      new Scalar<>(
          "PROTOCOL",
          Kind.TEXT,
          "a name of a protocol for ALPN such as h2 or http/1.1",
          "[!-~]{1,255}",
          text -> text);

  /** Names of protocols (RFC 7301), different ones. */
  static final Shape<List<String>> PROTOCOLS =
      new ListOf<>(PROTOCOL, 1, 16, true).then(BalancerTls::distinct);

  private static final Shape<String> SERVER_NAME =
      new Scalar<>(
          "SERVER_NAME",
          Kind.DOMAIN,
          "a host name such as www.example.com, or \"*.example.com\" for one label more",
          "(\\*\\.)?" + Notation.DOTTED + "\\.?",
          text -> text.length() <= 253 ? Notation.lower(Notation.withoutDot(text)) : null);

  /** Names of servers (RFC 6066, section 3), different ones. */
  static final Shape<List<String>> SERVER_NAMES =
      new ListOf<>(SERVER_NAME, 1, 1000, true).then(BalancerTls::distinct);

  private static final Option<Path> KEY_FILE =
      required(
          "file",
          Notation.PATH.then(BalancerTls::key),
          "The file in PEM form: PKCS #8, PKCS #1 or SEC 1, not encrypted.");

  /** Of a certificate. */
  static final Option<Path> KEY =
      required(
          "key",
          ObjectOf.of(
              "certificate key",
              "A secret. It never stands in the configuration itself.",
              List.of(KEY_FILE),
              values -> values.get(KEY_FILE)),
          "Its private key.");

  /** A certificate. */
  static final Option<Path> CHAIN =
      required(
          "chain",
          Notation.PATH.then(BalancerTls::certificates),
          "A file in PEM form: the certificate, then those that lead to its issuer.");

  private static final Option<List<Secure.Identity>> CERTIFICATES =
      required(
          "certificates",
          new ListOf<>(
              ObjectOf.of(
                  "certificate",
                  "A certificate with its key. Changed files are taken up by themselves.",
                  List.of(CHAIN, KEY),
                  SecureOptions::identity),
              1,
              1000,
              true),
          "Which one a client gets depends on the server that it names; the first is for those that"
              + " name none, or one that no certificate has.");
  private static final Option<Boolean> STRICT =
      optional(
              "strict",
              Notation.BOOLEAN,
              "Whether clients that name no server, or an unknown one, are refused instead.")
          .byDefault("false");
  private static final Option<List<String>> VERSIONS =
      optional(
              "versions",
              new ListOf<>(
                      new Keyword<>(Keyword.words("TLSv1.2", "TLSv1.2", "TLSv1.3", "TLSv1.3")),
                      1,
                      2,
                      true)
                  .then(BalancerTls::distinct),
              "The versions of TLS that are spoken.")
          .byDefault("[ TLSv1.2, TLSv1.3 ]");
  private static final Option<List<String>> OFFERED =
      optional(
          "alpn",
          PROTOCOLS,
          "The protocols that are offered by ALPN (RFC 7301), best first. Without it there is no"
              + " ALPN.");
  static final ObjectOf<Settings.Termination> TLS =
      ObjectOf.of(
          "balancer tls",
          "TLS that the balancer ends: backends get what clients send inside of it.",
          List.of(CERTIFICATES, STRICT, VERSIONS, OFFERED),
          values -> {
            List<String> offered = values.find(OFFERED);
            return new Settings.Termination(
                values.get(CERTIFICATES),
                values.get(STRICT),
                Set.copyOf(values.get(VERSIONS)),
                offered == null ? List.of() : offered);
          });

  private static final Option<String> NAME =
      optional(
          "name",
          Notation.HOST,
          "The name that the certificate of a backend must bear, and SNI. Without it what the"
              + " client named.");
  private static final Option<Secure.Authority> AUTHORITIES =
      optional(
          "authorities",
          Notation.PATH.then(SecureOptions::authority),
          "A file in PEM form with the roots that are trusted in place of those of the JVM.");
  private static final Option<Boolean> VERIFY =
      optional("verify", Notation.BOOLEAN, "Whether certificates of backends are verified at all.")
          .byDefault("true");
  static final Shape<Settings.Onward> ONWARD =
      new OneOf<>(
          List.of(
              Notation.BOOLEAN
                  .checked((yes, site) -> yes, "leave it out, or write true")
                  .map(yes -> new Settings.Onward(null, null, true)),
              ObjectOf.of(
                  "onward_tls",
                  "TLS that the balancer speaks to backends.",
                  List.of(NAME, AUTHORITIES, VERIFY),
                  BalancerTls::onward)));

  private BalancerTls() {}

  private static Settings.@Nullable Onward onward(ObjectOf.Values values) {
    Secure.Authority authorities = values.find(AUTHORITIES);
    boolean verify = values.get(VERIFY);
    if (!verify && authorities != null) {
      values
          .site(AUTHORITIES)
          .error(
              Code.NO_EFFECT, "\"authorities\" has no effect beside verify: false", "leave it out");
      return null;
    }
    return new Settings.Onward(values.find(NAME), authorities, verify);
  }

  private static @Nullable Path certificates(Path file, Site site) {
    return SecureOptions.certificates(file, site) == null ? null : file;
  }

  /** That it can be read, if it may be; whether it fits is judged beside its certificate. */
  private static @Nullable Path key(Path file, Site site) {
    site.reading().files().add(file);
    try {
      if (!TextFile.read(file, LONGEST_KEY).contains("PRIVATE KEY-----")) {
        site.error(Code.VALUE, file + " has no private key in PEM form");
        return null;
      }
    } catch (AccessDeniedException e) {
      site.warning(
          Code.FILE,
          "cannot read %s: %s".formatted(file, TextFile.reason(e)),
          "whether it belongs to the certificate is not known; a node must be allowed to read it");
      return file;
    } catch (IOException e) {
      site.error(Code.FILE, "cannot read %s: %s".formatted(file, TextFile.reason(e)));
      return null;
    }
    String exposed = SecretFile.exposed("the key", file);
    if (exposed != null) {
      site.warning(Code.EXPOSED, exposed, null);
    }
    return file;
  }

  private static @Nullable List<String> distinct(List<String> words, Site site) {
    Set<String> seen = new HashSet<>();
    for (String word : words) {
      if (!seen.add(word)) {
        site.error(Code.DUPLICATE_VALUE, "\"" + word + "\" is listed twice");
        return null;
      }
    }
    return words;
  }
}
