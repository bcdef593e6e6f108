package dev.azimuth.app.cli;

import dev.azimuth.app.host.Printable;
import dev.azimuth.app.whatif.BalancerForecast;
import dev.azimuth.app.whatif.Forecast;
import dev.azimuth.app.whatif.Forecast.PoolForecast;
import dev.azimuth.steering.Flow;
import dev.azimuth.steering.Flow.BackendShare;
import dev.azimuth.steering.Flow.Move;
import dev.azimuth.steering.Flow.PoolShare;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A forecast for a person: what is too much first, then shares, bars, moves and single names. */
final class ForecastText {
  /** Of more, their number says more than their list. */
  private static final int MOST_ROWS = 50;

  private static final int MOST_GROUPS = 20;
  private static final int MOST_NAMES = 5;

  /** Where it stands, if there is one. */
  private static final int LOAD_COLUMN = 4;

  private final Forecast forecast;
  private final int width;
  private final Ink ink;

  private ForecastText(Forecast forecast, int width, Ink ink) {
    this.forecast = forecast;
    this.width = width;
    this.ink = ink;
  }

  /**
   * @param width of the terminal, in characters
   */
  static String of(Forecast forecast, int width, Ink ink) {
    var text = new ForecastText(forecast, width, ink);
    if (forecast.names() == 0) {
      String balancers = text.balancers();
      return text.facts()
          + (balancers.isEmpty() ? "\nevery balancer forwards as before\n" : balancers);
    }
    return text.attention()
        + text.facts()
        + "\n"
        + text.pools()
        + "\n"
        + text.bars()
        + "\n"
        + text.moves("", forecast.moves())
        + text.groups()
        + text.balancers();
  }

  private String attention() {
    var lines = new StringBuilder();
    for (PoolForecast pool : forecast.pools()) {
      if (Boolean.TRUE.equals(pool.over())) {
        lines
            .append(ink.bad("OVER CAPACITY"))
            .append(
                String.format(
                    Locale.ROOT,
                    "  pool %s: %,d a second, it can take %,d%n",
                    Printable.of(pool.pool()),
                    pool.loadAfter(),
                    pool.capacityAfter()));
      }
    }
    return lines.isEmpty() ? "" : lines + "\n";
  }

  private String facts() {
    var table =
        new Table("")
            .row("clients", Printable.of(forecast.clients()))
            .row(
                "names",
                forecast.names() < 2
                    ? Integer.toString(forecast.names())
                    : String.format(Locale.ROOT, "%,d, all alike", forecast.names()));
    if (!forecast.added().isEmpty()) {
      table.row("not compared", "only after: " + names(forecast.added()));
    }
    if (!forecast.removed().isEmpty()) {
      table.row("not compared", "only before: " + names(forecast.removed()));
    }
    Long load = forecast.load();
    boolean capacity =
        forecast.pools().stream()
            .anyMatch(pool -> pool.capacityBefore() != null || pool.capacityAfter() != null);
    if (load != null) {
      table.row("load", String.format(Locale.ROOT, "%,d a second", load));
    } else if (capacity) {
      table.row("load", "not given: with --load N it is compared with the capacity of pools");
    }
    if (forecast.names() == 0) {
      return table.toString();
    }
    return table.row("moved", percent(forecast.moved()) + " of the clients").toString();
  }

  private static String names(List<String> names) {
    int more = names.size() - MOST_NAMES;
    return Printable.of(String.join(", ", names.subList(0, Math.min(MOST_NAMES, names.size()))))
        + (more > 0 ? " and " + more + " more" : "");
  }

  private String pools() {
    var table = new Table("");
    var heads = new ArrayList<>(List.of("POOL", "BACKEND", "BEFORE", "AFTER", "CAPACITY"));
    if (forecast.load() != null) {
      heads.add(LOAD_COLUMN, "LOAD");
    }
    table.row(heads.stream().map(ink::strong).toList());
    int rows = 0;
    for (PoolForecast pool : forecast.pools()) {
      table.row(row(pool));
      for (BackendShare backend : pool.backends()) {
        if (rows++ < MOST_ROWS) {
          table.row(
              "",
              Printable.of(backend.backend().substring(pool.pool().length() + 1)),
              percent(backend.before()),
              percent(backend.after()));
        }
      }
    }
    return table + more(rows - MOST_ROWS, "backends");
  }

  private List<String> row(PoolForecast pool) {
    var cells =
        new ArrayList<>(
            List.of(
                ink.strong(Printable.of(pool.pool())),
                "",
                percent(pool.before()),
                percent(pool.after()),
                capacity(pool)));
    if (forecast.load() != null) {
      String after = number(pool.loadAfter());
      cells.add(
          LOAD_COLUMN,
          number(pool.loadBefore())
              + " -> "
              + (Boolean.TRUE.equals(pool.over()) ? ink.bad(after) : after));
    }
    return cells;
  }

  private static String capacity(PoolForecast pool) {
    Long before = pool.capacityBefore();
    Long after = pool.capacityAfter();
    if (before == null && after == null) {
      return "-";
    }
    return before != null && before.equals(after)
        ? number(before)
        : number(before) + " -> " + number(after);
  }

  private static String number(@Nullable Long number) {
    return number == null ? "-" : String.format(Locale.ROOT, "%,d", number);
  }

  /** Two bars for each pool, so that it is seen at a glance what grows. */
  private String bars() {
    List<PoolForecast> shown =
        forecast.pools().subList(0, Math.min(MOST_GROUPS, forecast.pools().size()));
    int label = shown.stream().mapToInt(pool -> Printable.of(pool.pool()).length()).max().orElse(0);
    int room = Math.max(10, width - 1 - label - "  before   100.0 %".length());
    var text = new StringBuilder();
    for (PoolForecast pool : shown) {
      String name = Printable.of(pool.pool());
      text.append(ink.strong(name))
          .repeat(' ', label - name.length())
          .append(bar("  before  ", pool.before(), room, ink::faint))
          .repeat(' ', label)
          .append(
              bar(
                  "  after   ",
                  pool.after(),
                  room,
                  Boolean.TRUE.equals(pool.over()) ? ink::bad : ink::good));
    }
    return text.toString();
  }

  private static String bar(String side, double share, int room, UnaryOperator<String> colour) {
    String bar = Bar.of(share, room).stripTrailing();
    return side + colour.apply(bar) + (bar.isEmpty() ? "" : " ") + percent(share) + "\n";
  }

  private String moves(String indent, List<Move> moves) {
    if (moves.isEmpty()) {
      return indent + "every client keeps its backend\n";
    }
    var table = new Table(indent);
    table.row(ink.strong("FROM"), ink.strong("TO"), ink.strong("CLIENTS"));
    for (Move move : moves.subList(0, Math.min(MOST_ROWS, moves.size()))) {
      String to = Printable.of(move.to());
      table.row(
          Printable.of(move.from()),
          move.from().equals(move.to()) ? "other backends of " + to : to,
          percent(move.share()));
    }
    return table + more(moves.size() - MOST_ROWS, "moves");
  }

  private static String more(int more, String what) {
    return more > 0 ? "and " + more + " more " + what + "; --json has them\n" : "";
  }

  private String groups() {
    List<Flow.OfNames> groups = forecast.groups();
    if (groups.size() < 2) {
      return "";
    }
    var text = new StringBuilder();
    for (Flow.OfNames group : mostMoved(groups)) {
      text.append('\n').append(ink.strong(names(group.names()))).append('\n');
      var table = new Table("  ");
      table.row(ink.strong("POOL"), ink.strong("BEFORE"), ink.strong("AFTER"));
      for (PoolShare pool : group.flow().pools()) {
        table.row(Printable.of(pool.pool()), percent(pool.before()), percent(pool.after()));
      }
      text.append(table).append(moves("  ", group.flow().moves()));
    }
    return text + more(groups.size() - MOST_GROUPS, "groups of names");
  }

  private String balancers() {
    var text = new StringBuilder();
    for (BalancerForecast balancer : forecast.balancers()) {
      text.append('\n')
          .append(ink.strong("balancer " + Printable.of(balancer.balancer())))
          .append(' ')
          .append(balancer.change())
          .append('\n');
      for (int i = 0; i < balancer.routes().size(); i++) {
        var table = new Table("  ");
        String head = i == 0 ? "BACKEND" : "BACKEND OF MATCH " + i;
        table.row(ink.strong(head), ink.strong("BEFORE"), ink.strong("AFTER"));
        List<BackendShare> backends = balancer.routes().get(i).backends();
        for (BackendShare backend : backends.subList(0, Math.min(MOST_ROWS, backends.size()))) {
          table.row(
              Printable.of(backend.backend()), percent(backend.before()), percent(backend.after()));
        }
        text.append(table).append(more(backends.size() - MOST_ROWS, "backends"));
      }
    }
    return text.toString();
  }

  private static List<Flow.OfNames> mostMoved(List<Flow.OfNames> groups) {
    var sorted = new ArrayList<>(groups);
    sorted.sort((a, b) -> Double.compare(b.flow().moved(), a.flow().moved()));
    return sorted.subList(0, Math.min(MOST_GROUPS, sorted.size()));
  }

  /** With one digit behind the point; what is not nothing is never shown as nothing. */
  private static String percent(double share) {
    return share > 0 && share < 0.0005
        ? "<0.1 %"
        : String.format(Locale.ROOT, "%.1f %%", share * 100);
  }
}
