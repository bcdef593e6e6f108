package dev.azimuth.app.config;

import static dev.azimuth.app.config.Option.optional;
import static dev.azimuth.app.config.Option.required;

import dev.azimuth.health.PemKeys;
import dev.azimuth.health.Secure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys of checks over TLS. */
final class SecureOptions {
  private static final int MAX_AUTHORITY = 1 << 20;

  static final Option<String> HOST =
      optional(
          "host",
          Notation.HOST_OR_ADDRESS,
          "The Host header or `:authority`, the SNI and the name that the certificate must bear."
              + " Checks over TLS need it unless `verify` is false.");

  static final Option<Boolean> VERIFY =
      optional(
              "verify",
              Notation.BOOLEAN,
              "Whether the certificate must chain to a trusted root and bear `host`.")
          .byDefault("true");

  static final Option<String> SNI =
      optional(
          "sni",
          Notation.HOST_OR_ADDRESS,
          "The SNI and the name that the certificate must bear, where that is not `host`.");

  private static final Option<Secure.Authority> AUTHORITY_FILE =
      required(
          "file",
          Notation.PATH.then(SecureOptions::authority),
          "Certificates in PEM form. A changed file is taken up like a changed configuration.");

  static final Option<Secure.Authority> AUTHORITY =
      optional(
          "ca",
          ObjectOf.of(
              "ca",
              "Roots that are trusted in place of those of the JVM.",
              List.of(AUTHORITY_FILE),
              values -> values.get(AUTHORITY_FILE)),
          "Who may have issued the certificate.");

  static final Option<Secure.Identity> CERTIFICATE =
      optional(
          "certificate",
          ObjectOf.of(
              "check certificate",
              "A certificate with its key. Changed files are taken up like a changed configuration.",
              List.of(BalancerTls.CHAIN, BalancerTls.KEY),
              SecureOptions::identity),
          "What is shown to servers that ask for a certificate.");

  private static final Option<Duration> WARN =
      optional(
              "warn",
              Notation.duration("0s", "3650d"),
              "With less time left than this a good result says so.")
          .byDefault("14d");

  private static final Option<Duration> FAIL =
      optional(
              "fail",
              Notation.duration("0s", "3650d"),
              "With less time left than this the probe fails; at most `warn`.")
          .byDefault("2d");

  static final Option<Secure.Expiry> EXPIRES =
      optional(
          "expires",
          ObjectOf.of(
              "expires",
              "How long the certificate must still be valid.",
              List.of(WARN, FAIL),
              SecureOptions::expiry),
          "How long the certificate must still be valid; without it it may end at any time to come.");

  static final List<Option<?>> ALL = List.of(HOST, VERIFY, SNI, AUTHORITY, CERTIFICATE, EXPIRES);

  private SecureOptions() {}

  /** What is said of TLS; null when that cannot work, which is told. */
  static @Nullable Secure secure(ObjectOf.Values values, Option<?> kind) {
    boolean verify = values.get(VERIFY);
    String sni = values.find(SNI);
    String name = sni == null ? values.find(HOST) : sni;
    if (verify && name == null) {
      values
          .site(kind)
          .error(
              Code.HOST_NEEDED,
              "there is no name that the certificate could be verified against",
              "add host: www.example.com, or verify: false");
      return null;
    }
    Secure.Authority authority = values.find(AUTHORITY);
    if (!verify && authority != null) {
      values
          .site(AUTHORITY)
          .error(Code.NO_EFFECT, "\"ca\" has no effect beside verify: false", "leave it out");
      return null;
    }
    return new Secure(verify, name, authority, values.find(CERTIFICATE), values.find(EXPIRES));
  }

  private static Secure.@Nullable Expiry expiry(ObjectOf.Values values) {
    Duration warn = values.get(WARN);
    Duration fail = values.get(FAIL);
    if (fail.compareTo(warn) > 0) {
      values
          .site(FAIL)
          .error(Code.RANGE, "\"fail\" is longer than \"warn\"", "make it at most that long");
      return null;
    }
    return new Secure.Expiry(warn, fail);
  }

  /** A certificate with its key, as far as that may be read; null when they are of no use. */
  static Secure.@Nullable Identity identity(ObjectOf.Values values) {
    Path chain = values.get(BalancerTls.CHAIN);
    Path file = values.get(BalancerTls.KEY);
    List<X509Certificate> certificates = certificates(chain, values.site(BalancerTls.CHAIN));
    if (certificates == null) {
      return null;
    }
    try {
      PrivateKey key = readable(file);
      if (key == null || PemKeys.fits(key, certificates.getFirst())) {
        String trouble = CertificateTime.trouble(chain, certificates.getFirst(), Instant.now());
        if (trouble != null) {
          values.site(BalancerTls.CHAIN).warning(Code.CERTIFICATE_TIME, trouble, null);
        }
        return new Secure.Identity(chain, file, certificates, key);
      }
      values.site(BalancerTls.KEY).error(Code.VALUE, file + " is not the key of " + chain);
    } catch (GeneralSecurityException e) {
      values.site(BalancerTls.KEY).error(Code.VALUE, file + " is no key that can be used");
    } catch (IOException e) {
      values.site(BalancerTls.KEY).error(Code.VALUE, TextFile.reason(e));
    }
    return null;
  }

  /** The key of a file; null when it may not be read, of which who looked before has told. */
  private static @Nullable PrivateKey readable(Path file) throws IOException {
    try {
      return PemKeys.read(file);
    } catch (AccessDeniedException e) {
      return null;
    }
  }

  static Secure.@Nullable Authority authority(Path file, Site site) {
    List<X509Certificate> certificates = certificates(file, site);
    return certificates == null ? null : new Secure.Authority(file, certificates);
  }

  /** The certificates in a file, which is watched from now on; null when it has none. */
  static @Nullable List<X509Certificate> certificates(Path file, Site site) {
    site.reading().files().add(file);
    try {
      byte[] pem = TextFile.read(file, MAX_AUTHORITY).getBytes(StandardCharsets.UTF_8);
      List<X509Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (certificates.isEmpty()) {
        site.error(Code.VALUE, file + " has no certificate");
        return null;
      }
      return certificates;
    } catch (IOException e) {
      site.error(Code.FILE, "cannot read %s: %s".formatted(file, TextFile.reason(e)));
    } catch (CertificateException e) {
      site.error(Code.VALUE, file + " has no certificates in PEM form");
    }
    return null;
  }
}
