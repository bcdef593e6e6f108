package dev.azimuth.app.node;

import dev.azimuth.app.config.BalancerConfig;
import dev.azimuth.app.config.Config;
import dev.azimuth.app.config.ServerConfig;
import dev.azimuth.app.config.ServerConfig.Cookies;
import dev.azimuth.app.config.ServerConfig.Told;
import dev.azimuth.app.host.HostName;
import dev.azimuth.health.Check;
import dev.azimuth.health.Secure;
import dev.azimuth.resolver.CookieSecrets;
import dev.azimuth.resolver.Identity;
import dev.azimuth.steering.Salt;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a process is to those who ask it: whatever a configuration leaves to the process comes from
 * here. Immutable.
 *
 * @param version of this build
 * @param hostname of the machine; empty for none
 * @param random the secret for cookies of this process alone
 * @param salt where the secret for sticky choices of this node alone is kept
 */
record Persona(String version, String hostname, CookieSecrets random, Path salt) {

  /** That of this process, with a new secret. */
  static Persona of(String version, Config config) {
    return new Persona(
        version,
        HostName.get(),
        CookieSecrets.random(new SecureRandom()),
        config.server().stateDir().resolve("sticky_salt"));
  }

  /**
   * A configuration with what this process answers of itself, its secrets read.
   *
   * @throws SharedSecrets.Unusable when there are no secrets to be had, or no key of a certificate
   */
  Loading.Whole apply(Loading.Whole whole) throws SharedSecrets.Unusable {
    ServerConfig server = whole.config().server();
    requireKeys(
        whole.config().balancers().values().stream(), whole.config().checks().values().stream());
    CookieSecrets cookies =
        switch (server.cookies()) {
          case Cookies.Off() -> CookieSecrets.OFF;
          case Cookies.Random() -> random;
          case Cookies.Shared(var file) ->
              CookieSecrets.of(SharedSecrets.cookies(file).read(CookieSecrets.MOST));
        };
    return new Loading.Whole(
        whole.config(),
        whole.zones(),
        whole.data(),
        whole.geo(),
        whole.routing(),
        identity(server.identity()),
        cookies,
        salt(whole.config()),
        whole.admission());
  }

  /** An examination may do without the keys of certificates, a node may not. */
  static void requireKeys(Stream<BalancerConfig> balancers, Stream<Check> checks)
      throws SharedSecrets.Unusable {
    Stream<Secure.Identity> shown =
        balancers
            .map(balancer -> balancer.settings().tls())
            .filter(Objects::nonNull)
            .flatMap(tls -> tls.certificates().stream());
    Stream<Secure.Identity> presented =
        checks
            .map(Check::secure)
            .filter(Objects::nonNull)
            .map(Secure::identity)
            .filter(Objects::nonNull);
    Optional<Secure.Identity> unread =
        Stream.concat(shown, presented).filter(each -> each.key() == null).findFirst();
    if (unread.isPresent()) {
      throw new SharedSecrets.Unusable(
          "the key %s of the certificate %s may not be read"
              .formatted(unread.get().keyFile(), unread.get().chain()));
    }
  }

  private Salt salt(Config config) throws SharedSecrets.Unusable {
    if (!config.sticky()) {
      return Salt.NONE;
    }
    Path shared = config.server().stickySalt();
    SharedSecrets file =
        shared == null
            ? SharedSecrets.ownSalt(salt).make(new SecureRandom())
            : SharedSecrets.salt(shared);
    return Salt.of(file.read(1).getFirst());
  }

  private Identity identity(ServerConfig.Identity identity) {
    String nsid = text(identity.nsid(), "");
    boolean octets = nsid.startsWith("0x");
    return new Identity(
        octets ? HexFormat.of().parseHex(nsid.substring(2)) : nsid.getBytes(StandardCharsets.UTF_8),
        text(identity.version(), "Azimuth " + version),
        text(identity.id(), octets ? "" : nsid),
        text(identity.hostname(), hostname));
  }

  private static String text(Told told, String auto) {
    return switch (told) {
      case Told.Auto() -> auto;
      case Told.Off() -> "";
      case Told.Text(String text) -> text;
    };
  }
}
