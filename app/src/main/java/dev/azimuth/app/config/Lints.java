package dev.azimuth.app.config;

import java.net.Inet6Address;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Warns of what is hardly meant in a configuration that is valid. */
final class Lints {
  private final Draft draft;
  private final Config config;

  Lints(Draft draft, Config config) {
    this.draft = draft;
    this.config = config;
  }

  void warn() {
    Set<String> usedRoutes = new HashSet<>();
    Set<String> usedPools = new HashSet<>();
    for (Map.Entry<String, Draft.Zone> zone : draft.zones().entrySet()) {
      Map<String, Config.NameConfig> linked =
          Objects.requireNonNull(config.zones().get(zone.getKey())).names();
      zone.getValue()
          .names()
          .forEach(
              (owner, name) -> {
                fullName(owner, zone.getKey(), name);
                if (name.route() != null) {
                  usedRoutes.add(name.route());
                }
                Config.NameConfig its = linked.get(owner);
                if (its != null) {
                  its.rules().forEach(rule -> usedPools.addAll(rule.to().pools()));
                }
                if (name.rules() != null) {
                  name.rules().forEach(this::families);
                }
              });
    }
    config.balancers().values().forEach(its -> its.pools().forEach(usedPools::add));
    new BalancerCheck(draft, config.pools()).warn();
    draft
        .routes()
        .forEach(
            (name, rules) -> {
              rules.forEach(this::families);
              if (!usedRoutes.contains(name)) {
                rules
                    .getFirst()
                    .site()
                    .warning(
                        Code.UNUSED,
                        "no name has the route \"" + name + "\"",
                        "remove it, or use it");
              }
            });
    draft
        .pools()
        .forEach(
            (name, pool) -> {
              sameAddress(pool);
              if (!usedPools.contains(name)) {
                pool.site()
                    .warning(
                        Code.UNUSED,
                        "%s leads to the pool \"%s\""
                            .formatted(
                                config.balancers().isEmpty() ? "no name" : "no name or balancer",
                                name),
                        "remove it, or list it in a \"to\"");
              }
            });
  }

  /** The zone is appended whatever is written. */
  private static void fullName(String owner, String origin, Draft.Name name) {
    if (owner.equals(origin) || owner.endsWith("." + origin)) {
      String meant =
          owner.equals(origin) ? "@" : owner.substring(0, owner.length() - origin.length() - 1);
      name.site()
          .warning(
              Code.FULL_NAME,
              "this is %s.%s: names are relative to their zone".formatted(owner, origin),
              "write \"%s\"".formatted(meant));
    }
  }

  private static void sameAddress(Draft.Pool pool) {
    Map<String, String> first = new HashMap<>();
    for (Config.BackendConfig backend : pool.backends().values()) {
      String where = backend.addresses() + " " + backend.port();
      String other = backend.host() == null ? first.putIfAbsent(where, backend.name()) : null;
      if (other != null) {
        pool.site()
            .warning(
                Code.SAME_ADDRESS,
                "\"%s\" and \"%s\" have the same address and port".formatted(other, backend.name()),
                "give one of them another, or one of them twice the weight");
      }
    }
  }

  /**
   * A list of pools is judged by IPv4 where any has it, and most clients ask for A first, many for
   * nothing else.
   */
  private void families(Draft.Rule rule) {
    List<Config.PoolConfig> pools =
        rule.rule().to().pools().stream()
            .map(config.pools()::get)
            .filter(Objects::nonNull)
            .distinct()
            .toList();
    List<Config.PoolConfig> onlyIpv6 = pools.stream().filter(Lints::onlyIpv6).toList();
    if (!pools.isEmpty() && onlyIpv6.size() == pools.size()) {
      rule.site()
          .warning(
              Code.ONE_FAMILY,
              "every backend has IPv6 alone: A gets no answer",
              "give some backend an IPv4 address, unless all clients have IPv6");
      return;
    }
    for (Config.PoolConfig pool : onlyIpv6) {
      rule.site()
          .warning(
              Code.ONE_FAMILY,
              "the pool \"%s\" has IPv6 alone and never serves beside pools with IPv4"
                  .formatted(pool.name()),
              "give its backends IPv4 addresses, or a name of its own");
    }
  }

  private static boolean onlyIpv6(Config.PoolConfig pool) {
    return !pool.backends().isEmpty()
        && pool.backends().values().stream()
            .allMatch(
                backend ->
                    backend.host() == null
                        && backend.addresses().stream().allMatch(Inet6Address.class::isInstance));
  }
}
