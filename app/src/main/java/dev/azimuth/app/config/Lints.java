package dev.azimuth.app.config;

import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Warns of what is hardly meant in a configuration that is valid. */
final class Lints {
  /** A message names no more backends than so many. */
  private static final int MOST_NAMED = 3;

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
                  ofItself(name, its);
                }
                if (name.rules() != null) {
                  name.rules().forEach(this::families);
                }
              });
    }
    new RuleLints(draft).warn();
    checks();
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

  private void checks() {
    Set<String> used = new HashSet<>();
    for (Config.PoolConfig pool : config.pools().values()) {
      for (Config.BackendConfig backend : pool.backends().values()) {
        String check = pool.check(backend);
        if (check != null) {
          use(check, used);
        }
      }
    }
    draft.checks().keySet().forEach(name -> unusedCheck(name, used));
    draft.combinations().keySet().forEach(name -> unusedCheck(name, used));
  }

  /** With what a combination is made of. */
  private void use(String check, Set<String> used) {
    Combination combination = draft.combinations().get(check);
    if (used.add(check) && combination != null) {
      combination.parts().forEach(part -> use(part, used));
    }
  }

  private void unusedCheck(String name, Set<String> used) {
    Site site = draft.site(Language.CHECKS, name);
    if (site != null && !used.contains(name)) {
      site.warning(
          Code.UNUSED,
          "no backend has the check \"" + name + "\"",
          "remove it, or name it in a \"check\"");
    }
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
    Map<String, List<String>> there = new LinkedHashMap<>();
    for (Config.BackendConfig backend : pool.backends().values()) {
      String where = backend.addresses() + " " + backend.port();
      if (backend.host() == null) {
        there.computeIfAbsent(where, any -> new ArrayList<>(1)).add("\"" + backend.name() + "\"");
      }
    }
    for (List<String> names : there.values()) {
      int more = names.size() - MOST_NAMED;
      if (names.size() > 1) {
        pool.site()
            .warning(
                Code.SAME_ADDRESS,
                "%s%s have the same address and port"
                    .formatted(
                        String.join(" and ", names.subList(0, Math.min(MOST_NAMED, names.size()))),
                        more > 0 ? " and %,d more".formatted(more) : ""),
                "give each another, or one of them the weight of all");
      }
    }
  }

  /** Such a backend has whatever this name is answered with. */
  private void ofItself(Draft.Name name, Config.NameConfig linked) {
    linked.rules().stream()
        .flatMap(rule -> rule.to().pools().stream())
        .distinct()
        .map(config.pools()::get)
        .filter(Objects::nonNull)
        .flatMap(pool -> pool.backends().values().stream().map(each -> Map.entry(pool, each)))
        .filter(entry -> entry.getValue().host() != null)
        .filter(
            entry ->
                linked
                    .name()
                    .equals(Notation.withoutDot(String.valueOf(entry.getValue().host())) + "."))
        .forEach(
            entry ->
                name.site()
                    .warning(
                        Code.ALIAS_OF_OWN,
                        "the pool \"%s\" follows the host %s, which is this name"
                            .formatted(entry.getKey().name(), entry.getValue().host()),
                        "give the backend an address, or the name of the host itself"));
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
