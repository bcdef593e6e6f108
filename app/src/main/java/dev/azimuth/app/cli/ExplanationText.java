package dev.azimuth.app.cli;

import dev.azimuth.app.host.Printable;
import dev.azimuth.steering.Explanation;
import dev.azimuth.steering.Explanation.BackendOdds;
import dev.azimuth.steering.Explanation.PoolStep;
import dev.azimuth.steering.Explanation.WhenDown;
import dev.azimuth.steering.Explanation.Whereabouts;
import dev.azimuth.steering.Reason;
import java.util.Locale;

/** An explanation for a person: the answer in one line, then how it came about, step by step. */
final class ExplanationText {
  private ExplanationText() {}

  static String of(Explanation explanation, Ink ink) {
    var text = new StringBuilder();
    String aliases = String.join("", explanation.aliases().stream().map(a -> a + " → ").toList());
    text.append(ink.strong(Printable.of(aliases + explanation.name()) + " " + explanation.type()))
        .append(" for ")
        .append(Printable.of(explanation.client()))
        .append("\n\n");
    var facts =
        new Table("")
            .row("answer", answer(explanation, ink))
            .row("reason", reason(explanation.reason(), ink));
    WhenDown down = explanation.allDown();
    if (down != null) {
      facts.row(
          ink.bad("all down"),
          "%s, as %s says: %s"
              .formatted(down.form(), Printable.of(down.by()), Printable.of(down.gives())));
    }
    Whereabouts place = explanation.place();
    if (place != null) {
      facts.row("place", place(place));
    }
    text.append(
        facts
            .row("rule", explanation.rule())
            .row("TTL", explanation.ttl() + " s: " + explanation.ttlReason())
            .row("ECS scope", "/" + explanation.scope()));
    var pools = new Table("  ");
    int step = 1;
    for (PoolStep pool : explanation.pools()) {
      pools.row(
          step++ + ".",
          pool.serves() ? ink.good(pool.pool()) : ink.bad(pool.pool()),
          StatusText.percent(pool.share()) + " usable" + capacity(pool),
          pool.verdict());
    }
    text.append('\n').append(ink.strong("Pools tried, in order")).append('\n').append(pools);
    if (!explanation.backends().isEmpty()) {
      text.append('\n')
          .append(ink.strong("Backends"))
          .append('\n')
          .append(backends(explanation, ink));
    }
    return text.toString();
  }

  private static String capacity(PoolStep pool) {
    Long capacity = pool.capacity();
    return capacity == null ? "" : String.format(Locale.ROOT, ", capacity %,d", capacity);
  }

  private static String place(Whereabouts place) {
    return "%s: %s (%s)"
        .formatted(
            place.prefix(), Printable.of(place.place()), String.join(", ", place.databases()));
  }

  private static String answer(Explanation explanation, Ink ink) {
    String pool = explanation.pool();
    String answer = pool == null ? explanation.answer() : explanation.answer() + " of pool " + pool;
    return explanation.allDown() != null ? ink.bad(answer) : ink.good(answer);
  }

  private static String reason(Reason reason, Ink ink) {
    String words =
        switch (reason) {
          case RULE -> "the first pool of the rule serves";
          case FAILOVER -> "an earlier pool does not serve";
          case HELD -> "an earlier pool has recovered but is on failback hold";
          case STANDBY -> "no ordinary backend is usable, standby ones serve";
          case BELOW_MIN_UP -> "no pool has its minimum up, this one has the greatest share";
          case ALL_DOWN -> "no backend of any listed pool is usable by the family that decides";
          case UNKNOWN -> "not every backend has been probed yet";
          case FORCED -> "a forced state decides";
          case SELF_DOUBT -> "the node doubts its own checks and holds the last table";
          case FROZEN -> "an operator froze the table";
          case FENCED -> "a fence keeps the answer inside the rule's pools";
          case NO_FAMILY -> "no usable backend of this address family in the pool that serves";
        };
    String name = reason.name();
    return (reason == Reason.RULE ? ink.good(name) : ink.warn(name)) + ": " + words;
  }

  private static Table backends(Explanation explanation, Ink ink) {
    var table = new Table("  ");
    table.row("", "addresses", "state", "weight", "odds now", "");
    for (BackendOdds backend : explanation.backends()) {
      String forced = backend.forced();
      String state = backend.state().toLowerCase(Locale.ROOT);
      table.row(
          backend.odds() > 0 ? backend.backend() : ink.faint(backend.backend()),
          String.join(" ", backend.addresses()),
          forced == null ? state : state + ", forced " + forced.toLowerCase(Locale.ROOT),
          StatusText.percent(backend.configured()),
          String.format(Locale.ROOT, "%.1f %%", backend.odds() * 100),
          backend.note());
    }
    return table;
  }
}
