package dev.azimuth.balancer;

import dev.azimuth.health.Secure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** TLS that is ended here, and which certificate a client is shown. Immutable. */
final class ServerTls {
  private final Settings.Termination termination;
  private final List<Identity> identities;
  private final Map<String, Identity> byName = new HashMap<>();

  private ServerTls(Settings.Termination termination, List<Identity> identities) {
    this.termination = termination;
    this.identities = List.copyOf(identities);
    for (Identity identity : identities) {
      identity.shown().names().forEach(name -> byName.putIfAbsent(name, identity));
    }
  }

  /**
   * Makes all of its certificates ready.
   *
   * @param known that are ready, and stay with the sessions of their clients
   * @throws IOException when one cannot be used, with the file
   */
  static ServerTls of(Settings.Termination termination, Map<Secure.Identity, Identity> known)
      throws IOException {
    List<Identity> identities = new ArrayList<>();
    for (Secure.Identity each : termination.certificates()) {
      Identity ready = known.get(each);
      identities.add(ready == null ? new Identity(each) : ready);
    }
    return new ServerTls(termination, identities);
  }

  /** Its certificates, ready. */
  List<Identity> identities() {
    return identities;
  }

  /**
   * What shakes hands with a client that wants this server.
   *
   * @param server in lower case; null for none
   * @return null where it is to be refused
   */
  @Nullable SSLEngine engine(@Nullable String server) {
    Identity named = server == null ? null : named(server);
    if (named == null && termination.strict()) {
      return null;
    }
    SSLEngine engine = (named == null ? identities.getFirst() : named).context().createSSLEngine();
    engine.setUseClientMode(false);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(termination.versions().toArray(String[]::new));
    parameters.setUseCipherSuitesOrder(true);
    parameters.setApplicationProtocols(termination.protocols().toArray(String[]::new));
    engine.setSSLParameters(parameters);
    return engine;
  }

  private @Nullable Identity named(String server) {
    Identity exact = byName.get(server);
    int dot = server.indexOf('.');
    return exact != null || dot < 0 ? exact : byName.get("*" + server.substring(dot));
  }
}
