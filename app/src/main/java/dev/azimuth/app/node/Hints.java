package dev.azimuth.app.node;

import dev.azimuth.app.admin.Token;
import dev.azimuth.app.config.BalancerConfig;
import dev.azimuth.app.config.CertificateTime;
import dev.azimuth.app.config.Config;
import dev.azimuth.app.config.ServerConfig.Cookies;
import dev.azimuth.app.host.IoWords;
import dev.azimuth.app.host.LogQueue;
import dev.azimuth.app.host.Printable;
import dev.azimuth.app.host.SecretFile;
import dev.azimuth.balancer.Settings;
import dev.azimuth.health.Secure;
import dev.azimuth.zones.RegularFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an operator should mend though everything works. */
final class Hints {
  private Hints() {}

  /**
   * Looks everything up anew.
   *
   * @param token null when there is no admin listener
   * @param unresolved why a host name does not resolve, by host
   */
  static List<String> now(@Nullable Token token, Config config, Map<String, String> unresolved) {
    List<String> hints = new ArrayList<>();
    if (token != null) {
      add(hints, token.exposed());
    }
    if (config.server().cookies() instanceof Cookies.Shared(var file)) {
      add(hints, SharedSecrets.cookies(file).exposed());
    }
    if (config.server().stickySalt() != null) {
      add(hints, SharedSecrets.salt(config.server().stickySalt()).exposed());
    }
    config.health().webhooks().forEach(hook -> secret(hints, "the webhook secret", hook.secret()));
    if (config.health().heartbeats() != null) {
      secret(hints, "the heartbeat secret", config.health().heartbeats().secret());
    }
    hints.addAll(certificates(config, Instant.now())); // they end by the wall clock
    long dropped = LogQueue.dropped();
    if (dropped > 0) {
      hints.add(dropped + " log lines were dropped, since nobody took them from standard error");
    }
    for (String host : Plan.hosts(config)) {
      String why = unresolved.get(host);
      if (why != null) {
        hints.add("the host name %s does not resolve (%s)".formatted(host, Printable.of(why)));
      }
    }
    return hints;
  }

  /** What is wrong with the time of a balancer's certificate, or soon will be. Pure. */
  static List<String> certificates(Config config, Instant now) {
    List<String> hints = new ArrayList<>();
    for (BalancerConfig balancer : config.balancers().values()) {
      Settings.Termination tls = balancer.settings().tls();
      for (Secure.Identity each : tls == null ? List.<Secure.Identity>of() : tls.certificates()) {
        String trouble = CertificateTime.trouble(each.chain(), each.certificates().getFirst(), now);
        add(
            hints,
            trouble == null
                ? null
                : "balancer %s: %s".formatted(balancer.settings().name(), trouble));
      }
    }
    return hints;
  }

  /** What is wrong with a file whose secret is read whenever it is needed. */
  private static void secret(List<String> hints, String what, Path file) {
    try {
      RegularFile.open(file).close();
      add(hints, SecretFile.exposed(what, file));
    } catch (IOException e) {
      hints.add("%s in %s cannot be read: %s".formatted(what, file, IoWords.of(e)));
    }
  }

  private static void add(List<String> hints, @Nullable String hint) {
    if (hint != null) {
      hints.add(hint);
    }
  }
}
