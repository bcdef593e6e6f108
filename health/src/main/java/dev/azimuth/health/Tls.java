package dev.azimuth.health;

import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Client TLS for probes. Safe for use by any number of threads. */
final class Tls {
  private final TrustManager[] trusted;

  /**
   * @param trust whose certificates are trusted; null for the JVM's default trust store
   * @throws IllegalStateException when the JVM can make no trust manager of it
   */
  Tls(@Nullable KeyStore trust) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trust);
      trusted = factory.getTrustManagers();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no usable trust store", e);
    }
  }

  /**
   * A handler for one connection. Each has a context of its own: a shared one would resume
   * sessions, and a resumed session does not look at the certificate again.
   */
  SslHandler handler(Check.Http check, int port) {
    SSLEngine engine = context(check.verify()).createSSLEngine(check.host(), port);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    if (check.host() != null && !isAddress(check.host())) {
      parameters.setServerNames(List.of(new ServerName(check.host())));
    }
    if (check.verify()) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    engine.setSSLParameters(parameters);
    SslHandler handler = new SslHandler(engine);
    handler.setHandshakeTimeoutMillis(0); // the deadline of the probe covers the handshake
    return handler;
  }

  private SSLContext context(boolean verify) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          null, verify ? trusted : InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no TLS in this JVM", e);
    }
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
