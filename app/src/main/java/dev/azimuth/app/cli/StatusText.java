package dev.azimuth.app.cli;

import dev.azimuth.app.host.Durations;
import dev.azimuth.app.host.Printable;
import dev.azimuth.app.node.BalancerStatus;
import dev.azimuth.app.node.Status;
import dev.azimuth.app.node.Status.BackendStatus;
import dev.azimuth.app.node.Status.CheckStatus;
import dev.azimuth.app.node.Status.EndpointStatus;
import dev.azimuth.app.node.Status.NameStatus;
import dev.azimuth.app.node.Status.OverrideStatus;
import dev.azimuth.app.node.Status.PoolStatus;
import dev.azimuth.app.node.Status.ZoneStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The status of a node for a person: what needs attention first, then everything in tables. */
final class StatusText {
  /** A node may have thousands, which nobody reads. */
  private static final int MOST_ZONES = 50;

  private static final int MOST_ORDERS = 20;

  private final Status status;
  private final Instant now;
  private final Ink ink;

  private StatusText(Status status, Instant now, Ink ink) {
    this.status = status;
    this.now = now;
    this.ink = ink;
  }

  static String of(Status status, Instant now, Ink ink) {
    var text = new StatusText(status, now, ink);
    return text.attention()
        + text.node()
        + text.zones()
        + text.pools()
        + BalancerText.of(status.balancers(), ink)
        + text.names();
  }

  /** One pool of a status with its backends; null when it has none of this name. */
  static @Nullable String pool(Status status, String name, Instant now, Ink ink) {
    List<PoolStatus> named =
        status.pools().stream().filter(pool -> pool.name().equals(name)).toList();
    return named.isEmpty() ? null : new StatusText(status, now, ink).pools(named).toString();
  }

  /** Whether something does not work that an operator has to mend, or to end. */
  static boolean needsOperator(Status status) {
    return status.frozen() != null
        || status.doubting() != null
        || status.notKept() != null
        || !status.troubles().isEmpty()
        || status.rejected() != null
        || status.zones().stream().anyMatch(zone -> zone.rejected() != null)
        || (status.geo() != null && status.geo().rejected() != null)
        || status.names().stream().anyMatch(NameStatus::allDown)
        || status.balancers().stream().anyMatch(each -> each.standing().equals("NO_BACKEND"));
  }

  private String attention() {
    var lines = new ArrayList<String>();
    var frozen = status.frozen();
    if (frozen != null) {
      lines.add(
          ink.bad("FROZEN")
              + "  "
              + order(frozen.since(), frozen.author(), frozen.until(), frozen.reason()));
    }
    Instant doubting = status.doubting();
    if (doubting != null) {
      lines.add(
          ink.bad("SELF DOUBT")
              + "  for %s: too few anchors answer, so answers stand on what was known before"
                  .formatted(age(doubting)));
    }
    if (status.notKept() != null) {
      lines.add(
          ink.bad("NOT KEPT")
              + "  forced states and freeze would not survive a restart: "
              + status.notKept());
    }
    status.troubles().forEach(each -> lines.add(ink.bad("TROUBLE") + "  " + Printable.of(each)));
    var rejected = status.rejected();
    if (rejected != null) {
      lines.add(
          ink.bad("REJECTED")
              + "  the configuration of %s ago is not in force; the one of %s ago is"
                  .formatted(age(rejected.since()), age(status.configurationLoaded())));
      rejected.problems().lines().forEach(line -> lines.add("    " + line));
    }
    for (ZoneStatus zone : status.zones()) {
      if (zone.rejected() != null) {
        lines.add(
            ink.bad("ZONE REJECTED")
                + (zone.serves()
                    ? "  %s: its data of %s ago serve on, what its file holds now does not"
                        .formatted(zone.origin(), age(zone.loaded()))
                    : "  %s: its data cannot be used, every answer is SERVFAIL"
                        .formatted(zone.origin())));
        zone.rejected().lines().forEach(line -> lines.add("    " + line));
      }
    }
    var geo = status.geo();
    if (geo != null && geo.rejected() != null) {
      lines.add(
          ink.bad("GEO REJECTED")
              + "  the databases that were read before serve on, what their files hold now does not");
      geo.rejected().lines().forEach(line -> lines.add("    " + line));
    }
    status.hints().forEach(hint -> lines.add(ink.warn("HINT") + "  " + hint));
    for (NameStatus name : status.names()) {
      if (name.allDown()) {
        lines.add(
            ink.bad("ALL DOWN")
                + "  %s: no backend of %s is usable".formatted(name.name(), name.rule()));
      }
    }
    for (BalancerStatus balancer : status.balancers()) {
      if (balancer.standing().equals("NO_BACKEND")) {
        lines.add(
            ink.bad("NO BACKEND")
                + "  balancer %s has none of its own pools' to forward to"
                    .formatted(balancer.name()));
      }
      for (BalancerStatus.Ejected ejected : balancer.ejected()) {
        lines.add(
            ink.warn("EJECTED")
                + "  balancer %s leaves out %s since connections to it failed%s"
                    .formatted(balancer.name(), ejected.backend(), until(ejected.until())));
      }
    }
    for (PoolStatus pool : status.pools()) {
      if (pool.heldUntil() != null) {
        lines.add(ink.warn("HELD") + "  pool " + pool.name() + held(pool.name(), pool.heldUntil()));
      } else if (!pool.serves()) {
        lines.add(ink.bad("BELOW MIN_UP") + "  pool " + pool.name() + " at " + share(pool));
      }
    }
    status.overrides().stream().limit(MOST_ORDERS).map(this::override).forEach(lines::add);
    int more = status.overrides().size() - MOST_ORDERS;
    if (more > 0) {
      lines.add("and " + more + " more orders: azimuth overrides");
    }
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n\n";
  }

  private String override(OverrideStatus override) {
    Instant from = override.from();
    String whom =
        override.matches() == 1
            ? Printable.of(override.selector())
            : "%s (%d %s)"
                .formatted(
                    Printable.of(override.selector()),
                    override.matches(),
                    override.selector().startsWith("balancer:") ? "balancers" : "backends");
    String what = override.what().toUpperCase(Locale.ROOT);
    Instant until = override.until();
    if (from == null) {
      return "%s  %s %s"
          .formatted(
              ink.warn("FORCED " + what),
              whom,
              order(override.since(), override.author(), until, override.reason()));
    }
    return "%s  %s in %s%s, %s"
        .formatted(
            ink.warn("PLANNED " + what),
            whom,
            Durations.between(now, from),
            until == null ? "" : " for " + Durations.between(from, until),
            order(override.since(), override.author(), null, override.reason()));
  }

  private String node() {
    String listeners =
        status.listeners().stream()
            .collect(
                Collectors.groupingBy(
                    Status.ListenerStatus::address,
                    LinkedHashMap::new,
                    Collectors.mapping(Status.ListenerStatus::transport, Collectors.joining("+"))))
            .entrySet()
            .stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", "));
    var table =
        new Table("")
            .row(ink.strong("Azimuth"), status.version() + ", up " + age(status.started()))
            .row("answers on", listeners)
            .row(
                "configuration",
                "%s, loaded %s ago"
                    .formatted(status.configuration(), age(status.configurationLoaded())))
            .row("changes", "%d since the start".formatted(status.generation()));
    var geo = status.geo();
    if (geo != null) {
      geo.databases()
          .forEach(
              db ->
                  table.row(
                      "database",
                      "%s, %s, built %s ago, %d networks"
                          .formatted(db.file(), db.type(), age(db.built()), db.networks())));
    }
    return table + "\n";
  }

  private String zones() {
    var table = new Table("");
    table.row(ink.strong("ZONE"), ink.strong("SERIAL"), ink.strong("NAMES"), ink.strong("LOADED"));
    for (ZoneStatus zone : status.zones().subList(0, Math.min(MOST_ZONES, status.zones().size()))) {
      table.row(
          zone.origin(),
          Long.toString(zone.serial()),
          Integer.toString(zone.names()),
          age(zone.loaded()) + " ago");
    }
    int more = status.zones().size() - MOST_ZONES;
    return table + (more > 0 ? "and " + more + " more; --json has them\n" : "") + "\n";
  }

  private String pools() {
    return pools(status.pools()) + "\n";
  }

  private Table pools(List<PoolStatus> pools) {
    var table = new Table("");
    table.row(
        ink.strong("POOL"),
        ink.strong("BACKEND"),
        ink.strong("ADDRESS"),
        ink.strong("STATE"),
        ink.strong("SINCE"),
        ink.strong("WEIGHT"),
        ink.strong("LAST PROBE"));
    for (PoolStatus pool : pools) {
      String serves =
          pool.heldUntil() != null
              ? ink.warn("held")
              : pool.serves() ? ink.good("serves") : ink.bad("below min_up");
      table.row(ink.strong(pool.name()), share(pool) + " usable", "", serves);
      for (BackendStatus backend : pool.backends()) {
        List<EndpointStatus> endpoints = backend.endpoints();
        for (int i = 0; i < endpoints.size(); i++) {
          EndpointStatus endpoint = endpoints.get(i);
          table.row(
              "",
              i == 0 ? backend.name() : "",
              address(backend, endpoint),
              state(backend, endpoint),
              endpoint.since() == null ? "" : age(endpoint.since()),
              i == 0 ? backend.weight() + (backend.standby() ? " standby" : "") : "",
              probe(endpoint.code(), endpoint.detail(), endpoint.tookMicros()));
          endpoint.checks().forEach(check -> table.row(check(check)));
        }
        if (endpoints.isEmpty()) {
          table.row("", backend.name(), "(no address yet)", forced(backend));
        }
      }
    }
    return table;
  }

  private static String address(BackendStatus backend, EndpointStatus endpoint) {
    String address = endpoint.address();
    return backend.port() == null
        ? address
        : (address.contains(":") ? "[" + address + "]" : address) + ":" + backend.port();
  }

  private String names() {
    var table = new Table("");
    table.row(
        ink.strong("NAME"),
        ink.strong("RULE"),
        ink.strong("POOL"),
        ink.strong("REASON"),
        ink.strong("TTL"));
    for (NameStatus name : status.names()) {
      String reason =
          name.allDown()
              ? ink.bad(name.reason())
              : switch (name.reason()) {
                case "RULE" -> ink.good(name.reason());
                case "BELOW_MIN_UP" -> ink.bad(name.reason());
                default -> ink.warn(name.reason());
              };
      String pool = name.pool();
      table.row(name.name(), name.rule(), pool == null ? "-" : pool, reason, name.ttl() + "s");
    }
    return table.toString();
  }

  private String[] check(CheckStatus check) {
    return new String[] {
      "",
      "",
      "  " + check.check() + (check.watched() ? " (watched)" : ""),
      state(check.state(), check.streak()),
      age(check.since()),
      "",
      probe(check.code(), check.detail(), check.tookMicros())
    };
  }

  private String state(BackendStatus backend, EndpointStatus endpoint) {
    String forced = forced(backend);
    Integer asks = endpoint.asks();
    return state(endpoint.state(), endpoint.streak())
        + (asks == null ? "" : ink.warn(", asks for %d %%".formatted(asks)))
        + (forced.isEmpty() ? "" : ", " + forced);
  }

  private String state(String state, int streak) {
    String word =
        switch (state) {
          case "UP" -> ink.good("up");
          case "DOWN" -> ink.bad("down");
          case "NONE" -> ink.faint("no check");
          default -> ink.warn(state.toLowerCase(Locale.ROOT));
        };
    return word + (streak == 0 ? "" : ink.warn(" (%d against)".formatted(streak)));
  }

  private String forced(BackendStatus backend) {
    String forced = backend.forced();
    return forced == null ? "" : ink.warn("forced " + forced.toLowerCase(Locale.ROOT));
  }

  private static String probe(@Nullable String code, String detail, long tookMicros) {
    return code == null
        ? ""
        : "%s%s in %s ms"
            .formatted(
                code,
                detail.isEmpty() ? "" : " " + Printable.of(detail),
                String.format(Locale.ROOT, "%.1f", tookMicros / 1e3));
  }

  private static String share(PoolStatus pool) {
    Double v4 = pool.shareV4();
    Double v6 = pool.shareV6();
    if (v4 == null || v6 == null || v4.equals(v6)) {
      return percent(v4 != null ? v4 : v6 != null ? v6 : 0.0);
    }
    return "%s (IPv6 %s)".formatted(percent(v4), percent(v6));
  }

  static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", share * 100);
  }

  private String held(String pool, Instant until) {
    return until.equals(Instant.MAX)
        ? " has recovered and waits for: azimuth failback " + pool
        : " has recovered and is on failback hold" + until(until);
  }

  /** Since when, by whom, for how long yet and why. */
  private String order(Instant since, String author, @Nullable Instant until, String reason) {
    return "set %s ago by %s%s: %s"
        .formatted(age(since), Printable.of(author), until(until), Printable.of(reason));
  }

  private String until(@Nullable Instant until) {
    return until == null || until.equals(Instant.MAX)
        ? ""
        : ", " + Durations.between(now, until) + " left";
  }

  private String age(Instant since) {
    return Durations.between(since, now);
  }
}
