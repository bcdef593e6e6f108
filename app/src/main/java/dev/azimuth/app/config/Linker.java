package dev.azimuth.app.config;

import dev.azimuth.health.Check;
import dev.azimuth.steering.AllDown;
import dev.azimuth.steering.Area;
import dev.azimuth.steering.MinUp;
import dev.azimuth.steering.Pick;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Fills in the defaults that stand elsewhere, follows names, and finds what is wrong between parts
 * that are each valid. A part that could not be read is left out and causes no further problem.
 */
final class Linker {
  private final Draft draft;
  private final List<Path> files;

  Linker(Draft draft, List<Path> files) {
    this.draft = draft;
    this.files = files;
  }

  Config link() {
    Map<String, Config.PoolConfig> pools = new LinkedHashMap<>();
    draft.pools().forEach((name, pool) -> pools.put(name, pool(name, pool)));
    for (Draft.Zone zone : draft.zones().values()) {
      for (Draft.Name name : zone.names().values()) {
        if (name.alias() != null) {
          ofAnotherServer(name.site(), name.alias());
          Config.PoolConfig pool = Config.PoolConfig.ofAlias(name.alias());
          pools.put(pool.name(), pool);
        }
      }
    }
    Map<String, Config.ZoneConfig> zones = new LinkedHashMap<>();
    PickCheck picks = new PickCheck(draft, pools);
    draft.zones().forEach((origin, zone) -> zones.put(origin, zone(origin, zone, pools, picks)));
    places(pools);
    new BalancerCheck(draft, pools).run();
    Map<String, BalancerConfig> balancers = new LinkedHashMap<>();
    draft
        .balancers()
        .forEach(
            (name, balancer) -> {
              BalancerConfig config = balancer.config();
              List<AllDown> forms = config.to().stream().map(to -> allDown(to, pools)).toList();
              balancers.put(name, config.with(forms));
            });
    return new Config(
        files,
        draft.server(),
        draft.geo(),
        draft.views(),
        draft.health(),
        draft.checks(),
        draft.combinations(),
        pools,
        zones,
        balancers);
  }

  /** What becomes of connections when nothing is usable: as the first pool says. */
  private AllDown allDown(List<String> to, Map<String, Config.PoolConfig> pools) {
    Config.PoolConfig first = pools.get(to.getFirst());
    AllDown own = first == null ? null : first.allDown();
    return own == null ? draft.defaults().allDown() : own;
  }

  /** Rules by place need a database, the pools of nearest a place. */
  private void places(Map<String, Config.PoolConfig> pools) {
    draft.rules().forEach(rule -> place(rule, pools));
  }

  private void place(Draft.Rule rule, Map<String, Config.PoolConfig> pools) {
    boolean byPlace = !rule.rule().match().area().equals(Area.ANYWHERE);
    boolean nearest = rule.rule().to() instanceof Config.To.Nearest;
    if ((byPlace || nearest) && draft.geo().databases().isEmpty()) {
      rule.site()
          .error(
              Code.GEO,
              "nobody knows where clients are: there is no database",
              "name one: geo: { databases: [ city.mmdb ] }");
    }
    for (String pool : nearest ? rule.rule().to().pools() : List.<String>of()) {
      Config.PoolConfig config = pools.get(pool);
      if (config != null && config.at() == null) {
        rule.site()
            .error(
                Code.GEO,
                "the pool \"" + pool + "\" does not say where it is",
                "in the pool: at: [ LATITUDE, LONGITUDE ]");
      }
    }
  }

  /** Asking others for what this server itself says could go round in circles. */
  private void ofAnotherServer(Site site, String target) {
    for (String origin : draft.zones().keySet()) {
      if (target.equals(origin) || target.endsWith("." + origin)) {
        site.error(
            Code.ALIAS_OF_OWN,
            "the alias %s lies in the zone %s of this server".formatted(target, origin),
            "give both names the same \"to\" or \"route\"; for a name that is delegated away, a"
                + " pool with that host");
        return;
      }
    }
  }

  private Config.PoolConfig pool(String name, Draft.Pool pool) {
    return pool.balancer() == null
        ? ofBackends(name, pool)
        : ofBalancer(name, pool, pool.balancer());
  }

  private Config.PoolConfig ofBalancer(String name, Draft.Pool pool, String balancer) {
    Draft.Balancer its = draft.balancers().get(balancer);
    List<InetAddress> addresses = its == null ? List.of() : its.config().advertise();
    if (its != null && addresses.isEmpty()) {
      pool.site()
          .error(
              Code.UNREACHABLE,
              "the balancer \"%s\" does not say at which address clients reach it"
                  .formatted(balancer),
              "in the balancer: advertise: 198.51.100.10");
    }
    return new Config.PoolConfig(
        name,
        pool.at(),
        null,
        new MinUp.Count(1),
        Objects.requireNonNullElse(pool.failbackHold(), draft.defaults().failbackHold()),
        pool.belowMinUp(),
        pool.allDown(),
        pool.limits(),
        balancer,
        Map.of(balancer, Config.BackendConfig.of(balancer, addresses, null)));
  }

  private Config.PoolConfig ofBackends(String name, Draft.Pool pool) {
    Draft.Defaults defaults = draft.defaults();
    Config.PoolConfig linked =
        new Config.PoolConfig(
            name,
            pool.at(),
            Objects.requireNonNullElse(pool.check(), defaults.check()).name(),
            Objects.requireNonNullElse(pool.minUp(), defaults.minUp()),
            Objects.requireNonNullElse(pool.failbackHold(), defaults.failbackHold()),
            pool.belowMinUp(),
            pool.allDown(),
            pool.limits(),
            null,
            pool.backends());
    minUpReachable(pool, linked);
    portKnown(pool, linked);
    heard(pool, linked);
    return linked;
  }

  private static void minUpReachable(Draft.Pool pool, Config.PoolConfig linked) {
    long ordinary = linked.backends().values().stream().filter(b -> !b.standby()).count();
    if (linked.minUp() instanceof MinUp.Count(int needed) && needed > ordinary) {
      pool.minUpSite()
          .error(
              Code.UNREACHABLE,
              "needs %d usable backends but has %d that are not standby"
                  .formatted(needed, ordinary));
    }
  }

  /** Heartbeats need somebody who listens. */
  private void heard(Draft.Pool pool, Config.PoolConfig linked) {
    if (draft.health().heartbeats() != null) {
      return;
    }
    Set<String> probed = new TreeSet<>();
    for (Config.BackendConfig backend : linked.backends().values()) {
      String check = linked.check(backend);
      if (check != null) {
        Combination.probed(check, draft.combinations(), probed);
      }
    }
    for (String each : probed) {
      if (draft.checks().get(each) instanceof Check.Heartbeat) {
        pool.checkSite()
            .error(
                Code.MISSING_KEY,
                "the check \"%s\" waits for heartbeats, and nothing listens for them"
                    .formatted(each),
                "add health: { heartbeats: { listen: \"192.0.2.1:8054\", secret: { file: … } } }");
      }
    }
  }

  private void portKnown(Draft.Pool pool, Config.PoolConfig linked) {
    Map<String, Set<String>> portless = new HashMap<>();
    for (Config.BackendConfig backend : linked.backends().values()) {
      String check = linked.check(backend);
      if (check == null || backend.port().isPresent()) {
        continue;
      }
      for (String each : portless.computeIfAbsent(check, this::portless)) {
        pool.checkSite()
            .error(
                Code.PORT_NEEDED,
                "the check \"%s\" finds no port for the backend \"%s\""
                    .formatted(each, backend.name()),
                "give the check or the backend a port");
      }
    }
  }

  /** Of what a check comes to, what needs a port from the backend. */
  private Set<String> portless(String name) {
    Set<String> probed = new TreeSet<>();
    Combination.probed(name, draft.combinations(), probed);
    probed.removeIf(
        each -> {
          Check check = draft.checks().get(each);
          return check == null || check.port().isPresent() || check.usualPort().isPresent();
        });
    return probed;
  }

  private Config.ZoneConfig zone(
      String origin, Draft.Zone zone, Map<String, Config.PoolConfig> pools, PickCheck picks) {
    AllDown.Said allDown =
        zone.allDown() == null
            ? new AllDown.Said(draft.defaults().allDown(), AllDown.Level.DEFAULTS)
            : AllDown.ofZone(zone.allDown());
    Map<String, Config.NameConfig> names = new LinkedHashMap<>();
    zone.names()
        .forEach(
            (owner, name) -> {
              String absolute = owner.equals("@") ? origin + "." : owner + "." + origin + ".";
              List<Config.RuleConfig> rules = rules(name);
              if (absolute.length() > 254) {
                name.site().error(Code.VALUE, "the name is longer than 253 characters");
              }
              if (rules != null) {
                Config.NameConfig linked =
                    new Config.NameConfig(
                        absolute, rules, pick(name), name.allDown(), name.hints());
                names.put(owner, linked);
                noCnameAtApex(owner, name, linked, pools, allDown.form());
                picks.run(name, linked);
              }
            });
    Draft.ZoneText text = zone.text();
    return new Config.ZoneConfig(
        origin,
        text.records(),
        text.source(),
        text.firstLine(),
        text.indent(),
        text.folder(),
        zone.ttl().steered(),
        zone.ttl().forStatic(),
        zone.ttl().negative(),
        allDown,
        names);
  }

  private Pick pick(Draft.Name name) {
    return name.alias() != null
        ? Config.NameConfig.ALIAS_PICK
        : Objects.requireNonNullElse(name.pick(), draft.defaults().pick());
  }

  /** Null when the route could not be read. */
  private @Nullable List<Config.RuleConfig> rules(Draft.Name name) {
    if (name.alias() != null) {
      String pool = Config.PoolConfig.ofAlias(name.alias()).name();
      return List.of(
          new Config.RuleConfig(
              name.site().path() + ".alias", Config.Match.ALL, Config.To.pool(pool), false, null));
    }
    List<Draft.Rule> rules = name.route() == null ? name.rules() : draft.routes().get(name.route());
    return rules == null ? null : rules.stream().map(Draft.Rule::rule).toList();
  }

  private static void noCnameAtApex(
      String owner,
      Draft.Name name,
      Config.NameConfig linked,
      Map<String, Config.PoolConfig> pools,
      AllDown zoneAllDown) {
    if (!owner.equals("@")) {
      return;
    }
    String target = Config.aliasWhenDown(linked, pools, zoneAllDown);
    if (target != null) {
      name.site()
          .error(
              Code.CNAME_AT_APEX,
              "when all is down \"@\" would be an alias of %s, beside its SOA and NS"
                  .formatted(target),
              "give the name an all_down of its own");
    }
  }
}
