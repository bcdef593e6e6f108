package dev.azimuth.app.metrics;

import dev.azimuth.health.State;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The metrics of a node. What is bounded and rare is a Micrometer meter; what the workers and
 * tables hold is walked at every scrape. Safe for use by any number of threads.
 */
public final class Metrics implements AutoCloseable {
  /** Upper bounds of the probe histogram: from a neighbour's answer to the longest timeouts. */
  private static final Duration[] PROBE_BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(200),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(2),
    Duration.ofSeconds(5),
  };

  /** How a reload ended. */
  public enum Reload {
    /** The configuration is in force. */
    TAKEN_UP,
    /** It says the same as the one in force. */
    UNCHANGED,
    /** It has problems, or removes too much: the old one serves on. */
    REFUSED
  }

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final Timer probes;
  private final Map<State, Counter> changes = new EnumMap<>(State.class);
  private final Map<Reload, Counter> reloads = new EnumMap<>(Reload.class);
  private final TrafficSource traffic;
  private final BackendSource backends;

  /**
   * @param version of this build
   * @param generation of the picture in force
   * @param workerAllocated octets that the UDP workers have allocated since they began; stays where
   *     it is once the node is warm
   */
  public Metrics(
      String version,
      LongSupplier generation,
      LongSupplier workerAllocated,
      TrafficSource traffic,
      BackendSource backends) {
    this.traffic = traffic;
    this.backends = backends;
    Gauge.builder("azimuth.build.info", () -> 1)
        .description("The version of Azimuth and of Java.")
        .tag("version", version)
        .tag("java", Runtime.version().toString())
        .register(registry);
    Gauge.builder("azimuth.picture.generation", generation::getAsLong)
        .description("Counts what was published to the workers.")
        .register(registry);
    Gauge.builder("azimuth.worker.allocated.bytes", workerAllocated::getAsLong)
        .description("Octets allocated by UDP workers since they began: level when warm.")
        .register(registry);
    probes =
        Timer.builder("azimuth.probe.duration")
            .description("How long conclusive probes took.")
            .serviceLevelObjectives(PROBE_BUCKETS)
            .register(registry);
    for (State to : State.values()) {
      changes.put(
          to,
          Counter.builder("azimuth.backend.state.changes")
              .description("Addresses whose checks came to say something else.")
              .tag("to", to.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    for (Reload result : Reload.values()) {
      reloads.put(
          result,
          Counter.builder("azimuth.reloads")
              .description("Times that the configuration was read anew.")
              .tag("result", result.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    new JvmMemoryMetrics().bindTo(registry);
    gc.bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /** A conclusive probe took this long, in microseconds. */
  public void probed(long tookMicros) {
    probes.record(tookMicros, TimeUnit.MICROSECONDS);
  }

  /** The checks of an address came to say this. */
  public void stateChanged(State to) {
    count(changes, to);
  }

  /** A reload ended so. */
  public void reloaded(Reload result) {
    count(reloads, result);
  }

  private static <K> void count(Map<K, Counter> counters, K key) {
    Counter counter = counters.get(key);
    if (counter == null) {
      throw new IllegalStateException("no counter for " + key);
    }
    counter.increment();
  }

  /** Writes everything in the text format of Prometheus; leaves the stream open. */
  public void scrape(OutputStream out) throws IOException {
    var format = new TextFormat(out);
    try {
      writeTraffic(format);
      writeBackends(format);
      format.raw(registry.scrape());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    format.flush();
  }

  private void writeTraffic(TextFormat format) {
    format.counter("azimuth_responses_total", "Responses sent.");
    traffic.responses(
        (listener, transport, type, rcode, count) ->
            format.sample(
                "azimuth_responses_total",
                count,
                "listener",
                listener,
                "transport",
                transport,
                "type",
                type,
                "rcode",
                rcode));
    format.counter("azimuth_queries_dropped_total", "Queries that got no response.");
    traffic.drops(
        (listener, transport, reason, count) ->
            format.sample(
                "azimuth_queries_dropped_total",
                count,
                "listener",
                listener,
                "transport",
                transport,
                "reason",
                reason));
  }

  private void writeBackends(TextFormat format) {
    format.gauge("azimuth_backend_up", "1 when the checks of an address say up, else 0.");
    backends.addresses(
        (pool, backend, address, up) ->
            format.sample(
                "azimuth_backend_up",
                up ? 1 : 0,
                "pool",
                pool,
                "backend",
                backend,
                "address",
                address));
    format.counter("azimuth_answers_total", "Answers that held an address of a backend.");
    backends.answers(
        (pool, backend, count) ->
            format.sample("azimuth_answers_total", count, "pool", pool, "backend", backend));
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
