package dev.azimuth.app.cli;

import dev.azimuth.app.host.Durations;
import dev.azimuth.app.host.Printable;
import dev.azimuth.app.node.Status.OverrideStatus;
import java.time.Instant;
import java.util.List;

/** The orders of operators, for a person. */
final class OverridesText {
  private OverridesText() {}

  static String of(List<OverrideStatus> overrides, Instant now, Ink ink) {
    if (overrides.isEmpty()) {
      return "nothing is ordered\n";
    }
    var table = new Table("");
    table.row(
        ink.strong("SELECTOR"),
        ink.strong("ORDER"),
        ink.strong("MATCHES"),
        ink.strong("AGE"),
        ink.strong("BEGINS"),
        ink.strong("ENDS"),
        ink.strong("AUTHOR"),
        ink.strong("REASON"));
    for (OverrideStatus override : overrides) {
      Instant from = override.from();
      Instant until = override.until();
      table.row(
          Printable.of(override.selector()),
          from == null ? ink.warn(override.what()) : override.what(),
          Integer.toString(override.matches()),
          Durations.between(override.since(), now),
          from == null ? "-" : "in " + Durations.between(now, from),
          until == null ? "-" : "in " + Durations.between(now, until),
          Printable.of(override.author()),
          Printable.of(override.reason()));
    }
    return table.toString();
  }
}
