package dev.azimuth.balancer;

import dev.azimuth.health.Secure;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the TLS of balancers needs to be spoken. Immutable. */
record Credentials(
    Map<Settings.Termination, ServerTls> servers, Map<Settings.Onward, ClientTls> clients) {
  static final Credentials NONE = new Credentials(Map.of(), Map.of());

  Credentials {
    servers = Map.copyOf(servers);
    clients = Map.copyOf(clients);
  }

  /**
   * What all settings need; what is the same as now is kept, certificate by certificate.
   *
   * @throws IOException when something cannot be used, with the file
   */
  Credentials of(List<Settings> all) throws IOException {
    Map<Settings.Termination, ServerTls> ending = new HashMap<>();
    Map<Settings.Onward, ClientTls> onward = new HashMap<>();
    Map<Secure.Identity, Identity> known = new HashMap<>();
    servers.values().forEach(tls -> tls.identities().forEach(i -> known.put(i.shown(), i)));
    for (Settings settings : all) {
      if (settings.tls() != null) {
        ending.put(settings.tls(), ServerTls.of(settings.tls(), known));
      }
      if (settings.onward() != null) {
        ClientTls same = clients.get(settings.onward());
        onward.put(settings.onward(), same == null ? new ClientTls(settings.onward()) : same);
      }
    }
    return new Credentials(ending, onward);
  }

  /** These, and of others what these have not. */
  Credentials over(Credentials others) {
    Map<Settings.Termination, ServerTls> ending = new HashMap<>(others.servers);
    Map<Settings.Onward, ClientTls> onward = new HashMap<>(others.clients);
    ending.putAll(servers);
    onward.putAll(clients);
    return new Credentials(ending, onward);
  }

  /** Nothing but what these settings need. */
  Credentials only(List<Settings> all) {
    Map<Settings.Termination, ServerTls> ending = new HashMap<>(servers);
    Map<Settings.Onward, ClientTls> onward = new HashMap<>(clients);
    ending.keySet().removeIf(each -> all.stream().noneMatch(s -> each.equals(s.tls())));
    onward.keySet().removeIf(each -> all.stream().noneMatch(s -> each.equals(s.onward())));
    return new Credentials(ending, onward);
  }

  /** What ends the TLS of clients; null where nothing does. */
  @Nullable ServerTls server(Settings settings) {
    return settings.tls() == null ? null : servers.get(settings.tls());
  }

  /** What speaks TLS to backends; null where nothing does. */
  @Nullable ClientTls client(Settings settings) {
    return settings.onward() == null ? null : clients.get(settings.onward());
  }
}
