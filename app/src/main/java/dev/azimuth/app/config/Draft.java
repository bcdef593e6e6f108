package dev.azimuth.app.config;

import dev.azimuth.balancer.Settings;
import dev.azimuth.health.Check;
import dev.azimuth.steering.AllDown;
import dev.azimuth.steering.BelowMinUp;
import dev.azimuth.steering.Cidr;
import dev.azimuth.steering.FailbackHold;
import dev.azimuth.steering.MinUp;
import dev.azimuth.steering.Pick;
import dev.azimuth.steering.Point;
import dev.azimuth.steering.TtlRange;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A configuration as written: each part valid by itself, defaults that stand elsewhere not yet
 * filled in, names not yet followed. Null where nothing was written. The linker makes a {@link
 * Config} of it.
 */
record Draft(
    Site site,
    Defaults defaults,
    ServerConfig server,
    Config.Geo geo,
    Map<String, List<Cidr>> views,
    HealthConfig health,
    Map<String, Check> checks,
    Map<String, Combination> combinations,
    Map<String, Pool> pools,
    Map<String, List<Rule>> routes,
    Map<String, Zone> zones,
    Map<String, Balancer> balancers) {

  /** Where something stands under a name; null where nothing does. */
  @Nullable Site site(Option<?> option, String name) {
    return site.node() instanceof Node.Mapping root
            && root.find(option.name()) instanceof Node.Mapping named
            && named.find(name) instanceof Node its
        ? site.child(option.name(), named).child(name, its)
        : null;
  }

  /** All rules, those of routes first. */
  Stream<Rule> rules() {
    return Stream.concat(
        routes.values().stream().flatMap(List::stream),
        zones.values().stream()
            .flatMap(zone -> zone.names().values().stream())
            .flatMap(name -> Optional.ofNullable(name.rules()).stream())
            .flatMap(List::stream));
  }

  record Defaults(
      Config.CheckChoice check,
      MinUp minUp,
      FailbackHold failbackHold,
      Pick pick,
      AllDown allDown) {}

  /** What stands under a name in {@code checks}. */
  sealed interface CheckEntry {
    record Single(Check check) implements CheckEntry {}

    record Combined(Combination of) implements CheckEntry {}
  }

  /**
   * @param checkSite where the check is named, else the pool
   * @param balancer the name of the balancer that the pool is; null when it has backends
   */
  record Pool(
      Site site,
      @Nullable Point at,
      Site checkSite,
      Config.@Nullable CheckChoice check,
      @Nullable MinUp minUp,
      Site minUpSite,
      @Nullable FailbackHold failbackHold,
      BelowMinUp belowMinUp,
      @Nullable AllDown allDown,
      Config.PoolLimits limits,
      @Nullable String balancer,
      Map<String, Config.BackendConfig> backends) {}

  /**
   * @param toSites where its own {@code to} and those of its routes stand
   */
  record Balancer(
      Site site,
      Site listenSite,
      Site pickSite,
      Site advertiseSite,
      Site sourceSite,
      List<Site> toSites,
      BalancerConfig config) {}

  /** What a TLS client says first, and where it leads to. */
  record TlsRoute(Settings.Match match, List<String> to, Site toSite) {}

  record Rule(Site site, Config.RuleConfig rule) {}

  record Zone(
      Site site, ZoneText text, Ttl ttl, @Nullable AllDown allDown, Map<String, Name> names) {}

  /** Records and where they stand, as {@link Config.ZoneConfig} has them. */
  record ZoneText(
      @Nullable String records, String source, int firstLine, int indent, Path folder) {}

  /**
   * @param negative in seconds
   * @param forStatic in seconds
   */
  record Ttl(TtlRange steered, int negative, int forStatic) {}

  /**
   * @param rules its own; null when it has none
   * @param route the name of its route; null when it has none
   * @param alias the host whose addresses it has; null when it has none
   */
  record Name(
      Site site,
      @Nullable List<Rule> rules,
      @Nullable String route,
      @Nullable String alias,
      @Nullable Pick pick,
      @Nullable AllDown allDown,
      boolean hints) {}
}
