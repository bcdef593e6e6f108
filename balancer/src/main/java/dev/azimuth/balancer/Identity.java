package dev.azimuth.balancer;

import dev.azimuth.health.PemKeys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** One certificate with its key, ready to be shown. Immutable; tells nothing of the key. */
final class Identity {
  /**
   * How long a client may go on with a session that it had (RFC 8446 section 4.6.1: a week at
   * most).
   */
  private static final Duration RESUMED = Duration.ofHours(1);

  private static final int DNS_NAME = 2;

  private final List<X509Certificate> chain;
  private final PrivateKey key;
  private final SSLContext context;

  private Identity(List<X509Certificate> chain, PrivateKey key) throws GeneralSecurityException {
    this.chain = List.copyOf(chain);
    this.key = key;
    context = shown();
  }

  /**
   * Reads both files.
   *
   * @param before what is kept where the files say the same, with the sessions of its clients; null
   *     for none
   * @throws IOException when they cannot be used, with the file and the reason
   */
  static Identity load(Settings.Certificate files, @Nullable Identity before) throws IOException {
    List<X509Certificate> chain = certificates(files.chain());
    PrivateKey key = PemKeys.read(files.key());
    if (before != null && before.chain.equals(chain) && before.key.equals(key)) {
      return before;
    }
    try {
      if (!PemKeys.fits(key, chain.getFirst())) {
        throw new IOException(files.key() + " is not the key of " + files.chain());
      }
      return new Identity(chain, key);
    } catch (GeneralSecurityException e) {
      throw new IOException(files.chain() + " and its key cannot be used", e);
    }
  }

  /**
   * The certificates of a file in PEM, at least one.
   *
   * @throws IOException when there are none, with the file
   */
  static List<X509Certificate> certificates(Path file) throws IOException {
    List<X509Certificate> found = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        if (each instanceof X509Certificate certificate) {
          found.add(certificate);
        }
      }
    } catch (GeneralSecurityException e) {
      throw new IOException(file + " has no certificates that can be read", e);
    }
    if (found.isEmpty()) {
      throw new IOException(file + " has no certificate");
    }
    return found;
  }

  private SSLContext shown() throws GeneralSecurityException {
    try {
      char[] password = {};
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("key", key, password, chain.toArray(X509Certificate[]::new));
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, password);
      SSLContext made = SSLContext.getInstance("TLS");
      made.init(keys.getKeyManagers(), null, new SecureRandom());
      made.getServerSessionContext().setSessionTimeout((int) RESUMED.toSeconds());
      return made;
    } catch (IOException e) {
      throw new GeneralSecurityException("an empty key store cannot be made", e);
    }
  }

  /** What shows it to clients. */
  SSLContext context() {
    return context;
  }

  /** The names that it is for, in lower case: host names, and wildcards of one label. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> all = chain.getFirst().getSubjectAlternativeNames();
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
}
