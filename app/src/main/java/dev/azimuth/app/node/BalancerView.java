package dev.azimuth.app.node;

import dev.azimuth.app.config.BalancerConfig;
import dev.azimuth.app.host.Printable;
import dev.azimuth.balancer.BalancerReport;
import dev.azimuth.balancer.BalancerReport.BackendReport;
import dev.azimuth.balancer.BalancerReport.ListenerReport;
import dev.azimuth.balancer.Histogram;
import dev.azimuth.balancer.Settings;
import dev.azimuth.balancer.Supply;
import dev.azimuth.steering.Addresses;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Turns what balancers report into what operators read. */
final class BalancerView {
  private final Published published;
  private final List<BalancerReport> reports;
  private final ToLongFunction<String> ejections;
  private final RecentCounts.Since since;
  private final long now;

  private BalancerView(
      Published published,
      List<BalancerReport> reports,
      ToLongFunction<String> ejections,
      RecentCounts.Since since,
      long now) {
    this.now = now;
    this.published = published;
    this.reports = reports;
    this.ejections = ejections;
    this.since = since;
  }

  /**
   * Every balancer of the configuration in force, in its order.
   *
   * @param reports of those that run
   * @param ejections how often the balancer of a name has ejected a backend
   * @param recent what was counted before; takes in what is counted now
   * @param now in milliseconds of the steady clock
   */
  static List<BalancerStatus> of(
      Published published,
      List<BalancerReport> reports,
      ToLongFunction<String> ejections,
      RecentCounts recent,
      long now) {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (BalancerReport report : reports) {
      for (ListenerReport listener : report.listeners()) {
        String key = key(report, listener);
        counts.put(key + " accepted", listener.accepted());
        counts.put(key + " from", listener.fromClients());
        counts.put(key + " to", listener.toClients());
      }
      for (BackendReport backend : report.backends()) {
        counts.put(key(report, backend), backend.connections());
      }
    }
    BalancerView view =
        new BalancerView(published, reports, ejections, recent.look(counts, now), now);
    return published.plan().balancers().keySet().stream().map(view::balancer).toList();
  }

  private static String key(BalancerReport report, BackendReport backend) {
    return report.name() + " " + backend.key();
  }

  private static String key(BalancerReport report, ListenerReport listener) {
    return report.name() + " " + address(listener);
  }

  private BalancerStatus balancer(String name) {
    Plan.Tier tier = published.plan().balancers().get(name);
    BalancerConfig config = published.plan().source().config().balancers().get(name);
    if (tier == null || config == null) {
      throw new IllegalArgumentException(name);
    }
    String standing = Standing.of(published, name, tier).name();
    return reports.stream()
        .filter(report -> report.name().equals(name))
        .findFirst()
        .map(report -> running(report, config, standing))
        .orElseGet(
            () ->
                new BalancerStatus(
                    name, standing, 0, 0, 0, 0, List.of(), List.of(), List.of(), List.of()));
  }

  private BalancerStatus running(BalancerReport report, BalancerConfig config, String standing) {
    return new BalancerStatus(
        report.name(),
        standing,
        report.waiting(),
        report.acceptFailures(),
        report.acceptPauses(),
        ejections.applyAsLong(report.name()),
        report.listeners().stream().map(listener -> listener(report, listener)).toList(),
        routes(report.supplies(), config.settings().matches()),
        report.backends().stream()
            .sorted(Comparator.comparing(BackendReport::key))
            .map(backend -> backend(report, backend))
            .toList(),
        ejected(report.name()));
  }

  private List<BalancerStatus.Ejected> ejected(String balancer) {
    return Ejecting.ejected(published, balancer).entrySet().stream()
        .map(
            each ->
                new BalancerStatus.Ejected(
                    each.getKey(),
                    SteadyClock.instant(each.getValue().until()),
                    each.getValue().times()))
        .toList();
  }

  private static String address(ListenerReport listener) {
    String protocol = listener.configured().protocol().name().toLowerCase(Locale.ROOT);
    return protocol + "://" + Addresses.text(listener.at());
  }

  private BalancerStatus.Listener listener(BalancerReport report, ListenerReport listener) {
    String key = key(report, listener);
    return new BalancerStatus.Listener(
        address(listener),
        listener.open(),
        listener.accepted(),
        listener.fromClients(),
        listener.toClients(),
        listener.retries(),
        listener.rescued(),
        listener.queued(),
        happened(listener.ends()),
        since.known(key + " accepted")
            ? new BalancerStatus.Rates(
                since.perSecond(key + " accepted"),
                since.perSecond(key + " from"),
                since.perSecond(key + " to"))
            : null);
  }

  private static Map<String, Long> happened(Map<? extends Enum<?>, Long> counts) {
    Map<String, Long> happened = new LinkedHashMap<>();
    counts.forEach(
        (what, count) -> {
          if (count > 0) {
            happened.put(what.name(), count);
          }
        });
    return happened;
  }

  /** While a reload is under way there may be fewer matches than supplies, or more. */
  private static List<BalancerStatus.Route> routes(
      List<Supply> supplies, List<Settings.Match> matches) {
    List<BalancerStatus.Route> routes = new ArrayList<>();
    for (int i = 0; i < supplies.size() && i <= matches.size(); i++) {
      Supply supply = supplies.get(i);
      routes.add(
          new BalancerStatus.Route(
              i == 0 ? "" : words(matches.get(i - 1)),
              supply.reason().name(),
              supply.candidates().stream().map(BalancerView::candidate).toList(),
              next(supply)));
    }
    return routes;
  }

  private static List<String> next(Supply supply) {
    List<String> pools = new ArrayList<>();
    for (Supply next = supply.next(); next != null; next = next.next()) {
      String key = next.candidates().getFirst().key();
      pools.add(key.substring(0, key.indexOf('/')));
    }
    return pools;
  }

  private static String words(Settings.Match match) {
    StringJoiner words = new StringJoiner("; ");
    if (!match.names().isEmpty()) {
      words.add("sni " + String.join(", ", match.names()));
    }
    if (!match.protocols().isEmpty()) {
      words.add("alpn " + String.join(", ", match.protocols()));
    }
    return words.toString();
  }

  private static BalancerStatus.Candidate candidate(Supply.Candidate candidate) {
    return new BalancerStatus.Candidate(
        candidate.key(),
        candidate.weight(),
        candidate.addresses().stream().map(Addresses::text).toList());
  }

  private BalancerStatus.Backend backend(BalancerReport report, BackendReport backend) {
    String key = key(report, backend);
    return new BalancerStatus.Backend(
        backend.key(),
        backend.open(),
        backend.connections(),
        since.known(key) ? since.perSecond(key) : null,
        backend.toBackend(),
        backend.fromBackend(),
        happened(backend.failures()),
        times(backend.connect()),
        times(backend.firstOctet()),
        lastFailure(backend.lastFailure()));
  }

  private BalancerStatus.@Nullable LastFailure lastFailure(
      BalancerReport.@Nullable LastFailure failure) {
    return failure == null
        ? null
        : new BalancerStatus.LastFailure(
            SteadyClock.instant(now - failure.ago().toMillis()), Printable.of(failure.cause()));
  }

  private static BalancerStatus.Times times(Histogram took) {
    return new BalancerStatus.Times(took.count(), took.quantile(0.5), took.quantile(0.99));
  }
}
