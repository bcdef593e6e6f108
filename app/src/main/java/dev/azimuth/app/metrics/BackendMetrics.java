package dev.azimuth.app.metrics;

import java.math.BigDecimal;

/** The metrics of backends, pools and host names. */
final class BackendMetrics {
  private BackendMetrics() {}

  static void write(TextFormat format, BackendSource backends) {
    format.gauge("azimuth_backend_up", "1 when the checks of an address say up, else 0.");
    backends.addresses(
        (pool, backend, address, up, latency) ->
            format.sample(
                "azimuth_backend_up",
                up ? 1 : 0,
                "pool",
                pool,
                "backend",
                backend,
                "address",
                address));
    format.gauge(
        "azimuth_backend_check_up",
        "1 when a check of a combination says up for an address, else 0; watched ones too.");
    backends.checks(
        (pool, backend, address, check, up) ->
            format.sample(
                "azimuth_backend_check_up",
                up ? 1 : 0,
                "pool",
                pool,
                "backend",
                backend,
                "address",
                address,
                "check",
                check));
    format.gauge(
        "azimuth_backend_latency_seconds",
        "Latency of the successful probes of an address from this node, smoothed over 60 s.");
    backends.addresses(
        (pool, backend, address, up, latency) -> {
          if (latency > 0) {
            format.sample(
                "azimuth_backend_latency_seconds",
                BigDecimal.valueOf(Math.round(latency), 6).toPlainString(),
                "pool",
                pool,
                "backend",
                backend,
                "address",
                address);
          }
        });
    format.gauge("azimuth_pool_serves", "1 when a pool serves by its own measure, else 0.");
    backends.pools(
        (pool, serves, held) -> format.sample("azimuth_pool_serves", serves ? 1 : 0, "pool", pool));
    format.gauge("azimuth_pool_held", "1 while a pool is on failback hold, else 0.");
    backends.pools(
        (pool, serves, held) -> format.sample("azimuth_pool_held", held ? 1 : 0, "pool", pool));
    format.gauge(
        "azimuth_host_resolves",
        "1 when the newest look at a host name succeeded, else 0: its last addresses stay.");
    backends.hosts(
        (host, resolves) -> format.sample("azimuth_host_resolves", resolves ? 1 : 0, "host", host));
    format.counter("azimuth_answers_total", "Answers that held an address of a backend.");
    backends.answers(
        (pool, backend, count) ->
            format.sample("azimuth_answers_total", count, "pool", pool, "backend", backend));
  }
}
