package dev.azimuth.app.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.SampleReports;
import dev.azimuth.balancer.BalancerReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BalancerMetricsTest {
  private static final String LISTENER = "balancer=\"web\",listener=\"203.0.113.7:443\"";
  private static final String BACKEND = "balancer=\"web\",pool=\"eu\",backend=\"fra1\"";

  private static List<String> written(List<BalancerReport> reports) throws IOException {
    var out = new ByteArrayOutputStream();
    var format = new TextFormat(out);
    BalancerMetrics.write(
        format,
        new BalancerSource() {
          @Override
          public List<BalancerReport> reports() {
            return reports;
          }

          @Override
          public boolean usable(String balancer) {
            return balancer.equals("web");
          }

          @Override
          public Set<String> ejected(String balancer) {
            return Set.of("eu/fra9");
          }

          @Override
          public long ejections(String balancer) {
            return 8;
          }
        });
    format.flush();
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void withoutBalancersThereIsNothing() throws IOException {
    assertThat(written(List.of())).isEmpty();
  }

  @Test
  void saysWhatBalancersReport() throws IOException {
    assertThat(written(List.of(SampleReports.web(47))))
        .contains(
            "azimuth_balancer_usable{balancer=\"web\"} 1",
            "azimuth_balancer_ejections_total{balancer=\"web\"} 8",
            "azimuth_balancer_backend_ejected{" + BACKEND + "} 0",
            "azimuth_balancer_backend_ejected{" + BACKEND.replace("fra1", "fra9") + "} 1",
            "azimuth_balancer_waiting{balancer=\"web\"} 6",
            "azimuth_balancer_accept_failures_total{balancer=\"web\"} 1",
            "azimuth_balancer_connections{" + LISTENER + "} 5",
            "azimuth_balancer_accepted_total{" + LISTENER + "} 47",
            "azimuth_balancer_bytes_total{" + LISTENER + ",direction=\"from_client\"} 20480",
            "azimuth_balancer_bytes_total{" + LISTENER + ",direction=\"to_client\"} 5000000000",
            "azimuth_balancer_spliced_bytes_total{" + LISTENER + "} 4000000000",
            "azimuth_balancer_retries_total{" + LISTENER + "} 4",
            "azimuth_balancer_rescued_total{" + LISTENER + "} 47",
            "azimuth_balancer_queued_total{" + LISTENER + "} 9",
            "azimuth_balancer_ended_total{" + LISTENER + ",how=\"done\"} 40",
            "azimuth_balancer_ended_total{" + LISTENER + ",how=\"not_reached\"} 2",
            "azimuth_balancer_ended_total{" + LISTENER + ",how=\"idle\"} 0",
            "azimuth_balancer_backend_connections{" + BACKEND + "} 5",
            "azimuth_balancer_backend_connected_total{" + BACKEND + "} 45",
            "azimuth_balancer_backend_bytes_total{" + BACKEND + ",direction=\"to_backend\"} 20000",
            "azimuth_balancer_backend_failures_total{" + BACKEND + ",failure=\"refused\"} 4",
            "azimuth_balancer_backend_connect_seconds_bucket{" + BACKEND + ",le=\"6.4E-5\"} 90",
            "azimuth_balancer_backend_connect_seconds_bucket{" + BACKEND + ",le=\"1.28E-4\"} 99",
            "azimuth_balancer_backend_connect_seconds_bucket{" + BACKEND + ",le=\"+Inf\"} 100",
            "azimuth_balancer_backend_connect_seconds_sum{" + BACKEND + "} 0.0064",
            "azimuth_balancer_backend_connect_seconds_count{" + BACKEND + "} 100",
            "azimuth_balancer_backend_first_byte_seconds_count{" + BACKEND + "} 0");
  }

  @Test
  void everyFamilyIsDeclaredOnceAndBeforeItsSamples() throws IOException {
    List<String> lines = written(List.of(SampleReports.web(1), SampleReports.web(2)));
    assertThat(lines.stream().filter(line -> line.startsWith("# TYPE"))).doesNotHaveDuplicates();
    String family = "";
    for (String line : lines) {
      if (line.startsWith("# TYPE ")) {
        family = line.substring("# TYPE ".length(), line.lastIndexOf(' '));
      } else if (!line.startsWith("#")) {
        assertThat(line).startsWith(family);
      }
    }
  }
}
