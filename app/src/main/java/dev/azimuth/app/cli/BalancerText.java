package dev.azimuth.app.cli;

import dev.azimuth.app.node.BalancerStatus;
import dev.azimuth.app.node.BalancerStatus.Backend;
import dev.azimuth.app.node.BalancerStatus.Candidate;
import dev.azimuth.app.node.BalancerStatus.Listener;
import dev.azimuth.app.node.BalancerStatus.Route;
import dev.azimuth.app.node.BalancerStatus.Times;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Balancers for a person: who listens, where connections go, how backends do. */
final class BalancerText {
  /** A pool may have thousands, which nobody reads. */
  private static final int MOST = 50;

  private final List<BalancerStatus> balancers;
  private final Ink ink;

  private BalancerText(List<BalancerStatus> balancers, Ink ink) {
    this.balancers = balancers;
    this.ink = ink;
  }

  /** In tables; empty when there are none. */
  static String of(List<BalancerStatus> balancers, Ink ink) {
    if (balancers.isEmpty()) {
      return "";
    }
    var text = new BalancerText(balancers, ink);
    return text.listeners() + text.happened() + text.routes() + text.backends() + "\n";
  }

  private String listeners() {
    Table table = new Table("");
    heads(
        table,
        "BALANCER",
        "LISTENER",
        "STATE",
        "OPEN",
        "ACCEPTED",
        "A SECOND",
        "IN",
        "OUT",
        "WAITING",
        "QUEUED",
        "RETRIES",
        "RESCUED",
        "ENDED");
    for (BalancerStatus balancer : balancers) {
      String name = ink.strong(balancer.name());
      String state = standing(balancer.standing());
      if (balancer.listeners().isEmpty()) {
        table.row(name, "(does not run)", state);
      }
      for (Listener listener : balancer.listeners()) {
        table.row(
            name,
            listener.address(),
            state,
            Long.toString(listener.open()),
            Long.toString(listener.accepted()),
            listener.rates() == null ? "-" : rate(listener.rates().accepted()),
            octets(listener.fromClients()),
            octets(listener.toClients()),
            name.isEmpty() ? "" : Integer.toString(balancer.waiting()),
            Long.toString(listener.queued()),
            Long.toString(listener.retries()),
            Long.toString(listener.rescued()),
            counts(listener.ends()));
        name = "";
        state = "";
      }
    }
    return table + "\n";
  }

  /** A line for each balancer of which there is something to say. */
  private String happened() {
    StringBuilder lines = new StringBuilder();
    for (BalancerStatus balancer : balancers) {
      Map<String, Long> counts = new LinkedHashMap<>();
      counts.put("backends ejected", balancer.ejections());
      counts.put("accepting paused", balancer.acceptPauses());
      counts.put("accepting failed", balancer.acceptFailures());
      counts.values().removeIf(count -> count == 0);
      if (!counts.isEmpty()) {
        lines.append(balancer.name() + ": " + counts(counts) + "\n");
      }
    }
    return lines.isEmpty() ? "" : lines.append('\n').toString();
  }

  private String standing(String standing) {
    return switch (standing) {
      case "USABLE" -> ink.good("usable");
      case "NO_BACKEND" -> ink.bad("no backend");
      default -> ink.warn(standing.toLowerCase(Locale.ROOT));
    };
  }

  private static String rate(double perSecond) {
    return String.format(Locale.ROOT, "%.1f", perSecond);
  }

  private String routes() {
    Table table = new Table("");
    heads(table, "BALANCER", "CLIENTS", "REASON", "FORWARDED TO");
    for (BalancerStatus balancer : balancers) {
      String name = ink.strong(balancer.name());
      for (Route route : balancer.routes()) {
        table.row(
            name,
            route.match().isEmpty()
                ? "all" + (balancer.routes().size() > 1 ? " others" : "")
                : route.match(),
            route.reason().equals("RULE") ? ink.good("RULE") : ink.warn(route.reason()),
            candidates(route.candidates())
                + (route.next().isEmpty() ? "" : "; then " + String.join(", ", route.next())));
        name = "";
      }
    }
    return table + "\n";
  }

  private String candidates(List<Candidate> candidates) {
    if (candidates.isEmpty()) {
      return ink.bad("nobody");
    }
    int more = candidates.size() - MOST;
    return candidates.stream()
            .limit(MOST)
            .map(each -> each.backend() + (each.weight() == 1 ? "" : " x" + each.weight()))
            .collect(Collectors.joining(", "))
        + (more > 0 ? " and " + more + " more" : "");
  }

  private String backends() {
    Table table = new Table("");
    heads(
        table,
        "BALANCER",
        "BACKEND",
        "OPEN",
        "CONNECTED",
        "A SECOND",
        "SENT",
        "RECEIVED",
        "CONNECT",
        "FIRST",
        "FAILURES");
    for (BalancerStatus balancer : balancers) {
      String name = ink.strong(balancer.name());
      for (Backend backend :
          balancer.backends().subList(0, Math.min(MOST, balancer.backends().size()))) {
        table.row(
            name,
            backend.backend(),
            Integer.toString(backend.open()),
            Long.toString(backend.connections()),
            backend.perSecond() == null ? "-" : rate(backend.perSecond()),
            octets(backend.toBackend()),
            octets(backend.fromBackend()),
            times(backend.connect()),
            times(backend.firstOctet()),
            counts(backend.failures())
                + (backend.lastFailure() == null
                    ? ""
                    : ", last: " + backend.lastFailure().cause()));
        name = "";
      }
      int more = balancer.backends().size() - MOST;
      if (more > 0) {
        table.row("", "and " + more + " more; --json has them");
      }
    }
    return table.toString();
  }

  private void heads(Table table, String... heads) {
    table.row(List.of(heads).stream().map(ink::strong).toList());
  }

  private static String counts(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .map(each -> words(each.getKey()) + " " + each.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String words(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** The median and what 99 of 100 stay below. */
  private static String times(Times times) {
    return times.count() == 0 ? "-" : millis(times.median()) + " / " + millis(times.p99());
  }

  private static String millis(long micros) {
    return micros == Long.MAX_VALUE
        ? "longer"
        : String.format(Locale.ROOT, micros < 10_000 ? "%.1f ms" : "%.0f ms", micros / 1e3);
  }

  /** In the largest unit of which there are at least ten. */
  static String octets(long octets) {
    List<String> units = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB");
    int unit = 0;
    long left = octets;
    while (left >= 10L << 10 && unit < units.size() - 1) {
      left >>= 10;
      unit++;
    }
    return left + " " + units.get(unit);
  }
}
