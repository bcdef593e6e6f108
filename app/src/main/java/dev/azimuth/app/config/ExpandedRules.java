package dev.azimuth.app.config;

import dev.azimuth.steering.Area;
import dev.azimuth.steering.Cidr;
import dev.azimuth.steering.City;
import dev.azimuth.steering.StickyPrefix;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of routes in their long form. */
final class ExpandedRules {
  private ExpandedRules() {}

  static Map<String, Object> rule(Config.RuleConfig rule) {
    Map<String, Object> out = new LinkedHashMap<>();
    putCidrs(out, "cidr", rule.match().cidr());
    putCidrs(out, "resolver", rule.match().resolver());
    if (!rule.match().views().isEmpty()) {
      out.put("view", rule.match().views());
    }
    area(out, rule.match().area());
    out.put("to", to(rule.to()));
    out.put("fence", rule.fence());
    if (rule.allDown() != null) {
      out.put("all_down", ExpandedForm.allDown(rule.allDown()));
    }
    return out;
  }

  private static void area(Map<String, Object> out, Area area) {
    putSorted(out, "continent", area.continents());
    putSorted(out, "country", area.countries());
    putSorted(out, "subdivision", area.subdivisions());
    if (!area.cities().isEmpty()) {
      out.put("city", area.cities().stream().map(ExpandedRules::city).toList());
    }
    putSorted(out, "asn", area.asns());
    if (area.unknown()) {
      out.put("unknown", true);
    }
  }

  private static Object city(City city) {
    return city.geonameId() != 0 ? city.geonameId() : city.name();
  }

  private static void putSorted(Map<String, Object> out, String key, Set<?> values) {
    if (!values.isEmpty()) {
      out.put(key, values.stream().sorted().toList());
    }
  }

  static Object to(Config.To to) {
    return switch (to) {
      case Config.To.Ordered(List<Config.StepConfig> steps) ->
          steps.stream().map(ExpandedRules::step).toList();
      case Config.To.Nearest(List<String> candidates, int limit) -> {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("nearest", candidates);
        out.put("limit", limit);
        yield out;
      }
    };
  }

  private static Object step(Config.StepConfig step) {
    StickyPrefix sticky = step.sticky();
    if (sticky == null && step.shares().size() == 1) {
      return step.shares().keySet().iterator().next();
    }
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("weights", step.shares());
    if (sticky != null) {
      Map<String, Object> prefix = new LinkedHashMap<>();
      prefix.put("v4", sticky.v4());
      prefix.put("v6", sticky.v6());
      out.put("sticky", prefix);
    }
    return out;
  }

  private static void putCidrs(Map<String, Object> out, String key, List<Cidr> cidrs) {
    if (!cidrs.isEmpty()) {
      out.put(key, ExpandedForm.cidrs(cidrs));
    }
  }
}
