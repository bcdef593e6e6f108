package dev.azimuth.app.node;

import dev.azimuth.app.config.BalancerConfig;
import dev.azimuth.app.config.Config;
import dev.azimuth.app.config.Config.PoolConfig;
import dev.azimuth.app.config.Config.ZoneConfig;
import dev.azimuth.app.config.ServerConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What one configuration changes of another, in words. Pure. */
final class ConfigDiff {
  private final Changes changes = new Changes();

  private ConfigDiff() {}

  /**
   * One line for each thing that was added, removed or changed, of many alike the first; empty when
   * they are equal.
   */
  static List<String> lines(Config before, Config after) {
    ConfigDiff diff = new ConfigDiff();
    diff.server(before.server(), after.server());
    if (!before.geo().equals(after.geo())) {
      diff.changes.add("geo changed");
    }
    diff.maps("view ", before.views(), after.views());
    diff.maps("check ", checks(before), checks(after));
    if (!before.health().equals(after.health())) {
      diff.changes.add("health changed");
    }
    diff.pools(before.pools(), after.pools());
    diff.zones(before.zones(), after.zones());
    diff.balancers(before.balancers(), after.balancers());
    return diff.changes.lines();
  }

  /**
   * Why a changed file must not be taken up without being asked twice: it drops a whole zone, or
   * more than half of the names, pools, backends or balancers.
   *
   * @return null when it may
   */
  static @Nullable String removals(Config before, Config after) {
    for (String zone : before.zones().keySet()) {
      if (!after.zones().containsKey(zone)) {
        return "it drops the zone " + zone;
      }
    }
    String names = dropsMost("names", names(before), names(after));
    String pools = names != null ? names : dropsMost("pools", pools(before), pools(after));
    String backends =
        pools != null ? pools : dropsMost("backends", backends(before), backends(after));
    return backends != null
        ? backends
        : dropsMost("balancers", before.balancers(), after.balancers());
  }

  private static @Nullable String dropsMost(
      String what, Map<String, ?> before, Map<String, ?> after) {
    long gone = before.keySet().stream().filter(key -> !after.containsKey(key)).count();
    return gone * 2 > before.size()
        ? "it drops %d of %d %s".formatted(gone, before.size(), what)
        : null;
  }

  private static Map<String, Object> names(Config config) {
    Map<String, Object> names = new LinkedHashMap<>();
    config.zones().values().forEach(z -> z.names().values().forEach(n -> names.put(n.name(), n)));
    return names;
  }

  /** Those that are written: an alias counts as a name. */
  private static Map<String, PoolConfig> pools(Config config) {
    Map<String, PoolConfig> pools = new LinkedHashMap<>(config.pools());
    pools.values().removeIf(PoolConfig::isAlias);
    return pools;
  }

  private static Map<String, Object> backends(Config config) {
    Map<String, Object> backends = new LinkedHashMap<>();
    pools(config)
        .forEach(
            (name, pool) ->
                pool.backends().forEach((b, value) -> backends.put(name + "/" + b, value)));
    return backends;
  }

  private void server(ServerConfig before, ServerConfig after) {
    if (!before.listen().equals(after.listen())) {
      changes.add("server.listen changed");
    }
    if (before.autoReload() != after.autoReload()) {
      changes.add("server.reload changed");
    }
    if (!before.cookies().equals(after.cookies())) {
      changes.add("server.cookies changed");
    }
    if (!before.identity().equals(after.identity())) {
      changes.add("server.identity changed");
    }
    if (!Objects.equals(before.stickySalt(), after.stickySalt())) {
      changes.add("server.sticky_salt changed");
    }
    if (!Objects.equals(before.queryLog(), after.queryLog())) {
      changes.add("server.query_log changed");
    }
    if (!Objects.equals(before.debugName(), after.debugName())) {
      changes.add("server.debug_name changed");
    }
    if (!before.access().equals(after.access())) {
      changes.add("server.access changed");
    }
    if (!Objects.equals(before.rateLimit(), after.rateLimit())) {
      changes.add("server.rate_limit changed");
    }
    later("workers", before.workers(), after.workers());
    later("receive_buffer", before.receiveBuffer(), after.receiveBuffer());
    later("tcp", before.tcp(), after.tcp());
    later("state_dir", before.stateDir(), after.stateDir());
    later("admin", before.admin(), after.admin());
  }

  private void later(String option, @Nullable Object before, @Nullable Object after) {
    if (!Objects.equals(before, after)) {
      changes.add("server." + option + " changed: what it says counts from the next start on");
    }
  }

  private static Map<String, Object> checks(Config config) {
    Map<String, Object> checks = new LinkedHashMap<>(config.checks());
    checks.putAll(config.combinations());
    return checks;
  }

  private void pools(Map<String, PoolConfig> before, Map<String, PoolConfig> after) {
    ends("pool ", before, after);
    after.forEach(
        (name, pool) -> {
          PoolConfig old = before.get(name);
          if (old == null || old.equals(pool)) {
            return;
          }
          int said = changes.count();
          maps("backend " + name + "/", old.backends(), pool.backends());
          if (changes.count() == said || !settings(old).equals(settings(pool))) {
            say("pool ", name, "changed");
          }
        });
  }

  /** A pool without its backends. */
  private static PoolConfig settings(PoolConfig pool) {
    return new PoolConfig(
        pool.name(),
        pool.at(),
        pool.check(),
        pool.minUp(),
        pool.failbackHold(),
        pool.belowMinUp(),
        pool.allDown(),
        pool.limits(),
        pool.balancer(),
        Map.of());
  }

  private void balancers(Map<String, BalancerConfig> before, Map<String, BalancerConfig> after) {
    ends("balancer ", before, after);
    after.forEach(
        (name, balancer) -> {
          BalancerConfig old = before.get(name);
          if (old == null || old.equals(balancer)) {
            return;
          }
          CredentialsDiff.lines(name, old.settings(), balancer.settings()).forEach(changes::add);
          if (!old.equals(CredentialsDiff.withFilesOf(old, balancer))) {
            say("balancer ", name, "changed");
          }
        });
  }

  private void zones(Map<String, ZoneConfig> before, Map<String, ZoneConfig> after) {
    ends("zone ", before, after);
    after.forEach(
        (origin, zone) -> {
          ZoneConfig old = before.get(origin);
          if (old == null || content(old).equals(content(zone))) {
            return;
          }
          int said = changes.count();
          if (!Objects.equals(old.records(), zone.records())) {
            changes.add("zones: records changed", "zone " + origin + ": records changed");
          }
          maps("name ", byName(old), byName(zone));
          if (changes.count() == said) {
            say("zone ", origin, "changed");
          }
        });
  }

  /** A zone without the place where it is written. */
  private static ZoneConfig content(ZoneConfig zone) {
    return new ZoneConfig(
        zone.origin(),
        zone.records(),
        zone.source(),
        1,
        0,
        zone.folder(),
        zone.steeredTtl(),
        zone.staticTtl(),
        zone.negativeTtl(),
        zone.allDown(),
        zone.names());
  }

  private static Map<String, Object> byName(ZoneConfig zone) {
    Map<String, Object> names = new LinkedHashMap<>();
    zone.names().values().forEach(name -> names.put(name.name(), name));
    return names;
  }

  private void maps(String what, Map<String, ?> before, Map<String, ?> after) {
    ends(what, before, after);
    after.forEach(
        (key, value) -> {
          Object old = before.get(key);
          if (old != null && !old.equals(value)) {
            say(what, key, "changed");
          }
        });
  }

  private void ends(String what, Map<String, ?> before, Map<String, ?> after) {
    before.keySet().stream()
        .filter(key -> !after.containsKey(key))
        .forEach(key -> say(what, key, "removed"));
    after.keySet().stream()
        .filter(key -> !before.containsKey(key))
        .forEach(key -> say(what, key, "added"));
  }

  /**
   * @param what such as {@code name}, or {@code backend eu/}
   */
  private void say(String what, String key, String how) {
    String kind = what.substring(0, what.indexOf(' ')) + "s " + how;
    changes.add(kind, what + key + " " + how);
  }
}
