package dev.azimuth.health;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a check wants of TLS. Equal by content.
 *
 * @param verify whether the certificate must chain to a trusted root and bear {@code name}
 * @param name sent as SNI where it is no address; null for none
 * @param authority whose certificates are trusted; null for the roots of the JVM
 * @param identity shown to servers that ask for a certificate; null for none
 * @param expiry how near the end of the certificate may be; null where only {@code verify} asks
 */
public record Secure(
    boolean verify,
    @Nullable String name,
    @Nullable Authority authority,
    @Nullable Identity identity,
    @Nullable Expiry expiry) {

  /** Without an identity. */
  public Secure(
      boolean verify,
      @Nullable String name,
      @Nullable Authority authority,
      @Nullable Expiry expiry) {
    this(verify, name, authority, null, expiry);
  }

  /** The same without what is secret, or changes with it. */
  Secure withoutSecrets() {
    return new Secure(verify, name, authority, expiry);
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

    /** Short: the file and the SHA-256 of all. */
    @Override
    public String toString() {
      return file + " sha256:" + digest;
    }
  }

  /**
   * A certificate with its key. A key that this process may not read is none: it is what an
   * examination has that runs where secrets are not. Immutable; equal by files and certificates,
   * since no other key fits these; tells nothing of the key.
   */
  public static final class Identity {
    private static final int DNS_NAME = 2;

    private final Path chain;
    private final Path keyFile;
    private final List<X509Certificate> certificates;
    private final @Nullable PrivateKey key;
    private final String digest;

    /**
     * @param chain where the certificates come from
     * @param keyFile where the key comes from
     * @param certificates the own one first, at least that
     * @param key that of the first; null when it may not be read
     * @throws IllegalArgumentException when one of them cannot be encoded
     */
    public Identity(
        Path chain, Path keyFile, List<X509Certificate> certificates, @Nullable PrivateKey key) {
      this.chain = chain;
      this.keyFile = keyFile;
      this.certificates = List.copyOf(certificates);
      this.key = key;
      digest = digest(this.certificates);
    }

    /** Where the certificates come from. */
    public Path chain() {
      return chain;
    }

    /** Where the key comes from. */
    public Path keyFile() {
      return keyFile;
    }

    /** The own one first, at least that. */
    public List<X509Certificate> certificates() {
      return certificates;
    }

    /** That of the first; null when it may not be read. */
    public @Nullable PrivateKey key() {
      return key;
    }

    /** The names that it is for, in lower case: host names, and wildcards of one label. */
    public List<String> names() {
      List<String> names = new ArrayList<>();
      try {
        Collection<List<?>> all = certificates.getFirst().getSubjectAlternativeNames();
        for (List<?> name : all == null ? List.<List<?>>of() : all) {
          if (name.get(0) instanceof Integer kind
              && kind == DNS_NAME
              && name.get(1) instanceof String text) {
            names.add(text.toLowerCase(Locale.ROOT));
          }
        }
      } catch (CertificateParsingException e) {
        return List.of(); // it is for no name that anybody could ask for
      }
      return names;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Identity that
          && chain.equals(that.chain)
          && keyFile.equals(that.keyFile)
          && digest.equals(that.digest);
    }

    @Override
    public int hashCode() {
      return 31 * chain.hashCode() + digest.hashCode();
    }

    /** The files: what is in them changes. */
    @Override
    public String toString() {
      return chain + " " + keyFile;
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
