package dev.azimuth.health;

import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Client TLS for probes. Safe for use by any number of threads. */
final class Tls {
  private static final TrustManager[] ANYONE =
      InsecureTrustManagerFactory.INSTANCE.getTrustManagers();

  private final TrustManager[] roots;
  private final Map<Secure.Authority, TrustManager[]> own = new ConcurrentHashMap<>();

  /**
   * @param trust whose certificates are trusted; null for the JVM's default trust store
   * @throws IllegalStateException when the JVM can make no trust manager of it
   */
  Tls(@Nullable KeyStore trust) {
    roots = trusting(trust);
  }

  private static TrustManager[] trusting(@Nullable KeyStore trust) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trust);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager judge) {
          return new TrustManager[] {new CertificateJudge(judge)};
        }
      }
      throw new IllegalStateException("no judge of certificates in this JVM");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no usable trust store", e);
    }
  }

  private static TrustManager[] trusting(Secure.Authority authority) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      int number = 0;
      for (X509Certificate certificate : authority.certificates()) {
        store.setCertificateEntry("root" + number++, certificate);
      }
      return trusting(store);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("no usable trust store", e);
    }
  }

  /** Gets ready for these and forgets all others: it may take a while. */
  void prepare(Set<Secure.Authority> authorities) {
    own.keySet().retainAll(authorities);
    for (Secure.Authority authority : authorities) {
      own.computeIfAbsent(authority, Tls::trusting);
    }
  }

  /**
   * A handler for one connection. Each has a context of its own: a shared one would resume
   * sessions, and a resumed session does not look at the certificate again.
   *
   * @param protocol the only one to agree on by ALPN; null for none
   */
  SslHandler handler(Secure secure, int port, @Nullable String protocol) {
    SSLEngine engine = context(secure).createSSLEngine(secure.name(), port);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    if (secure.name() != null && !isAddress(secure.name())) {
      parameters.setServerNames(List.of(new ServerName(secure.name())));
    }
    if (secure.verify()) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    if (protocol != null) {
      parameters.setApplicationProtocols(new String[] {protocol});
    }
    engine.setSSLParameters(parameters);
    SslHandler handler = new SslHandler(engine);
    handler.setHandshakeTimeoutMillis(0); // the deadline of the probe covers the handshake
    return handler;
  }

  private SSLContext context(Secure secure) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(shown(secure), trusted(secure), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no TLS in this JVM", e);
    }
  }

  private static KeyManager @Nullable [] shown(Secure secure) {
    Secure.Identity identity = secure.identity();
    return identity == null ? null : new KeyManager[] {new PresentedIdentity(identity)};
  }

  private TrustManager[] trusted(Secure secure) {
    if (!secure.verify()) {
      return ANYONE;
    }
    return secure.authority() == null
        ? roots
        : own.computeIfAbsent(secure.authority(), Tls::trusting);
  }

  private static boolean isAddress(String host) {
    return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
  }

  /** SNIHostName without its refusal of underscores, which internal names have. */
  private static final class ServerName extends SNIServerName {
    ServerName(String host) {
      super(StandardConstants.SNI_HOST_NAME, host.getBytes(StandardCharsets.US_ASCII));
    }
  }
}
