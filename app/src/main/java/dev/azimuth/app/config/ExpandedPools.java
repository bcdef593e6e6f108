package dev.azimuth.app.config;

import dev.azimuth.steering.Addresses;
import dev.azimuth.steering.BelowMinUp;
import dev.azimuth.steering.FailbackHold;
import dev.azimuth.steering.MinUp;
import dev.azimuth.steering.Point;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Pools in their long form. */
final class ExpandedPools {
  private ExpandedPools() {}

  private static List<Object> at(Point point) {
    return List.of(degrees(point.latitude()), degrees(point.longitude()));
  }

  static Map<String, Object> pool(Config.PoolConfig pool) {
    Map<String, Object> out = new LinkedHashMap<>();
    if (pool.at() != null) {
      out.put("at", at(pool.at()));
    }
    if (pool.balancer() != null) {
      balancer(out, pool, pool.balancer());
      return out;
    }
    out.put("check", checked(pool.check()));
    out.put(
        "min_up",
        switch (pool.minUp()) {
          case MinUp.Share(double share) -> ExpandedForm.percent(share);
          case MinUp.Weight(double share) -> Map.of("weight", ExpandedForm.percent(share));
          case MinUp.Count(int backends) -> backends;
        });
    out.put("failback_hold", hold(pool.failbackHold()));
    out.put(
        "below_min_up", pool.belowMinUp() == BelowMinUp.SERVE_ALL ? "serve_all" : "serve_usable");
    if (pool.allDown() != null) {
      out.put("all_down", ExpandedForm.allDown(pool.allDown()));
    }
    limits(out, pool.limits());
    out.put("backends", ExpandedForm.each(pool.backends(), ExpandedPools::backend));
    return out;
  }

  private static void balancer(Map<String, Object> out, Config.PoolConfig pool, String balancer) {
    out.put("failback_hold", hold(pool.failbackHold()));
    if (pool.allDown() != null) {
      out.put("all_down", ExpandedForm.allDown(pool.allDown()));
    }
    put(out, "capacity", pool.limits().capacity());
    out.put("balancer", balancer);
  }

  private static String hold(FailbackHold hold) {
    return switch (hold) {
      case FailbackHold.For(Duration length) -> ExpandedForm.duration(length);
      case FailbackHold.Manual() -> "manual";
    };
  }

  private static void limits(Map<String, Object> out, Config.PoolLimits limits) {
    if (limits.floor() > 0) {
      out.put("floor", ExpandedForm.percent(limits.floor()));
    }
    out.put("slow_start", ExpandedForm.duration(limits.slowStart()));
    if (limits.maxEject() < 1) {
      out.put("max_eject", ExpandedForm.percent(limits.maxEject()));
    }
    put(out, "capacity", limits.capacity());
  }

  private static Map<String, Object> backend(Config.BackendConfig backend) {
    Map<String, Object> out = new LinkedHashMap<>();
    if (backend.host() != null) {
      out.put("host", backend.host());
    } else {
      out.put("address", addresses(backend));
    }
    out.put("weight", backend.weight());
    out.put("standby", backend.standby());
    if (backend.check() != null) {
      out.put("check", checked(backend.check().name()));
    }
    put(out, "port", backend.port());
    if (!backend.tags().isEmpty()) {
      out.put("tags", backend.tags());
    }
    if (backend.group() != null) {
      out.put("group", backend.group());
    }
    if (backend.at() != null) {
      out.put("at", at(backend.at()));
    }
    return out;
  }

  private static String checked(@Nullable String check) {
    return check == null ? "none" : check;
  }

  private static Object addresses(Config.BackendConfig backend) {
    List<String> ordinary = backend.addresses().stream().map(Addresses::text).toList();
    if (backend.inside().isEmpty()) {
      return ordinary;
    }
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("default", ordinary);
    new TreeMap<>(backend.inside())
        .forEach((view, own) -> out.put(view, own.stream().map(Addresses::text).toList()));
    return out;
  }

  private static BigDecimal degrees(double degrees) {
    return new BigDecimal(Double.toString(degrees));
  }

  private static void put(Map<String, Object> out, String key, OptionalInt value) {
    value.ifPresent(number -> out.put(key, number));
  }
}
