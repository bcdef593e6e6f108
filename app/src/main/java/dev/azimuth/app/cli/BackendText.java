package dev.azimuth.app.cli;

import dev.azimuth.app.host.Durations;
import dev.azimuth.app.host.Printable;
import dev.azimuth.app.node.BackendDetail;
import dev.azimuth.app.node.BackendDetail.Address;
import dev.azimuth.app.node.BackendDetail.Check;
import dev.azimuth.app.node.BackendDetail.Evidence;
import dev.azimuth.app.node.BackendDetail.Result;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All that is known of one backend, for a person. */
final class BackendText {
  private final BackendDetail backend;
  private final Instant now;
  private final Ink ink;

  private BackendText(BackendDetail backend, Instant now, Ink ink) {
    this.backend = backend;
    this.now = now;
    this.ink = ink;
  }

  static String of(BackendDetail backend, Instant now, Ink ink) {
    return new BackendText(backend, now, ink).text();
  }

  private String text() {
    StringBuilder out = new StringBuilder();
    out.append(ink.strong(backend.pool() + "/" + backend.name()))
        .append("  weight ")
        .append(backend.weight())
        .append(backend.standby() ? ", standby" : "");
    if (backend.forced() != null) {
      out.append(", ").append(ink.warn("forced " + backend.forced().toLowerCase(Locale.ROOT)));
    }
    out.append('\n');
    backend
        .orders()
        .forEach(
            order ->
                out.append(
                    "  ordered %s by %s: %s%n"
                        .formatted(
                            order.what(),
                            Printable.of(order.author()),
                            Printable.of(order.reason()))));
    backend.addresses().forEach(address -> out.append('\n').append(address(address)));
    return out.toString();
  }

  private String address(Address address) {
    if (address.check() == null) {
      return "%s  %s%n".formatted(ink.strong(address.address()), ink.faint("no check"));
    }
    String believed =
        address.believed() == null
            ? ""
            : ink.warn(", held as " + address.believed().toLowerCase(Locale.ROOT));
    String asks =
        address.asks() == 100 ? "" : ", asks for %d %% of its weight".formatted(address.asks());
    return "%s  %s%s by %s%s%s%n"
            .formatted(
                ink.strong(address.address()),
                state(address.state()),
                since(address.since()),
                address.check(),
                believed,
                asks)
        + address.checks().stream().map(this::check).collect(Collectors.joining());
  }

  private String check(Check check) {
    StringBuilder out = new StringBuilder();
    out.append(
        "  %s %s%s  %s%s%n"
            .formatted(
                check.check(),
                check.target(),
                check.watched() ? " (watched)" : "",
                state(check.state()),
                since(check.since())));
    Evidence evidence = check.evidence();
    if (evidence != null) {
      out.append("    decided by %s %s ago%n".formatted(words(evidence), age(evidence.at())));
    }
    if (check.row() > 0) {
      out.append(
          "    %d of one kind in a row%s%n"
              .formatted(
                  check.row(),
                  check.streak() > 0 ? ink.warn(", %d against".formatted(check.streak())) : ""));
    }
    if (check.heldUntil() != null) {
      out.append(
          "    %s for %s more, since it fell often%n"
              .formatted(ink.warn("held down"), Durations.between(now, check.heldUntil())));
    }
    Table table = new Table("    ");
    check
        .results()
        .forEach(result -> table.row(age(result.at()) + " ago", result.code(), millis(result)));
    return out.append(table).toString();
  }

  private static String words(Evidence evidence) {
    return evidence.code()
        + (evidence.detail().isEmpty() ? "" : " " + Printable.of(evidence.detail()));
  }

  private static String millis(Result result) {
    return String.format(Locale.ROOT, "%.1f ms", result.tookMicros() / 1e3);
  }

  private String state(String state) {
    return switch (state) {
      case "UP" -> ink.good("up");
      case "DOWN" -> ink.bad("down");
      default -> ink.warn(state.toLowerCase(Locale.ROOT));
    };
  }

  private String since(@Nullable Instant since) {
    return since == null ? "" : " for " + age(since);
  }

  private String age(Instant since) {
    return Durations.between(since, now);
  }
}
