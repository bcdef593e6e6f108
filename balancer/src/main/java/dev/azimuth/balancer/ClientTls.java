package dev.azimuth.balancer;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** TLS that is spoken to backends. Immutable. */
final class ClientTls {
  private final Settings.Onward onward;
  private final List<X509Certificate> authorities;
  private final SSLContext context;

  private ClientTls(Settings.Onward onward, List<X509Certificate> authorities)
      throws GeneralSecurityException, IOException {
    this.onward = onward;
    this.authorities = authorities;
    context = SSLContext.getInstance("TLS");
    context.init(null, judges(), new SecureRandom());
  }

  /**
   * Reads the authorities.
   *
   * @param before what was read before, and is kept where nothing has changed; null for nothing
   * @throws IOException when they cannot be used, with the file
   */
  static ClientTls load(Settings.Onward onward, @Nullable ClientTls before) throws IOException {
    Path file = onward.authorities();
    List<X509Certificate> authorities = file == null ? List.of() : Identity.certificates(file);
    if (before != null && before.authorities.equals(authorities)) {
      return before;
    }
    try {
      return new ClientTls(onward, authorities);
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS to backends cannot be had", e);
    }
  }

  private TrustManager[] judges() throws GeneralSecurityException, IOException {
    if (!onward.verify()) {
      return InsecureTrustManagerFactory.INSTANCE.getTrustManagers();
    }
    KeyStore store = null; // those of the JVM
    if (!authorities.isEmpty()) {
      store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (X509Certificate each : authorities) {
        store.setCertificateEntry("authority" + store.size(), each);
      }
    }
    TrustManagerFactory judges =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    judges.init(store);
    return judges.getTrustManagers();
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
