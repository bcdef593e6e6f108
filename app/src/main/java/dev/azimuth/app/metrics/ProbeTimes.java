package dev.azimuth.app.metrics;

import dev.azimuth.health.Check;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How long probes took, for each check of the configuration by itself: as many series as it has
 * names of checks, however many targets these have, and as the one before it had, whose checks are
 * probed until the new ones are in force. One thread adopts; any may record.
 */
final class ProbeTimes {
  private static final String NAME = "azimuth_probe_duration_seconds";

  private volatile Map<String, ProbeHistogram> named = Map.of();
  private volatile Map<Check, ProbeHistogram> recorded = Map.of();
  private Map<String, Check> newest = Map.of();

  void adopt(Map<String, Check> checks) {
    Map<String, ProbeHistogram> before = named;
    Map<String, ProbeHistogram> names = new LinkedHashMap<>();
    Map<Check, ProbeHistogram> known = new HashMap<>();
    for (Map<String, Check> each : List.of(checks, newest)) {
      each.forEach(
          (name, check) ->
              known.computeIfAbsent(
                  check,
                  _ ->
                      names.computeIfAbsent(
                          name, _ -> before.getOrDefault(name, new ProbeHistogram()))));
    }
    newest = checks;
    named = names;
    recorded = known;
  }

  void record(Check check, long micros) {
    ProbeHistogram times = recorded.get(check);
    if (times != null) {
      times.record(micros);
    }
  }

  void writeTo(TextFormat format) {
    format.histogram(NAME, "How long conclusive probes took, by the name of their check.");
    named.forEach((name, times) -> times.writeTo(format, NAME, name));
  }
}
