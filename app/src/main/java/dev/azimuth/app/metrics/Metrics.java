package dev.azimuth.app.metrics;

import dev.azimuth.health.Check;
import dev.azimuth.health.ProbeResult.Code;
import dev.azimuth.health.State;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of a node. What workers and tables hold is walked at every scrape, so that a hundred
 * thousand backends cost nothing in between. Micrometer measures the process itself; it takes up to
 * a second to load into a cold JVM, which only the first scrape has to wait for, not the first
 * answer. Safe for use by any number of threads.
 */
public final class Metrics implements AutoCloseable {
  /** How a reload ended. */
  public enum Reload {
    /** The configuration is in force. */
    TAKEN_UP,
    /** It says the same as the one in force. */
    UNCHANGED,
    /** It has problems, or removes too much: the old one serves on. */
    REFUSED
  }

  private enum Suspicion {
    BELIEVED,
    DOUBTED
  }

  private final String version;
  private final NodeSource node;
  private final TrafficSource traffic;
  private final BackendSource backends;
  private final BalancerSource balancers;
  private final ProbeTimes probes = new ProbeTimes();
  private final EventCounts<Code> results = new EventCounts<>(Code.class);
  private final EventCounts<State> changes = new EventCounts<>(State.class);
  private final EventCounts<Reload> reloads = new EventCounts<>(Reload.class);
  private final EventCounts<Suspicion> suspicions = new EventCounts<>(Suspicion.class);
  private @Nullable RuntimeMeters runtime;

  /**
   * @param version of this build
   */
  public Metrics(
      String version,
      NodeSource node,
      TrafficSource traffic,
      BackendSource backends,
      BalancerSource balancers) {
    this.version = version;
    this.node = node;
    this.traffic = traffic;
    this.backends = backends;
    this.balancers = balancers;
  }

  /**
   * These are probed from now on, and until then those of before.
   *
   * @param checks by their names in the configuration. Checks that are alike are probed once, and
   *     counted under the first of their names
   */
  public void checks(Map<String, Check> checks) {
    probes.adopt(checks);
  }

  /**
   * A probe of a check ended so.
   *
   * @param tookMicros in microseconds; counts when it is conclusive
   */
  public void probed(Check check, Code code, long tookMicros) {
    results.happened(code);
    if (code != Code.INCONCLUSIVE) {
      probes.record(check, tookMicros);
    }
  }

  /** The checks of an address came to say this. */
  public void stateChanged(State to) {
    changes.happened(to);
  }

  /**
   * Anchors were asked whether to believe the checks.
   *
   * @param doubted whether too few of them answered
   */
  public void suspected(boolean doubted) {
    suspicions.happened(doubted ? Suspicion.DOUBTED : Suspicion.BELIEVED);
  }

  /** A reload ended so. */
  public void reloaded(Reload result) {
    reloads.happened(result);
  }

  /** Writes everything in the text format of Prometheus; leaves the stream open. */
  public void scrape(OutputStream out) throws IOException {
    var format = new TextFormat(out);
    try {
      TrafficMetrics.write(format, traffic);
      BackendMetrics.write(format, backends);
      BalancerMetrics.write(format, balancers);
      writeNode(format);
      format.raw(runtime().scrape());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    format.flush();
  }

  private synchronized RuntimeMeters runtime() {
    if (runtime == null) {
      runtime = new RuntimeMeters();
    }
    return runtime;
  }

  private void writeNode(TextFormat format) {
    format.gauge("azimuth_build_info", "The version of Azimuth and of Java.");
    format.sample(
        "azimuth_build_info", 1, "version", version, "java", Runtime.version().toString());
    format.gauge("azimuth_picture_generation", "Counts what was published to the workers.");
    format.sample("azimuth_picture_generation", node.generation());
    format.counter(
        "azimuth_worker_allocated_bytes_total",
        "Octets allocated by UDP workers since they began: level when warm.");
    format.sample("azimuth_worker_allocated_bytes_total", node.workerAllocated());
    flag(format, "azimuth_frozen", "1 while an operator keeps the table frozen.", node.frozen());
    flag(
        format,
        "azimuth_self_doubt",
        "1 while the node doubts its own checks, since its anchors do not answer, and holds what was"
            + " known before.",
        node.doubting());
    format.counter(
        "azimuth_suspicions_total",
        "Times that so much failed at once that the anchors were asked.");
    suspicions.writeTo(format, "azimuth_suspicions_total", "result");
    flag(
        format,
        "azimuth_configuration_rejected",
        "1 while the newest configuration is refused and an older one serves on.",
        node.rejected());
    format.gauge("azimuth_zones", "Zones that are served.");
    format.sample("azimuth_zones", node.zones());
    format.gauge(
        "azimuth_zones_rejected",
        "Zones that serve older data, since what their files hold now was refused.");
    format.sample("azimuth_zones_rejected", node.zonesRejected());
    format.gauge(
        "azimuth_names_all_down",
        "Names with a rule of whose pools no backend is usable, so that all_down is answered.");
    format.sample("azimuth_names_all_down", node.namesAllDown());
    format.gauge(
        "azimuth_forced_backends", "Backends that an operator forced up or down, or drains.");
    format.sample("azimuth_forced_backends", node.forced());
    format.gauge("azimuth_orders", "Orders of operators, by what they say and whether they began.");
    node.orders(
        (what, inForce, planned) -> {
          format.sample("azimuth_orders", inForce, "what", what, "phase", "in_force");
          format.sample("azimuth_orders", planned, "what", what, "phase", "planned");
        });
    format.gauge(
        "azimuth_oldest_order_seconds",
        "How long ago the oldest order was given: forgotten ones show here. 0 for none.");
    format.sample("azimuth_oldest_order_seconds", node.oldestOrder());
    flag(
        format,
        "azimuth_orders_kept",
        "0 while operators' orders are in force but could not be written to disk.",
        node.kept());
    format.counter(
        "azimuth_log_lines_dropped_total",
        "Log lines that were dropped, since nobody took them from standard error.");
    format.sample("azimuth_log_lines_dropped_total", node.logLinesDropped());
    writeGeo(format, node.geo());
    writeQueryLog(format, node.queryLog());
    writeWebhooks(format, node.webhooks());
    writeHeartbeats(format, node.heartbeats());
    probes.writeTo(format);
    format.counter("azimuth_probe_results_total", "Probes that ended, by their result.");
    results.writeTo(format, "azimuth_probe_results_total", "code", Code::name);
    format.gauge(
        "azimuth_certificate_seconds_left",
        "How long the certificates last that checks over TLS have seen, or that balancers show at"
            + " their first listener; negative when ended.");
    node.certificates(
        (address, name, left) ->
            format.sample(
                "azimuth_certificate_seconds_left", left, "address", address, "name", name));
    format.counter(
        "azimuth_backend_state_changes_total",
        "Addresses whose checks came to say something else.");
    changes.writeTo(format, "azimuth_backend_state_changes_total", "to");
    format.counter("azimuth_reloads_total", "Times that the configuration was read anew.");
    reloads.writeTo(format, "azimuth_reloads_total", "result");
  }

  private static void writeGeo(TextFormat format, GeoSource geo) {
    if (geo.files().isEmpty()) {
      return;
    }
    String built = "azimuth_geo_database_build_timestamp_seconds";
    format.gauge(built, "When a database of places was built by its maker.");
    geo.files()
        .forEach(db -> format.sample(built, db.built(), "file", db.file(), "type", db.type()));
    String age = "azimuth_geo_database_age_seconds";
    format.gauge(age, "How old a database of places is.");
    geo.files()
        .forEach(db -> format.sample(age, db.ageSeconds(), "file", db.file(), "type", db.type()));
    flag(
        format,
        "azimuth_geo_rejected",
        "1 while files of databases hold what cannot be used, and the old ones serve on.",
        geo.rejected());
  }

  private static void writeQueryLog(TextFormat format, QueryLogCounts log) {
    if (log.on()) {
      flag(
          format,
          "azimuth_query_log_connected",
          "1 while the file or connection of the query log is open, else 0.",
          log.connected());
    }
    format.counter("azimuth_query_log_written_total", "Queries written to the query log.");
    format.sample("azimuth_query_log_written_total", log.written());
    String dropped = "azimuth_query_log_dropped_total";
    format.counter(
        dropped,
        "Queries that should have been logged: full, nothing took those before them; broken, lost"
            + " with a file or connection.");
    format.sample(dropped, log.overflowed(), "reason", "full");
    format.sample(dropped, log.lost(), "reason", "broken");
  }

  private static void writeWebhooks(TextFormat format, WebhookCounts webhooks) {
    String changes = "azimuth_webhook_changes_total";
    format.counter(
        changes,
        "Changes of state that webhooks were to be told: sent, failed in every try, or dropped since"
            + " too many waited.");
    format.sample(changes, webhooks.sent(), "result", "sent");
    format.sample(changes, webhooks.failed(), "result", "failed");
    format.sample(changes, webhooks.dropped(), "result", "dropped");
    format.counter("azimuth_webhook_retries_total", "Messages that were tried once more.");
    format.sample("azimuth_webhook_retries_total", webhooks.retries());
  }

  private static void writeHeartbeats(TextFormat format, HeartbeatCounts heartbeats) {
    String refused = "azimuth_heartbeat_connections_refused_total";
    format.counter(refused, "Connections for heartbeats that a limit kept out.");
    format.sample(refused, heartbeats.peerFull(), "limit", "peer");
    format.sample(refused, heartbeats.full(), "limit", "all");
  }

  private static void flag(TextFormat format, String name, String help, boolean set) {
    format.gauge(name, help);
    format.sample(name, set ? 1 : 0);
  }

  @Override
  public synchronized void close() {
    if (runtime != null) {
      runtime.close();
      runtime = null;
    }
  }
}
