package dev.azimuth.app.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.SampleReports;
import dev.azimuth.balancer.BalancerReport;
import dev.azimuth.health.Check;
import dev.azimuth.health.ProbeResult.Code;
import dev.azimuth.health.State;
import dev.azimuth.health.Timing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsTest {
  /** A line of the text format, version 0.0.4. */
  private static final Pattern LINE =
      Pattern.compile(
          "# (HELP|TYPE) [a-z_0-9]+ .+|[a-z_0-9]+(\\{([a-z_]+=\"([^\"\\\\]|\\\\[\\\\n\"])*\",?)*})? [-+.0-9EeInfNa]+");

  private long generation = 1;

  private final Metrics metrics =
      new Metrics(
          "0.1.0",
          new NodeSource() {
            @Override
            public long generation() {
              return generation;
            }

            @Override
            public long workerAllocated() {
              return 4096;
            }

            @Override
            public WebhookCounts webhooks() {
              return new WebhookCounts(11, 12, 13, 14);
            }

            @Override
            public boolean doubting() {
              return true;
            }

            @Override
            public boolean frozen() {
              return true;
            }

            @Override
            public boolean rejected() {
              return false;
            }

            @Override
            public int zones() {
              return 3;
            }

            @Override
            public int zonesRejected() {
              return 1;
            }

            @Override
            public void certificates(CertificateVisitor visitor) {
              visitor.certificate("192.0.2.1:443", "www.example.com", 86_400);
            }

            @Override
            public int namesAllDown() {
              return 3;
            }

            @Override
            public int forced() {
              return 2;
            }

            @Override
            public void orders(OrderVisitor visitor) {
              visitor.orders("drain", 2, 1);
            }

            @Override
            public long oldestOrder() {
              return 77;
            }

            @Override
            public boolean kept() {
              return true;
            }

            @Override
            public long logLinesDropped() {
              return 17;
            }

            @Override
            public GeoSource geo() {
              return new GeoSource(
                  List.of(new GeoSource.Database("city.mmdb", "Made-City", 1_700_000_000, 42)),
                  true);
            }

            @Override
            public HeartbeatCounts heartbeats() {
              return new HeartbeatCounts(15, 16);
            }

            @Override
            public QueryLogCounts queryLog() {
              return new QueryLogCounts(true, false, 5, 6, 7);
            }
          },
          new TrafficSource() {
            @Override
            public void openConnections(ListenerVisitor visitor) {
              visitor.count("127.0.0.1:53", 7);
            }

            @Override
            public void acceptedConnections(ListenerVisitor visitor) {
              visitor.count("127.0.0.1:53", 9);
            }

            @Override
            public void limitedConnections(LimitVisitor visitor) {
              visitor.closed("127.0.0.1:53", "idle", 2);
            }

            @Override
            public void requests(ChannelVisitor visitor) {
              visitor.count("127.0.0.1:53", "udp", 5_000_000_003L);
            }

            @Override
            public void truncated(ChannelVisitor visitor) {
              visitor.count("127.0.0.1:53", "udp", 11);
            }

            @Override
            public void responses(ResponseVisitor visitor) {
              visitor.responses("127.0.0.1:53", "udp", "A", "NOERROR", 5_000_000_000L);
            }

            @Override
            public void cookies(CookieVisitor visitor) {
              visitor.cookies("127.0.0.1:53", "udp", "valid", 5);
            }

            @Override
            public void prohibited(ChannelVisitor visitor) {
              visitor.count("127.0.0.1:53", "udp", 4);
            }

            @Override
            public void rateLimited(RateLimitVisitor visitor) {
              visitor.limited("127.0.0.1:53", "nxdomain", "slipped", 6);
            }

            @Override
            public void drops(DropVisitor visitor) {
              visitor.dropped("127.0.0.1:53", "udp", "response", 3);
            }

            @Override
            public void joined(ListenerVisitor visitor) {
              visitor.count("127.0.0.1:53", 8);
            }

            @Override
            public void failedReceives(ChannelVisitor visitor) {
              visitor.count("127.0.0.1:53", "udp", 13);
            }
          },
          new BackendSource() {
            @Override
            public void pools(PoolVisitor visitor) {
              visitor.pool("eu", true, false);
            }

            @Override
            public void hosts(HostVisitor visitor) {
              visitor.host("lb.example.net", false);
            }

            @Override
            public void addresses(AddressVisitor visitor) {
              visitor.address("eu", "fra1", "192.0.2.1", true, 1500);
              visitor.address("eu", "odd\"\\\nname", "192.0.2.2", false, 0);
            }

            @Override
            public void checks(CheckVisitor visitor) {
              visitor.check("eu", "fra1", "192.0.2.1", "cert", false);
            }

            @Override
            public void answers(AnswerVisitor visitor) {
              visitor.answers("eu", "fra1", 7);
            }
          },
          new BalancerSource() {
            @Override
            public List<BalancerReport> reports() {
              return List.of(SampleReports.web(47));
            }

            @Override
            public boolean usable(String balancer) {
              return true;
            }

            @Override
            public Set<String> ejected(String balancer) {
              return Set.of();
            }

            @Override
            public long ejections(String balancer) {
              return 0;
            }
          });

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void saysWhatTheSourcesSay() throws IOException {
    generation = 9;
    assertThat(scrape())
        .contains(
            "azimuth_responses_total{listener=\"127.0.0.1:53\",transport=\"udp\",type=\"A\",rcode=\"NOERROR\"} 5000000000",
            "azimuth_prohibited_total{listener=\"127.0.0.1:53\",transport=\"udp\"} 4",
            "azimuth_rate_limited_total{listener=\"127.0.0.1:53\",class=\"nxdomain\",action=\"slipped\"} 6",
            "azimuth_cookies_total{listener=\"127.0.0.1:53\",transport=\"udp\",cookie=\"valid\"} 5",
            "azimuth_queries_dropped_total{listener=\"127.0.0.1:53\",transport=\"udp\",reason=\"response\"} 3",
            "azimuth_backend_up{pool=\"eu\",backend=\"fra1\",address=\"192.0.2.1\"} 1",
            "azimuth_backend_up{pool=\"eu\",backend=\"odd\\\"\\\\\\nname\",address=\"192.0.2.2\"} 0",
            "azimuth_backend_latency_seconds{pool=\"eu\",backend=\"fra1\",address=\"192.0.2.1\"} 0.001500",
            "azimuth_answers_total{pool=\"eu\",backend=\"fra1\"} 7",
            "azimuth_requests_total{listener=\"127.0.0.1:53\",transport=\"udp\"} 5000000003",
            "azimuth_truncated_total{listener=\"127.0.0.1:53\",transport=\"udp\"} 11",
            "azimuth_receive_failures_total{listener=\"127.0.0.1:53\",transport=\"udp\"} 13",
            "azimuth_responses_joined_total{listener=\"127.0.0.1:53\"} 8",
            "azimuth_tcp_connections{listener=\"127.0.0.1:53\"} 7",
            "azimuth_tcp_accepted_total{listener=\"127.0.0.1:53\"} 9",
            "azimuth_tcp_limited_total{listener=\"127.0.0.1:53\",limit=\"idle\"} 2",
            "azimuth_pool_serves{pool=\"eu\"} 1",
            "azimuth_pool_held{pool=\"eu\"} 0",
            "azimuth_host_resolves{host=\"lb.example.net\"} 0",
            "azimuth_frozen 1",
            "azimuth_backend_check_up{pool=\"eu\",backend=\"fra1\",address=\"192.0.2.1\",check=\"cert\"} 0",
            "azimuth_self_doubt 1",
            "azimuth_webhook_changes_total{result=\"sent\"} 11",
            "azimuth_webhook_changes_total{result=\"failed\"} 12",
            "azimuth_webhook_changes_total{result=\"dropped\"} 13",
            "azimuth_webhook_retries_total 14",
            "azimuth_suspicions_total{result=\"believed\"} 0",
            "azimuth_suspicions_total{result=\"doubted\"} 0",
            "azimuth_log_lines_dropped_total 17",
            "azimuth_geo_database_build_timestamp_seconds{file=\"city.mmdb\",type=\"Made-City\"} 1700000000",
            "azimuth_geo_database_age_seconds{file=\"city.mmdb\",type=\"Made-City\"} 42",
            "azimuth_geo_rejected 1",
            "azimuth_query_log_connected 0",
            "azimuth_heartbeat_connections_refused_total{limit=\"peer\"} 15",
            "azimuth_heartbeat_connections_refused_total{limit=\"all\"} 16",
            "azimuth_query_log_written_total 5",
            "azimuth_query_log_dropped_total{reason=\"full\"} 6",
            "azimuth_query_log_dropped_total{reason=\"broken\"} 7",
            "azimuth_configuration_rejected 0",
            "azimuth_certificate_seconds_left{address=\"192.0.2.1:443\",name=\"www.example.com\"} 86400",
            "azimuth_names_all_down 3",
            "azimuth_forced_backends 2",
            "azimuth_orders{what=\"drain\",phase=\"in_force\"} 2",
            "azimuth_orders{what=\"drain\",phase=\"planned\"} 1",
            "azimuth_oldest_order_seconds 77",
            "azimuth_orders_kept 1",
            "azimuth_picture_generation 9",
            "azimuth_worker_allocated_bytes_total 4096");
  }

  private static Check tcp(int port) {
    var timing =
        new Timing(Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(2), 2, 3);
    return new Check.Tcp(null, OptionalInt.of(port), timing);
  }

  private List<String> durations() throws IOException {
    return scrape().stream()
        .filter(line -> line.startsWith("azimuth_probe_duration_seconds_count"))
        .toList();
  }

  @Test
  void probesAreTimedByTheNamesOfTheirChecks() throws IOException {
    assertThat(durations()).isEmpty();
    metrics.checks(Map.of("web", tcp(80), "sql", tcp(5432)));
    metrics.probed(tcp(80), Code.L4OK, 1);
    metrics.probed(tcp(80), Code.L4OK, 1);
    metrics.probed(tcp(5432), Code.L4OK, 1);
    metrics.probed(tcp(25), Code.L4OK, 1); // nobody's
    assertThat(durations())
        .containsExactlyInAnyOrder(
            "azimuth_probe_duration_seconds_count{check=\"web\"} 2",
            "azimuth_probe_duration_seconds_count{check=\"sql\"} 1");
  }

  @Test
  void aReloadKeepsTheTimesOfANameAndForgetsOneThatIsGoneForLonger() throws IOException {
    metrics.checks(Map.of("web", tcp(80), "sql", tcp(5432)));
    metrics.probed(tcp(80), Code.L4OK, 1);
    metrics.checks(Map.of("web", tcp(81)));
    metrics.probed(tcp(80), Code.L4OK, 1); // of the configuration that is still in force
    metrics.probed(tcp(81), Code.L4OK, 1);
    metrics.probed(tcp(5432), Code.L4OK, 1);
    assertThat(durations())
        .containsExactlyInAnyOrder(
            "azimuth_probe_duration_seconds_count{check=\"web\"} 3",
            "azimuth_probe_duration_seconds_count{check=\"sql\"} 1");
    metrics.checks(Map.of("web", tcp(81)));
    metrics.probed(tcp(80), Code.L4OK, 1);
    assertThat(durations())
        .containsExactly("azimuth_probe_duration_seconds_count{check=\"web\"} 3");
  }

  @Test
  void checksThatAreAlikeAreCountedUnderTheFirstOfTheirNames() throws IOException {
    Map<String, Check> checks = new LinkedHashMap<>();
    checks.put("first", tcp(80));
    checks.put("second", tcp(80));
    metrics.checks(checks);
    metrics.probed(tcp(80), Code.L4OK, 1);
    assertThat(durations())
        .containsExactly("azimuth_probe_duration_seconds_count{check=\"first\"} 1");
  }

  @Test
  void countsEvents() throws IOException {
    metrics.checks(Map.of("web", tcp(80)));
    metrics.probed(tcp(80), Code.L7OK, 30_000);
    metrics.probed(tcp(80), Code.INCONCLUSIVE, 5);
    metrics.probed(tcp(80), Code.L4TOUT, 30_000_000);
    metrics.stateChanged(State.DOWN);
    metrics.suspected(true);
    metrics.reloaded(Metrics.Reload.REFUSED);
    assertThat(scrape())
        .contains(
            "azimuth_suspicions_total{result=\"doubted\"} 1",
            "azimuth_probe_results_total{code=\"L7OK\"} 1",
            "azimuth_probe_results_total{code=\"L4TOUT\"} 1",
            "azimuth_probe_results_total{code=\"INCONCLUSIVE\"} 1",
            "azimuth_probe_duration_seconds_count{check=\"web\"} 2",
            "azimuth_probe_duration_seconds_sum{check=\"web\"} 30.03",
            "azimuth_probe_duration_seconds_bucket{check=\"web\",le=\"+Inf\"} 2",
            "azimuth_probe_duration_seconds_bucket{check=\"web\",le=\"5.0\"} 1",
            "azimuth_probe_duration_seconds_bucket{check=\"web\",le=\"0.05\"} 1",
            "azimuth_probe_duration_seconds_bucket{check=\"web\",le=\"0.02\"} 0",
            "azimuth_backend_state_changes_total{to=\"down\"} 1",
            "azimuth_reloads_total{result=\"refused\"} 1",
            "azimuth_reloads_total{result=\"taken_up\"} 0");
  }

  @Test
  void showsTheRuntime() throws IOException {
    assertThat(scrape())
        .anyMatch(line -> line.startsWith("azimuth_build_info{") && line.contains("\"0.1.0\""))
        .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{"))
        .anyMatch(line -> line.startsWith("jvm_buffer_memory_used_bytes{"))
        .anyMatch(line -> line.startsWith("jvm_threads_live_threads"))
        .anyMatch(line -> line.startsWith("process_uptime_seconds"));
  }

  @Test
  void everyLineIsOfTheFormatAndEveryFamilyIsDeclaredOnce() throws IOException {
    List<String> lines = scrape();
    assertThat(lines).allMatch(line -> LINE.matcher(line).matches());
    assertThat(lines.stream().filter(line -> line.startsWith("# TYPE"))).doesNotHaveDuplicates();
  }

  private List<String> scrape() throws IOException {
    var out = new ByteArrayOutputStream();
    metrics.scrape(out);
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
