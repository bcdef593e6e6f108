package dev.azimuth.app.node;

import dev.azimuth.app.config.Config;
import dev.azimuth.app.config.Config.BackendConfig;
import dev.azimuth.app.config.Config.NameConfig;
import dev.azimuth.app.config.Config.PoolConfig;
import dev.azimuth.app.config.Config.RuleConfig;
import dev.azimuth.app.config.Config.ZoneConfig;
import dev.azimuth.steering.Condition;
import dev.azimuth.steering.Nearness;
import dev.azimuth.steering.Pick;
import dev.azimuth.steering.Places;
import dev.azimuth.steering.Point;
import dev.azimuth.steering.Routes;
import dev.azimuth.steering.Rule;
import dev.azimuth.steering.SteeredName;
import dev.azimuth.steering.Step;
import dev.azimuth.steering.To;
import dev.azimuth.steering.TooManyDestinations;
import dev.azimuth.steering.View;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The steered names of a configuration with every reference bound to a number, and their rules
 * evaluated for all addresses: whatever health and addresses of hosts do not change. Immutable.
 *
 * @param viewNumbers by name
 * @param nearness by the names of the pools out of which the nearest are picked
 */
record Routing(
    List<View> views,
    Map<String, Integer> viewNumbers,
    List<SteeredName> names,
    Routes routes,
    Map<String, Nearness> nearness) {

  /**
   * @param before whose routes serve on where rules and places are the same
   */
  static Routing of(Config config, Places places, Routes before) throws TooManyDestinations {
    return new Binding(config).routing(places, before);
  }

  /** One run of binding names to numbers. */
  private static final class Binding {
    private final Config config;
    private final Map<String, Integer> pools = new HashMap<>();
    private final Map<String, Integer> views = new HashMap<>();

    Binding(Config config) {
      this.config = config;
      config.pools().keySet().forEach(name -> pools.put(name, pools.size()));
      config.views().keySet().forEach(name -> views.put(name, views.size()));
    }

    Routing routing(Places places, Routes before) throws TooManyDestinations {
      List<SteeredName> names = new ArrayList<>();
      for (ZoneConfig zone : config.zones().values()) {
        zone.names().values().forEach(name -> names.add(name(zone, name)));
      }
      List<View> all =
          config.views().entrySet().stream()
              .map(view -> new View(view.getKey(), view.getValue()))
              .toList();
      List<BitSet> viewsOfPool = config.pools().values().stream().map(this::views).toList();
      return new Routing(
          all,
          Map.copyOf(views),
          List.copyOf(names),
          Routes.of(all, viewsOfPool, names, places, before),
          nearness(places));
    }

    private Map<String, Nearness> nearness(Places places) {
      Map<String, Nearness> nearness = new HashMap<>();
      Nearness.Maker maker = new Nearness.Maker(places);
      for (String name : config.pickedBy(Pick.By.NEAREST)) {
        PoolConfig pool = Objects.requireNonNull(config.pools().get(name), name);
        Map<String, Point> points = new LinkedHashMap<>();
        for (BackendConfig backend : pool.backends().values()) {
          points.put(backend.name(), Objects.requireNonNull(pool.at(backend), backend.name()));
        }
        nearness.put(name, maker.of(points));
      }
      return Map.copyOf(nearness);
    }

    /** The views in which a pool gives other addresses. */
    private BitSet views(PoolConfig pool) {
      BitSet in = new BitSet();
      for (BackendConfig backend : pool.backends().values()) {
        backend.inside().keySet().forEach(view -> in.set(number(views, view)));
      }
      return in;
    }

    private SteeredName name(ZoneConfig zone, NameConfig name) {
      return new SteeredName(
          name.name(),
          name.rules().stream().map(this::rule).toList(),
          name.pick(),
          zone.steeredTtl(),
          name.allDown(),
          zone.allDown());
    }

    private Rule rule(RuleConfig rule) {
      Config.Match match = rule.match();
      return new Rule(
          rule.label(),
          new Condition(
              match.cidr(),
              match.resolver(),
              match.views().stream().map(view -> number(views, view)).toList(),
              match.area()),
          to(rule.to()),
          rule.fence(),
          rule.allDown());
    }

    private To to(Config.To to) {
      return switch (to) {
        case Config.To.Ordered(List<Config.StepConfig> steps) ->
            new To.Ordered(steps.stream().map(this::step).toList());
        case Config.To.Nearest(List<String> candidates, int limit) ->
            new To.Nearest(
                candidates.stream().map(pool -> number(pools, pool)).toList(),
                candidates.stream().map(this::at).toList(),
                limit);
      };
    }

    private Point at(String pool) {
      PoolConfig found = Objects.requireNonNull(config.pools().get(pool), pool);
      return Objects.requireNonNull(found.at(), pool);
    }

    private Step step(Config.StepConfig step) {
      return new Step(
          step.shares().entrySet().stream()
              .map(share -> new Step.Share(number(pools, share.getKey()), share.getValue()))
              .toList(),
          step.sticky());
    }

    /** Of what a valid configuration names, which exists. */
    private static int number(Map<String, Integer> numbers, String name) {
      return Objects.requireNonNull(numbers.get(name), name);
    }
  }
}
