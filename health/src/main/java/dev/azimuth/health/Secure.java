package dev.azimuth.health;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
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

  /** Roots of one's own. Immutable and equal by content, of which a digest speaks. */
  public static final class Authority {
    private final Path file;
    private final List<X509Certificate> certificates;
    private final String digest;

    /**
     * @param file where they come from
     * @param certificates at least one
     * @throws IllegalArgumentException when one of them cannot be encoded
     */
    public Authority(Path file, List<X509Certificate> certificates) {
      this.file = file;
      this.certificates = List.copyOf(certificates);
      digest = digest(this.certificates);
    }

    private static String digest(List<X509Certificate> certificates) {
      try {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        for (X509Certificate certificate : certificates) {
          sha.update(certificate.getEncoded());
        }
        return HexFormat.of().formatHex(sha.digest());
      } catch (CertificateEncodingException e) {
        throw new IllegalArgumentException("a certificate without an encoding", e);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JVM has SHA-256", e);
      }
    }

    /** Where they come from. */
    public Path file() {
      return file;
    }

    /** At least one. */
    public List<X509Certificate> certificates() {
      return certificates;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Authority that
          && file.equals(that.file)
          && digest.equals(that.digest);
    }

    @Override
    public int hashCode() {
      return 31 * file.hashCode() + digest.hashCode();
    }

    /** Short, since keys of the state on disk contain it: the file and the SHA-256 of all. */
    @Override
    public String toString() {
      return file + " sha256:" + digest;
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
