package dev.azimuth.health;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a check wants of TLS. Equal by content.
 *
 * @param verify whether the certificate must chain to a trusted root and bear {@code name}
 * @param name sent as SNI where it is no address; null for none
 * @param authority whose certificates are trusted; null for the roots of the JVM
 * @param expiry how near the end of the certificate may be; null where only {@code verify} asks
 */
public record Secure(
    boolean verify, @Nullable String name, @Nullable Authority authority, @Nullable Expiry expiry) {

  /**
   * Roots of one's own.
   *
   * @param file where they come from
   * @param certificates at least one
   */
  public record Authority(Path file, List<X509Certificate> certificates) {
    public Authority {
      certificates = List.copyOf(certificates);
    }
  }

  /**
   * How long a certificate must still be valid.
   *
   * @param warn below it a good result says so
   * @param fail below it the probe fails; at most {@code warn}
   */
  public record Expiry(Duration warn, Duration fail) {}
}
