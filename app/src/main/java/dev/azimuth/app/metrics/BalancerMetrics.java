package dev.azimuth.app.metrics;

import dev.azimuth.balancer.BalancerReport;
import dev.azimuth.balancer.BalancerReport.BackendReport;
import dev.azimuth.balancer.BalancerReport.DatagramCounts;
import dev.azimuth.balancer.BalancerReport.ListenerReport;
import dev.azimuth.balancer.Histogram;
import dev.azimuth.balancer.Listen;
import dev.azimuth.steering.Addresses;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * The series of balancers: per balancer, per listener and per backend; none where there are none.
 */
final class BalancerMetrics {
  private final TextFormat format;
  private final List<BalancerReport> reports;

  private BalancerMetrics(TextFormat format, List<BalancerReport> reports) {
    this.format = format;
    this.reports = reports;
  }

  static void write(TextFormat format, BalancerSource source) {
    List<BalancerReport> reports = source.reports();
    if (!reports.isEmpty()) {
      new BalancerMetrics(format, reports).write(source);
    }
  }

  private void write(BalancerSource source) {
    String usable = "azimuth_balancer_usable";
    format.gauge(
        usable, "1 while a balancer takes clients and has a backend of its site for them, else 0.");
    for (BalancerReport report : reports) {
      format.sample(usable, source.usable(report.name()) ? 1 : 0, "balancer", report.name());
    }
    String waiting = "azimuth_balancer_waiting";
    format.gauge(waiting, "Connections that wait for a place at a backend.");
    reports.forEach(report -> format.sample(waiting, report.waiting(), "balancer", report.name()));
    String failed = "azimuth_balancer_accept_failures_total";
    format.counter(failed, "Times that no descriptor or memory was left to accept with.");
    reports.forEach(
        report -> format.sample(failed, report.acceptFailures(), "balancer", report.name()));
    String paused = "azimuth_balancer_accept_pauses_total";
    format.counter(
        paused, "Times that a loop let nobody in for a while: all is taken, or nothing is left.");
    reports.forEach(
        report -> format.sample(paused, report.acceptPauses(), "balancer", report.name()));
    String ejections = "azimuth_balancer_ejections_total";
    format.counter(ejections, "Times that a backend was ejected.");
    reports.forEach(
        report ->
            format.sample(ejections, source.ejections(report.name()), "balancer", report.name()));
    writeListeners();
    writeBackends();
    writeEjected(source);
  }

  /** One that is ejected may be one of which nothing is counted. */
  private void writeEjected(BalancerSource source) {
    String name = "azimuth_balancer_backend_ejected";
    format.gauge(name, "1 while a backend is left out since connections to it failed, else 0.");
    for (BalancerReport report : reports) {
      Set<String> ejected = source.ejected(report.name());
      Set<String> all = new TreeSet<>(ejected);
      report.backends().forEach(backend -> all.add(backend.key()));
      for (String key : all) {
        format.sample(name, ejected.contains(key) ? 1 : 0, labels(report.name(), key));
      }
    }
  }

  private static String[] labels(String balancer, String key) {
    int slash = key.indexOf('/');
    return new String[] {
      "balancer", balancer, "pool", key.substring(0, slash), "backend", key.substring(slash + 1)
    };
  }

  private void writeListeners() {
    format.gauge("azimuth_balancer_connections", "Open connections of clients, or UDP sessions.");
    listeners("azimuth_balancer_connections", ListenerReport::open);
    format.counter("azimuth_balancer_accepted_total", "Connections accepted, sessions begun.");
    listeners("azimuth_balancer_accepted_total", ListenerReport::accepted);
    String octets = "azimuth_balancer_bytes_total";
    format.counter(octets, "Octets forwarded.");
    listeners(octets, ListenerReport::fromClients, "direction", "from_client");
    listeners(octets, ListenerReport::toClients, "direction", "to_client");
    String spliced = "azimuth_balancer_spliced_bytes_total";
    format.counter(spliced, "Octets of these that were not copied, both ways.");
    listeners(spliced, ListenerReport::spliced);
    writeDatagrams();
    format.counter(
        "azimuth_balancer_retries_total", "Attempts to connect beyond a connection's first.");
    listeners("azimuth_balancer_retries_total", ListenerReport::retries);
    format.counter(
        "azimuth_balancer_rescued_total",
        "Connections forwarded to another pool, since the first cannot serve.");
    listeners("azimuth_balancer_rescued_total", ListenerReport::rescued);
    format.counter(
        "azimuth_balancer_queued_total", "Connections that had to wait for a place at a backend.");
    listeners("azimuth_balancer_queued_total", ListenerReport::queued);
    format.counter("azimuth_balancer_ended_total", "Connections and sessions, by how they ended.");
    for (BalancerReport report : reports) {
      for (ListenerReport listener : report.listeners()) {
        each(
            "azimuth_balancer_ended_total",
            listener.ends(),
            "how",
            "balancer",
            report.name(),
            "listener",
            address(listener));
      }
    }
  }

  private void writeDatagrams() {
    String name = "azimuth_balancer_datagrams_total";
    format.counter(name, "Datagrams that came from clients, and that were sent to them.");
    datagrams(name, DatagramCounts::fromClients, "from_client");
    datagrams(name, DatagramCounts::toClients, "to_client");
    String unsent = "azimuth_balancer_datagrams_unsent_total";
    format.counter(
        unsent, "Datagrams that the system did not take, or whose backend was found to be gone.");
    datagrams(unsent, DatagramCounts::unsentToBackends, "from_client");
    datagrams(unsent, DatagramCounts::unsentToClients, "to_client");
  }

  /** Listeners of TCP have none. */
  private void datagrams(String name, ToLongFunction<DatagramCounts> value, String direction) {
    for (BalancerReport report : reports) {
      for (ListenerReport listener : report.listeners()) {
        if (listener.configured().protocol() == Listen.Protocol.UDP) {
          format.sample(
              name,
              value.applyAsLong(listener.datagrams()),
              "balancer",
              report.name(),
              "listener",
              address(listener),
              "direction",
              direction);
        }
      }
    }
  }

  private void writeBackends() {
    String name = "azimuth_balancer_backend_connections";
    format.gauge(name, "Open connections to a backend, and attempts to connect.");
    backends((report, labels) -> format.sample(name, report.open(), labels));
    String connected = "azimuth_balancer_backend_connected_total";
    format.counter(connected, "Connections had to a backend.");
    backends((report, labels) -> format.sample(connected, report.connections(), labels));
    String octets = "azimuth_balancer_backend_bytes_total";
    format.counter(octets, "Octets forwarded.");
    backends(
        (report, labels) -> {
          format.sample(octets, report.toBackend(), with(labels, "direction", "to_backend"));
          format.sample(octets, report.fromBackend(), with(labels, "direction", "from_backend"));
        });
    String failures = "azimuth_balancer_backend_failures_total";
    format.counter(failures, "What a backend did wrong.");
    backends((report, labels) -> each(failures, report.failures(), "failure", labels));
    histogram(
        "azimuth_balancer_backend_connect_seconds",
        "How long connecting to a backend took.",
        BackendReport::connect);
    histogram(
        "azimuth_balancer_backend_first_byte_seconds",
        "How long it took from then to the first octet of the backend.",
        BackendReport::firstOctet);
  }

  private void listeners(String name, ToLongFunction<ListenerReport> value, String... moreLabels) {
    for (BalancerReport report : reports) {
      for (ListenerReport listener : report.listeners()) {
        format.sample(
            name,
            value.applyAsLong(listener),
            with(
                new String[] {"balancer", report.name(), "listener", address(listener)},
                moreLabels));
      }
    }
  }

  private static String address(ListenerReport listener) {
    return Addresses.text(listener.at());
  }

  /** Takes one backend with the labels that name it. */
  private interface Backends {
    void backend(BackendReport report, String[] labels);
  }

  private void backends(Backends visitor) {
    for (BalancerReport report : reports) {
      for (BackendReport backend : report.backends()) {
        visitor.backend(backend, labels(report.name(), backend.key()));
      }
    }
  }

  private void each(
      String name, Map<? extends Enum<?>, Long> counts, String label, String... labels) {
    counts.forEach(
        (what, count) ->
            format.sample(name, count, with(labels, label, what.name().toLowerCase(Locale.ROOT))));
  }

  private void histogram(String name, String help, Function<BackendReport, Histogram> of) {
    format.histogram(name, help);
    backends(
        (report, labels) -> {
          Histogram took = of.apply(report);
          long count = 0;
          for (int i = 0; i < took.counts().size(); i++) {
            count += took.counts().get(i);
            long end = took.end(i);
            String bound = end == Long.MAX_VALUE ? "+Inf" : seconds(end);
            format.sample(name + "_bucket", count, with(labels, "le", bound));
          }
          format.sample(name + "_sum", seconds(took.sumMicros()), labels);
          format.sample(name + "_count", count, labels);
        });
  }

  private static String seconds(long micros) {
    return Double.toString(micros / 1e6);
  }

  private static String[] with(String[] labels, String... more) {
    String[] all = Arrays.copyOf(labels, labels.length + more.length);
    System.arraycopy(more, 0, all, labels.length, more.length);
    return all;
  }
}
