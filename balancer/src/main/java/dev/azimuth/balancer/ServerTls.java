package dev.azimuth.balancer;

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
      identity.names().forEach(name -> byName.putIfAbsent(name, identity));
    }
  }

  /**
   * Reads all certificates and keys.
   *
   * @param before what was read before; of which what is the same is kept. Null for nothing
   * @throws IOException when one cannot be used, with the file and the reason
   */
  static ServerTls load(Settings.Termination termination, @Nullable ServerTls before)
      throws IOException {
    List<Identity> identities = new ArrayList<>();
    for (int i = 0; i < termination.certificates().size(); i++) {
      Identity known = before == null ? null : before.identities.get(i);
      identities.add(Identity.load(termination.certificates().get(i), known));
    }
    return new ServerTls(termination, identities);
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
