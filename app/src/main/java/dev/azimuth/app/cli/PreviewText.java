package dev.azimuth.app.cli;

import dev.azimuth.app.host.Printable;
import dev.azimuth.app.orders.Preview;
import dev.azimuth.app.orders.Preview.NameEffect;
import dev.azimuth.app.orders.Preview.PoolEffect;
import java.util.List;
import java.util.Locale;

/** What an order would do, for a person: whom it means, what is left, what would move. */
final class PreviewText {
  /** Of more, their number says more than their list. */
  private static final int MOST = 50;

  private PreviewText() {}

  static String of(Preview preview, Ink ink) {
    return ink.strong("DRY RUN")
        + "  %s, nothing is changed\n".formatted(Printable.of(preview.order()))
        + (preview.refused() == null
            ? ""
            : ink.bad("REFUSED") + "  " + preview.refused() + ", unless with --force\n")
        + "\nmatches "
        + matches(preview.matches())
        + "\n\n"
        + pools(preview.pools(), ink)
        + "\n"
        + names(preview.names(), ink);
  }

  private static String matches(List<String> matches) {
    int more = matches.size() - MOST;
    return "%d: %s%s"
        .formatted(
            matches.size(),
            String.join(", ", matches.subList(0, Math.min(MOST, matches.size()))),
            more > 0 ? " and " + more + " more" : "");
  }

  private static String pools(List<PoolEffect> pools, Ink ink) {
    var table = new Table("");
    table.row(
        ink.strong("POOL"),
        ink.strong("USABLE"),
        ink.strong("WEIGHT"),
        ink.strong("CAPACITY"),
        ink.strong("FLOOR"));
    for (PoolEffect pool : pools) {
      Double floor = pool.floor();
      String share = StatusText.percent(pool.share()) + " -> ";
      String after = StatusText.percent(pool.shareAfter());
      boolean below = floor != null && pool.shareAfter() < floor - 1e-9;
      table.row(
          pool.pool(),
          share + (below ? ink.bad(after) : after),
          pool.weight() + " -> " + pool.weightAfter(),
          capacity(pool),
          floor == null ? "-" : StatusText.percent(floor));
    }
    return table.toString();
  }

  private static String capacity(PoolEffect pool) {
    return pool.capacity() == null || pool.capacityAfter() == null
        ? "-"
        : String.format(Locale.ROOT, "%,d -> %,d", pool.capacity(), pool.capacityAfter());
  }

  private static String names(List<NameEffect> names, Ink ink) {
    if (names.isEmpty()) {
      return "every name keeps its pool\n";
    }
    long without = names.stream().filter(name -> name.after() == null).count();
    var table = new Table("");
    table.row(ink.strong("NAME"), ink.strong("RULE"), ink.strong("NOW"), ink.strong("THEN"));
    for (NameEffect name : names.subList(0, Math.min(MOST, names.size()))) {
      String before = name.before();
      String after = name.after();
      table.row(
          name.name(),
          name.rule(),
          before == null ? "-" : before,
          after == null ? ink.bad("all down") : after);
    }
    int more = names.size() - MOST;
    return table
        + (more > 0 ? "and " + more + " more; --json has them\n" : "")
        + (without > 0 ? ink.bad("without a usable backend: " + without) + "\n" : "");
  }
}
