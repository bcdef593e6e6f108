package dev.azimuth.health;

import java.net.Socket;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/** Shows any certificates as if they were a chain, which a key store would refuse. */
final class Shown extends X509ExtendedKeyManager {
  private final PrivateKey key;
  private final X509Certificate[] chain;

  private Shown(PrivateKey key, X509Certificate[] chain) {
    this.key = key;
    this.chain = chain;
  }

  /** The context of a server that shows these. */
  static SSLContext context(PrivateKey key, X509Certificate... chain) throws Exception {
    return context(null, key, chain);
  }

  /**
   * @param trust in certificates of clients; null for the JVM's
   */
  static SSLContext context(KeyStore trust, PrivateKey key, X509Certificate... chain)
      throws Exception {
    TrustManagerFactory judges =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    judges.init(trust);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {new Shown(key, chain)}, judges.getTrustManagers(), null);
    return context;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return chain.clone();
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return key;
  }

  @Override
  public String chooseServerAlias(String kind, Principal[] issuers, Socket socket) {
    return kind.equals(key.getAlgorithm()) ? "shown" : null;
  }

  @Override
  public String chooseEngineServerAlias(String kind, Principal[] issuers, SSLEngine engine) {
    return chooseServerAlias(kind, issuers, null);
  }

  @Override
  public String[] getServerAliases(String kind, Principal[] issuers) {
    return new String[] {"shown"};
  }

  @Override
  public String[] getClientAliases(String kind, Principal[] issuers) {
    return new String[0];
  }

  @Override
  public String chooseClientAlias(String[] kinds, Principal[] issuers, Socket socket) {
    return null;
  }
}
