package dev.azimuth.app.config;

import dev.azimuth.health.PemKeys;
import dev.azimuth.health.Secure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/** What is in files in PEM form that tests have. */
final class Pem {
  private Pem() {}

  static Secure.Identity identity(Path chain, Path key) {
    try {
      return new Secure.Identity(chain, key, certificates(chain), PemKeys.read(key));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Secure.Authority authority(Path file) {
    return new Secure.Authority(file, certificates(file));
  }

  private static List<X509Certificate> certificates(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
          .map(X509Certificate.class::cast)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (CertificateException e) {
      throw new IllegalStateException(e);
    }
  }
}
