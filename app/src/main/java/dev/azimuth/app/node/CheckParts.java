package dev.azimuth.app.node;

import dev.azimuth.app.config.Combination;
import dev.azimuth.app.config.Config;
import dev.azimuth.health.Target;
import dev.azimuth.steering.Endpoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The checks that a check or combination comes to, for one address of one backend. */
final class CheckParts {
  private final Config config;
  private final Planning.Wiring wiring;
  private final Map<String, Part> parts = new LinkedHashMap<>();

  /**
   * @param check its name
   * @param watched whether it only reports, wherever the combination has it
   */
  record Part(String check, boolean watched, Target target) {}

  private CheckParts(Config config, Planning.Wiring wiring) {
    this.config = config;
    this.wiring = wiring;
  }

  /** What is probed for an address: one for a single check, none where there is no check. */
  static List<Part> of(Config config, String pool, String backend, Endpoint endpoint) {
    Config.PoolConfig in = Objects.requireNonNull(config.pools().get(pool));
    Config.BackendConfig of = Objects.requireNonNull(in.backends().get(backend));
    String check = in.check(of);
    if (check == null) {
      return List.of();
    }
    CheckParts walk =
        new CheckParts(config, new Planning.Wiring(pool + "/" + backend, endpoint.address(), of));
    walk.add(check, false);
    return new ArrayList<>(walk.parts.values());
  }

  private void add(String name, boolean watched) {
    Combination combination = config.combinations().get(name);
    if (combination != null) {
      combination.deciding().forEach(part -> add(part, watched));
      combination.watch().forEach(part -> add(part, true));
      return;
    }
    Target target = wiring.target(config.check(name));
    parts.merge(
        name,
        new Part(name, watched, target),
        (one, other) -> new Part(name, one.watched && other.watched, target));
  }
}
