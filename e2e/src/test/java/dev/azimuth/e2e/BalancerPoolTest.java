package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import dev.azimuth.e2e.AzimuthProcess.Outcome;
import dev.azimuth.e2e.TestBackend.Mood;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool that is a balancer of the node: what names give, what others see, what is counted. */
class BalancerPoolTest {
  private static final String WWW = "www.example.com";
  private static final String EDGE = "198.51.100.10";
  private static final String ELSEWHERE = "192.0.2.9";
  private static final Pattern LISTENER =
      Pattern.compile("\"address\"\\s*:\\s*\"tcp://127\\.0\\.0\\.1:(\\d+)\"");

  @TempDir Path folder;
  private List<TestBackend> backends;
  private AzimuthProcess node;
  private DnsClient client;

  @AfterEach
  void stop() throws IOException {
    client.close();
    node.close();
    for (TestBackend backend : backends) {
      backend.close();
    }
  }

  private void start() throws IOException {
    backends = TestBackend.on("127.0.0.1", "127.0.0.2");
    String yaml =
        """
        checks: { web: { http: /, every: 200ms, retry: 50ms, timeout: 2s, rise: 1, fall: 1 } }
        defaults: { failback_hold: 0s }
        pools:
          origin:
            check: web
            backends:
              a: { address: 127.0.0.1, port: PORT }
              b: { address: 127.0.0.2, port: PORT }
          edge: { balancer: web }
          us: { backends: { iad1: 192.0.2.9 } }
        balancers:
          web:
            listen: "tcp://127.0.0.1:0"
            port: 9
            to: origin
            pick: rotate
            advertise: 198.51.100.10
        """
                .replace("PORT", Integer.toString(backends.getFirst().port()))
            + Zones.EXAMPLE
            + "      www: { to: [ edge, us ] }\n";
    node = AzimuthProcess.start(folder, yaml, Options.USUAL.manualReload());
    client = node.client();
  }

  private void all(Mood mood) throws IOException {
    for (TestBackend backend : backends) {
      backend.become(mood);
    }
  }

  private void given(String address) {
    Patience.until(() -> List.of(address).equals(client.a(WWW)));
  }

  private String health() throws Exception {
    HttpResponse<String> answer = node.get("/healthz?balancer=web");
    return answer.statusCode() + " " + answer.body();
  }

  private String get(int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 20_000);
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write("GET / HTTP/1.0\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private int port() throws Exception {
    Matcher listener = LISTENER.matcher(node.get("/status").body());
    assertThat(listener.find()).isTrue();
    return Integer.parseInt(listener.group(1));
  }

  @Test
  void namesLeadToTheBalancerWhileItCanForward() throws Exception {
    start();
    assertThat(client.a(WWW)).containsExactly(EDGE);
    assertThat(health()).isEqualTo("200 usable\n");
    all(Mood.FAILING);
    given(ELSEWHERE);
    Patience.until(() -> health().equals("503 no backend of this site to forward to\n"));
    Patience.untilStatus(node, "NO BACKEND  balancer web");
    backends.getFirst().become(Mood.HEALTHY);
    given(EDGE);
    Patience.until(() -> health().equals("200 usable\n"));
    assertThat(node.get("/healthz?balancer=other").statusCode()).isEqualTo(404);
  }

  @Test
  void connectionsAreForwardedAndCounted() throws Exception {
    start();
    int port = port();
    for (int i = 0; i < 4; i++) {
      assertThat(get(port)).startsWith("HTTP/1.1 200");
    }
    String listener = "balancer=\"web\",listener=\"127.0.0.1:" + port + "\"";
    Patience.untilMetrics(
        node,
        "azimuth_balancer_ended_total{" + listener + ",how=\"done\"} 4\n",
        "azimuth_balancer_usable{balancer=\"web\"} 1\n",
        "azimuth_balancer_accepted_total{" + listener + "} 4\n",
        "azimuth_balancer_connections{" + listener + "} 0\n",
        "azimuth_balancer_backend_connected_total{balancer=\"web\",pool=\"origin\","
            + "backend=\"a\"} 2\n",
        "azimuth_balancer_backend_first_byte_seconds_count{balancer=\"web\","
            + "pool=\"origin\",backend=\"b\"} 2\n");
    assertThat(node.operate("status").out())
        .containsPattern("web +tcp://127.0.0.1:" + port + " +usable +0 +4 ")
        .containsPattern("web +all +RULE +origin/a, origin/b")
        .containsPattern("origin/b +0 +2 ");
  }

  @Test
  void aDrainedBalancerTakesNobodyNewAndNamesLeadElsewhere() throws Exception {
    start();
    int port = port();
    assertThat(get(port)).startsWith("HTTP/1.1 200");
    done("drain", "balancer:web", "--reason", "new kernel");
    assertThat(client.a(WWW)).as("the command waits for it").containsExactly(ELSEWHERE);
    assertThat(health()).isEqualTo("503 drained\n");
    assertThat(done("overrides")).contains("balancer:web").contains("new kernel");
    int before = requests();
    assertThat(accepted(port)).as("nobody new gets through").isFalse();
    assertThat(requests()).isEqualTo(before);
    Outcome refused = node.operate("down", "balancer:web", "--reason", "no");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains("a balancer can only be drained");
    done("clear", "balancer:web");
    assertThat(client.a(WWW)).containsExactly(EDGE);
    assertThat(health()).isEqualTo("200 usable\n");
    assertThat(get(port)).startsWith("HTTP/1.1 200");
  }

  /** What the checks ask aside. */
  private int requests() throws Exception {
    Matcher connected =
        Pattern.compile("azimuth_balancer_backend_connected_total\\{[^}]*} (\\d+)")
            .matcher(node.get("/metrics").body());
    int sum = 0;
    while (connected.find()) {
      sum += Integer.parseInt(connected.group(1));
    }
    return sum;
  }

  private boolean accepted(int port) {
    try {
      return !get(port).isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  private String done(String... arguments) throws Exception {
    Outcome outcome = node.operate(arguments);
    assertThat(outcome.exit()).as("%s", outcome).isZero();
    return outcome.out();
  }
}
