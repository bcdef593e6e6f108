package dev.azimuth.app.config;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** When a certificate is valid, in words. Pure. */
public final class CertificateTime {
  /** With less left than this an operator is told: to renew it takes time. */
  private static final Duration SOON = Duration.ofDays(7);

  private CertificateTime() {}

  /**
   * What is wrong with the time of a certificate, or soon will be; null for nothing.
   *
   * @param now by the wall clock
   */
  public static @Nullable String trouble(Path file, X509Certificate certificate, Instant now) {
    Instant begins = certificate.getNotBefore().toInstant();
    Instant ends = certificate.getNotAfter().toInstant();
    if (!now.isBefore(ends)) {
      return "the certificate %s ended at %s".formatted(file, ends);
    }
    if (now.isBefore(begins)) {
      return "the certificate %s is not valid before %s".formatted(file, begins);
    }
    return ends.isBefore(now.plus(SOON))
        ? "the certificate %s ends at %s: renew it".formatted(file, ends)
        : null;
  }
}
