package dev.azimuth.app.config;

import dev.azimuth.balancer.Listen;
import dev.azimuth.balancer.Listen.Protocol;
import dev.azimuth.balancer.Settings;
import dev.azimuth.balancer.Settings.Limits;
import dev.azimuth.health.Secure;
import dev.azimuth.steering.Addresses;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Balancers in their long form. */
final class ExpandedBalancers {
  private ExpandedBalancers() {}

  static Map<String, Object> balancer(BalancerConfig config) {
    Settings settings = config.settings();
    boolean tcp = settings.listen().getFirst().protocol() == Protocol.TCP;
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("listen", settings.listen().stream().map(ExpandedBalancers::listen).toList());
    out.put("to", config.to().getFirst());
    out.put("own", config.own());
    if (tcp) {
      out.put("route", routes(config));
    }
    config.port().ifPresent(port -> out.put("port", port));
    out.put("pick", BalancerPicks.expand(settings.pick()));
    addresses(out, "advertise", config.advertise());
    out.put("access", access(settings.access(), tcp));
    if (tcp) {
      out.put("send_proxy", word(settings.send()));
    }
    addresses(out, "source", settings.source());
    if (tcp) {
      out.put("tries", settings.tries());
    }
    out.put("limits", limits(settings.limits(), tcp));
    out.put("timeouts", times(settings.times(), tcp));
    if (tcp) {
      out.put("keepalive", duration(settings.times().keepAlive()));
      out.put("user_timeout", duration(settings.times().user()));
    }
    out.put("passive", passive(settings.passive()));
    out.put("panic", ExpandedForm.percent(settings.panic()));
    out.put("when_down", word(settings.whenDown()));
    if (settings.tls() != null) {
      out.put("tls", tls(settings.tls()));
    }
    if (settings.onward() != null) {
      out.put("onward_tls", onward(settings.onward()));
    }
    out.put("log", settings.log() == 0 ? "none" : settings.log());
    return out;
  }

  static String listen(Listen listen) {
    return word(listen.protocol()) + "://" + ExpandedForm.endpoint(listen.at());
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String duration(Duration duration) {
    return duration.isZero() ? "none" : ExpandedForm.duration(duration);
  }

  private static Object count(int limit) {
    return limit == Limits.NONE ? "none" : (Object) limit;
  }

  private static void addresses(Map<String, Object> out, String key, List<InetAddress> addresses) {
    if (!addresses.isEmpty()) {
      out.put(key, addresses.stream().map(Addresses::text).toList());
    }
  }

  private static List<Object> routes(BalancerConfig config) {
    List<Object> routes = new ArrayList<>();
    List<Settings.Match> matches = config.settings().matches();
    for (int i = 0; i < matches.size(); i++) {
      Map<String, Object> route = new LinkedHashMap<>();
      if (!matches.get(i).names().isEmpty()) {
        route.put("sni", matches.get(i).names());
      }
      if (!matches.get(i).protocols().isEmpty()) {
        route.put("alpn", matches.get(i).protocols());
      }
      route.put("to", config.to().get(i + 1));
      routes.add(route);
    }
    return routes;
  }

  private static Map<String, Object> access(Settings.Access access, boolean tcp) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("allow", ExpandedForm.cidrs(access.allow()));
    out.put("deny", ExpandedForm.cidrs(access.deny()));
    if (tcp) {
      out.put("proxy", ExpandedForm.cidrs(access.proxy()));
    }
    return out;
  }

  private static Map<String, Object> limits(Limits limits, boolean tcp) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("connections", limits.connections());
    out.put("per_backend", count(limits.perBackend()));
    if (tcp) {
      out.put("queue", limits.queue());
    }
    out.put("per_source", count(limits.perSource()));
    if (limits.rate().isPresent()) {
      Map<String, Object> rate = new LinkedHashMap<>();
      rate.put("per_second", limits.rate().getAsInt());
      rate.put("burst", limits.burst());
      out.put("source_rate", rate);
    }
    return out;
  }

  private static Map<String, Object> times(Settings.Times times, boolean tcp) {
    Map<String, Object> out = new LinkedHashMap<>();
    if (tcp) {
      out.put("connect", ExpandedForm.duration(times.connect()));
      out.put("queue", ExpandedForm.duration(times.queue()));
      out.put("first", ExpandedForm.duration(times.first()));
    }
    out.put("idle", ExpandedForm.duration(times.idle()));
    if (tcp) {
      out.put("half_closed", ExpandedForm.duration(times.halfClosed()));
      out.put("age", duration(times.age()));
    }
    out.put("drain", ExpandedForm.duration(times.drain()));
    return out;
  }

  private static Object passive(Settings.Passive passive) {
    if (passive.failures() == 0) {
      return "none";
    }
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("failures", passive.failures());
    out.put("eject", ExpandedForm.duration(passive.eject()));
    out.put("longest", ExpandedForm.duration(passive.longest()));
    out.put("most", ExpandedForm.percent(passive.most()));
    return out;
  }

  private static Map<String, Object> tls(Settings.Termination tls) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put(
        "certificates", tls.certificates().stream().map(ExpandedBalancers::certificate).toList());
    out.put("strict", tls.strict());
    out.put("versions", tls.versions().stream().sorted().toList());
    if (!tls.protocols().isEmpty()) {
      out.put("alpn", tls.protocols());
    }
    return out;
  }

  private static Map<String, Object> certificate(Secure.Identity certificate) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("chain", certificate.chain().toString());
    out.put("key", Map.of("file", certificate.keyFile().toString()));
    return out;
  }

  private static Map<String, Object> onward(Settings.Onward onward) {
    Map<String, Object> out = new LinkedHashMap<>();
    if (onward.name() != null) {
      out.put("name", onward.name());
    }
    if (onward.authorities() != null) {
      out.put("authorities", onward.authorities().file().toString());
    }
    out.put("verify", onward.verify());
    return out;
  }
}
