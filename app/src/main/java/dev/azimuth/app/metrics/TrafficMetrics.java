package dev.azimuth.app.metrics;

/** The metrics of queries and connections. */
final class TrafficMetrics {
  private TrafficMetrics() {}

  static void write(TextFormat format, TrafficSource traffic) {
    format.counter("azimuth_requests_total", "Packets and messages received.");
    traffic.requests(
        (listener, transport, count) ->
            format.sample(
                "azimuth_requests_total", count, "listener", listener, "transport", transport));
    format.counter("azimuth_truncated_total", "Responses with the TC bit set.");
    traffic.truncated(
        (listener, transport, count) ->
            format.sample(
                "azimuth_truncated_total", count, "listener", listener, "transport", transport));
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
    format.counter(
        "azimuth_cookies_total",
        "Queries with a DNS cookie: new ones ask for one, many invalid ones mean that servers do"
            + " not share their secrets.");
    traffic.cookies(
        (listener, transport, cookie, count) ->
            format.sample(
                "azimuth_cookies_total",
                count,
                "listener",
                listener,
                "transport",
                transport,
                "cookie",
                cookie));
    format.counter("azimuth_prohibited_total", "Queries of clients that may not ask.");
    traffic.prohibited(
        (listener, transport, count) ->
            format.sample(
                "azimuth_prohibited_total", count, "listener", listener, "transport", transport));
    format.counter(
        "azimuth_rate_limited_total", "Responses above the limit, sent truncated or not at all.");
    traffic.rateLimited(
        (listener, of, how, count) ->
            format.sample(
                "azimuth_rate_limited_total",
                count,
                "listener",
                listener,
                "class",
                of,
                "action",
                how));
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
    writeConnections(format, traffic);
    writeBatches(format, traffic);
  }

  private static void writeConnections(TextFormat format, TrafficSource traffic) {
    format.gauge("azimuth_tcp_connections", "TCP connections that are open.");
    traffic.openConnections(
        (listener, count) -> format.sample("azimuth_tcp_connections", count, "listener", listener));
    format.counter("azimuth_tcp_accepted_total", "TCP connections that were accepted.");
    traffic.acceptedConnections(
        (listener, count) ->
            format.sample("azimuth_tcp_accepted_total", count, "listener", listener));
    format.counter(
        "azimuth_tcp_limited_total",
        "TCP connections that a limit closed, and times that none could be accepted.");
    traffic.limitedConnections(
        (listener, limit, count) ->
            format.sample(
                "azimuth_tcp_limited_total", count, "listener", listener, "limit", limit));
  }

  private static void writeBatches(TextFormat format, TrafficSource traffic) {
    format.counter(
        "azimuth_responses_joined_total",
        "Responses over UDP that left together with others for the same socket.");
    traffic.joined(
        (listener, count) ->
            format.sample("azimuth_responses_joined_total", count, "listener", listener));
    format.counter(
        "azimuth_receive_failures_total",
        "Receives that failed at once, for want of memory say; the worker then pauses.");
    traffic.failedReceives(
        (listener, transport, count) ->
            format.sample(
                "azimuth_receive_failures_total",
                count,
                "listener",
                listener,
                "transport",
                transport));
  }
}
