package dev.azimuth.app.config;

import dev.azimuth.resolver.RateLimit;
import dev.azimuth.resolver.TcpLimits;
import dev.azimuth.steering.Addresses;
import dev.azimuth.steering.AllDown;
import dev.azimuth.steering.Cidr;
import dev.azimuth.steering.TtlRange;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A configuration in its long form: every default filled in, every short form written out, included
 * files drawn together. Loading it gives the same configuration again; records that stood in the
 * configuration are then in the new file.
 */
public final class ExpandedForm {
  private static final String ROUTES = "routes.";

  private ExpandedForm() {}

  /** The long form in YAML, ended by a line feed. */
  public static String print(Config config) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("server", server(config.server()));
    if (!config.geo().equals(Config.Geo.NONE)) {
      root.put(
          "geo",
          Map.of("databases", config.geo().databases().stream().map(Path::toString).toList()));
    }
    root.put("views", each(config.views(), ExpandedForm::cidrs));
    root.put("health", HealthOptions.expand(config.health()));
    Map<String, Object> checks = each(config.checks(), ExpandedChecks::check);
    checks.putAll(each(config.combinations(), CombinationOptions::expand));
    root.put("checks", checks);
    Map<String, Config.PoolConfig> written = new LinkedHashMap<>(config.pools());
    written.values().removeIf(Config.PoolConfig::isAlias);
    root.put("pools", each(written, ExpandedPools::pool));
    root.put("routes", routes(config));
    root.put("zones", each(config.zones(), zone -> zone(zone, config.pools())));
    root.put("balancers", each(config.balancers(), ExpandedBalancers::balancer));
    return YamlWriter.write(root);
  }

  interface Expand<T> {
    Object of(T value);
  }

  static <T> Map<String, Object> each(Map<String, T> values, Expand<T> expand) {
    Map<String, Object> out = new LinkedHashMap<>();
    values.forEach((name, value) -> out.put(name, expand.of(value)));
    return out;
  }

  private static Map<String, Object> server(ServerConfig server) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("listen", server.listen().stream().map(ExpandedForm::listen).toList());
    out.put("workers", server.workers().isPresent() ? server.workers().getAsInt() : "auto");
    out.put("receive_buffer", size(server.receiveBuffer()));
    out.put("tcp", tcp(server.tcp()));
    out.put("state_dir", server.stateDir().toString());
    ServerConfig.Admin admin = server.admin();
    if (admin != null) {
      Map<String, Object> expanded = new LinkedHashMap<>();
      expanded.put("listen", endpoint(admin.listen()));
      if (admin.tokenFile() != null) {
        expanded.put("token", Map.of("file", admin.tokenFile().toString()));
      }
      out.put("admin", expanded);
    }
    out.put("reload", server.autoReload() ? "auto" : "manual");
    out.put(
        "cookies",
        switch (server.cookies()) {
          case ServerConfig.Cookies.Off() -> "off";
          case ServerConfig.Cookies.Random() -> "random";
          case ServerConfig.Cookies.Shared(Path file) ->
              Map.of("secret", Map.of("file", file.toString()));
        });
    out.put("identity", identity(server.identity()));
    if (server.stickySalt() != null) {
      out.put("sticky_salt", Map.of("file", server.stickySalt().toString()));
    }
    ServerConfig.QueryLog queries = server.queryLog();
    if (queries != null) {
      out.put("query_log", queryLog(queries));
    }
    out.put("access", access(server.access()));
    if (server.rateLimit() != null) {
      out.put("rate_limit", rateLimit(server.rateLimit()));
    }
    ServerConfig.DebugTold told = server.debugName();
    if (told != null) {
      Map<String, Object> expanded = new LinkedHashMap<>();
      expanded.put("name", told.name());
      expanded.put("allow", cidrs(told.allow()));
      out.put("debug_name", expanded);
    }
    return out;
  }

  private static Map<String, Object> queryLog(ServerConfig.QueryLog log) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("format", log.format().name().toLowerCase(Locale.ROOT));
    out.put(
        "to",
        switch (log.to()) {
          case ServerConfig.LogTarget.File(Path path) -> Map.of("file", path.toString());
          case ServerConfig.LogTarget.Unix(Path path) -> Map.of("unix", path.toString());
          case ServerConfig.LogTarget.Tcp(InetSocketAddress at) -> Map.of("tcp", endpoint(at));
        });
    out.put("sample", "1/" + log.every());
    out.put("clients", log.cutClients() ? "prefix" : "whole");
    return out;
  }

  private static Map<String, Object> access(ServerConfig.Access access) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("allow", cidrs(access.allow()));
    out.put("deny", cidrs(access.deny()));
    out.put("proxy", cidrs(access.proxy()));
    return out;
  }

  private static Map<String, Object> rateLimit(RateLimit limit) {
    Map<String, Object> prefix = new LinkedHashMap<>();
    prefix.put("v4", limit.v4());
    prefix.put("v6", limit.v6());
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("per_second", limit.perSecond());
    out.put("burst", limit.burst());
    out.put("slip", limit.slip());
    out.put("prefix", prefix);
    out.put("exempt", cidrs(limit.exempt()));
    return out;
  }

  private static String listen(ServerConfig.Listen listen) {
    return switch (listen) {
      case ServerConfig.Listen.Address(InetSocketAddress at) -> endpoint(at);
      case ServerConfig.Listen.Interface(String name, int port) -> name + ":" + port;
    };
  }

  private static Map<String, Object> tcp(TcpLimits limits) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("connections", limits.connections());
    out.put("per_client", limits.perClient());
    out.put("first_query", duration(limits.firstQuery()));
    out.put("idle", duration(limits.idle()));
    out.put("unread", size(limits.unread()));
    out.put("stall", duration(limits.stall()));
    return out;
  }

  private static Map<String, Object> identity(ServerConfig.Identity identity) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("nsid", told(identity.nsid()));
    out.put("version", told(identity.version()));
    out.put("id", told(identity.id()));
    out.put("hostname", told(identity.hostname()));
    return out;
  }

  private static String told(ServerConfig.Told told) {
    return switch (told) {
      case ServerConfig.Told.Auto() -> "auto";
      case ServerConfig.Told.Off() -> "off";
      case ServerConfig.Told.Text(String text) -> text;
    };
  }

  /** Rules of routes know their route by their label. */
  private static Map<String, Object> routes(Config config) {
    Map<String, Object> out = new LinkedHashMap<>();
    for (Config.ZoneConfig zone : config.zones().values()) {
      for (Config.NameConfig name : zone.names().values()) {
        String route = route(name);
        if (!route.isEmpty()) {
          out.putIfAbsent(route, name.rules().stream().map(ExpandedRules::rule).toList());
        }
      }
    }
    return out;
  }

  /** The route of a name; empty when its rule is its own. */
  private static String route(Config.NameConfig name) {
    String label = name.rules().getFirst().label();
    return label.startsWith(ROUTES) ? label.substring(ROUTES.length(), label.lastIndexOf('[')) : "";
  }

  private static Map<String, Object> zone(
      Config.ZoneConfig zone, Map<String, Config.PoolConfig> pools) {
    Map<String, Object> out = new LinkedHashMap<>();
    if (zone.records() != null) {
      out.put("records", zone.records());
    } else {
      out.put("file", zone.source());
    }
    TtlRange steered = zone.steeredTtl();
    Map<String, Object> ttl = new LinkedHashMap<>();
    ttl.put("steered", steered.lower() + "s.." + steered.upper() + "s");
    ttl.put("negative", duration(Duration.ofSeconds(zone.negativeTtl())));
    ttl.put("static", duration(Duration.ofSeconds(zone.staticTtl())));
    out.put("ttl", ttl);
    out.put("all_down", allDown(zone.allDown().form()));
    out.put("names", each(zone.names(), name -> name(name, pools)));
    return out;
  }

  private static Map<String, Object> name(
      Config.NameConfig name, Map<String, Config.PoolConfig> pools) {
    Map<String, Object> out = new LinkedHashMap<>();
    Config.PoolConfig first = pools.get(name.rules().getFirst().to().pools().getFirst());
    if (first != null && first.isAlias()) {
      out.put("alias", first.backends().keySet().iterator().next());
      out.put("hints", name.hints());
      return out;
    }
    String route = route(name);
    if (route.isEmpty()) {
      out.put("to", ExpandedRules.to(name.rules().getFirst().to()));
    } else {
      out.put("route", route);
    }
    out.put("pick", PickOptions.expand(name.pick()));
    if (name.allDown() != null) {
      out.put("all_down", allDown(name.allDown()));
    }
    out.put("hints", name.hints());
    return out;
  }

  static Object allDown(AllDown allDown) {
    return switch (allDown) {
      case AllDown.ServeAll() -> "serve_all";
      case AllDown.LastGood() -> "last_good";
      case AllDown.NoData() -> "nodata";
      case AllDown.ServFail() -> "servfail";
      case AllDown.Cname(String target) -> Map.of("cname", target);
      case AllDown.Address address -> {
        List<Object> addresses = new ArrayList<>();
        if (address.v4() != null) {
          addresses.add(Addresses.text(address.v4()));
        }
        if (address.v6() != null) {
          addresses.add(Addresses.text(address.v6()));
        }
        yield Map.of("address", addresses);
      }
    };
  }

  static List<String> cidrs(List<Cidr> cidrs) {
    return cidrs.stream().map(Addresses::text).toList();
  }

  static String endpoint(InetSocketAddress endpoint) {
    String address = Addresses.text(endpoint.getAddress());
    return (address.contains(":") ? "[" + address + "]" : address) + ":" + endpoint.getPort();
  }

  static String percent(double share) {
    return BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros().toPlainString() + "%";
  }

  /** In the largest unit that is exact. */
  static String duration(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds == 0 || seconds % 60 != 0) {
      return seconds + "s";
    }
    if (seconds % 3600 != 0) {
      return seconds / 60 + "m";
    }
    return seconds % 86_400 == 0 ? seconds / 86_400 + "d" : seconds / 3600 + "h";
  }

  /** In the largest unit that is exact. */
  private static String size(int octets) {
    int shift = Math.min(30, Integer.numberOfTrailingZeros(octets)) / 10 * 10;
    List<String> units = List.of("B", "KiB", "MiB", "GiB");
    return (octets >> shift) + units.get(shift / 10);
  }
}
