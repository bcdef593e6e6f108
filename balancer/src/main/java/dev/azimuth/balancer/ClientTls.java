package dev.azimuth.balancer;

import dev.azimuth.health.CertificateJudge;
import dev.azimuth.health.Secure;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** TLS that is spoken to backends. Immutable. */
final class ClientTls {
  private final Settings.Onward onward;
  private final SSLContext context;

  /**
   * @throws IOException when it cannot be had
   */
  ClientTls(Settings.Onward onward) throws IOException {
    this.onward = onward;
    try {
      context = SSLContext.getInstance("TLS");
      context.init(null, judges(), new SecureRandom());
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS to backends cannot be had", e);
    }
  }

  private TrustManager[] judges() throws GeneralSecurityException, IOException {
    if (!onward.verify()) {
      return InsecureTrustManagerFactory.INSTANCE.getTrustManagers();
    }
    KeyStore store = null; // those of the JVM
    Secure.Authority authorities = onward.authorities();
    if (authorities != null) {
      store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (X509Certificate each : authorities.certificates()) {
        store.setCertificateEntry("authority" + store.size(), each);
      }
    }
    TrustManagerFactory judges =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    judges.init(store);
    return Arrays.stream(judges.getTrustManagers())
        .map(
            each -> each instanceof X509ExtendedTrustManager jvm ? new CertificateJudge(jvm) : each)
        .toArray(TrustManager[]::new);
  }

  /**
   * What shakes hands with a backend.
   *
   * @param server that the client asked for; null for none
   * @param protocol that the client speaks, by ALPN; null for none
   * @return null where there is no name to verify a certificate against
   */
  @Nullable SSLEngine engine(@Nullable String server, @Nullable String protocol) {
    String name = onward.name() == null ? server : onward.name();
    if (name == null && onward.verify()) {
      return null;
    }
    // Without a port sessions are not resumed: they would be, by name, at any backend.
    SSLEngine engine = name == null ? context.createSSLEngine() : context.createSSLEngine(name, -1);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    if (name != null) {
      parameters.setServerNames(List.of(new HostName(name)));
    }
    if (onward.verify()) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    if (protocol != null) {
      parameters.setApplicationProtocols(new String[] {protocol});
    }
    engine.setSSLParameters(parameters);
    return engine;
  }

  /** A host name as it is; the JDK's own class takes no underscore. */
  private static final class HostName extends SNIServerName {
    HostName(String name) {
      super(StandardConstants.SNI_HOST_NAME, name.getBytes(StandardCharsets.US_ASCII));
    }
  }
}
