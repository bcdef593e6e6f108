package dev.azimuth.balancer;

import dev.azimuth.health.Secure;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** One certificate with its key, ready to be shown. Immutable; tells nothing of the key. */
final class Identity {
  /**
   * How long a client may go on with a session that it had (RFC 8446 section 4.6.1: a week at
   * most).
   */
  private static final Duration RESUMED = Duration.ofHours(1);

  private static final TrustManager[] NO_TRUST = {};

  private final Secure.Identity shown;
  private final SSLContext context;

  /**
   * @throws IOException when nothing can be shown with it, with the file
   */
  Identity(Secure.Identity shown) throws IOException {
    this.shown = shown;
    PrivateKey key = shown.key();
    if (key == null) {
      throw new IOException(shown.keyFile() + " has not been read");
    }
    try {
      context = context(key, shown.certificates());
    } catch (GeneralSecurityException e) {
      throw new IOException(shown.chain() + " and its key cannot be used", e);
    }
  }

  private static SSLContext context(PrivateKey key, List<X509Certificate> chain)
      throws GeneralSecurityException, IOException {
    char[] password = {};
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("key", key, password, chain.toArray(X509Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    SSLContext made = SSLContext.getInstance("TLS");
    // Clients show no certificate; and to read the authorities of the system takes milliseconds.
    made.init(keys.getKeyManagers(), NO_TRUST, new SecureRandom());
    made.getServerSessionContext().setSessionTimeout((int) RESUMED.toSeconds());
    return made;
  }

  /** What it was made of. */
  Secure.Identity shown() {
    return shown;
  }

  /** What shows it to clients. */
  SSLContext context() {
    return context;
  }
}
