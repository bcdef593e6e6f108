package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.app.config.Config;
import dev.azimuth.app.config.HealthConfig.Anchor;
import dev.azimuth.app.metrics.GeoSource;
import dev.azimuth.app.metrics.HeartbeatCounts;
import dev.azimuth.app.metrics.Metrics;
import dev.azimuth.app.metrics.NodeSource;
import dev.azimuth.app.metrics.QueryLogCounts;
import dev.azimuth.app.metrics.WebhookCounts;
import dev.azimuth.app.node.Node.Refused;
import dev.azimuth.app.orders.Orders;
import dev.azimuth.health.Doubt;
import dev.azimuth.health.Heartbeats;
import dev.azimuth.health.Target;
import dev.azimuth.health.TargetHealth;
import dev.azimuth.health.Trail;
import dev.azimuth.net.Transport;
import dev.azimuth.resolver.CookieSecrets;
import dev.azimuth.resolver.DnsServer;
import dev.azimuth.resolver.Gallery;
import dev.azimuth.resolver.Identity;
import dev.azimuth.resolver.Listener;
import dev.azimuth.resolver.Picture;
import dev.azimuth.resolver.ServerOptions;
import dev.azimuth.resolver.TcpLimits;
import dev.azimuth.steering.Binder;
import dev.azimuth.steering.Slots;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadingTest {
  @TempDir private Path folder;

  private static final String YAML =
      Written.REGIONS
          .replace("checks: { web: { tcp: 80, every: 10s, fall: 1, rise: 1 } }", "")
          .replace("check: web, ", "");

  /** Publishes until it is told to fail. */
  private static final class Around implements Outside {
    volatile @Nullable Gallery gallery;
    volatile boolean fails;

    @Override
    public void watch(Map<Target, TargetHealth> targets) {}

    @Override
    public void follow(Map<String, List<InetAddress>> hosts) {}

    @Override
    public void expect(Loading.Whole whole) {}

    @Override
    public void publish(Published next, boolean soon) {
      if (fails) {
        throw new IllegalStateException("on purpose");
      }
      gallery =
          new Gallery(
              new Picture(
                  1,
                  next.plan().source().zones(),
                  next.bound().steering(),
                  Identity.NONE,
                  CookieSecrets.OFF,
                  next.plan().source().admission()));
    }

    @Override
    public void stateChanged(
        String label, Target target, TargetHealth before, TargetHealth after, Trail trail) {}

    @Override
    public void ask(List<Anchor> anchors) {}

    @Override
    public void doubted(Doubt before, Doubt after) {}

    @Override
    public void ejected(String balancer, String backend) {}

    @Override
    public void addressesChanged(String host, @Nullable Resolved before, Resolved after) {}

    @Override
    public void keep(Orders orders) {}
  }

  private interface Course {
    void run(Reloading reloading, Around around, DnsServer server) throws Exception;
  }

  /** A node's worth of parts, answering by {@link #YAML}. */
  private void running(Course course) throws Exception {
    Loading.Whole whole = Written.load(folder, YAML);
    Path file = folder.resolve("azimuth.yaml");
    Around around = new Around();
    try (Publisher publisher =
            new Publisher(
                new Desk(around, new Binder(Questions::octets), new Slots(), Saved.NOTHING),
                new SteadyClock(),
                fault -> {});
        DnsServer server = server(publisher, around, whole);
        Metrics metrics = metrics();
        HeartbeatDoor door = new HeartbeatDoor(new Heartbeats(), () -> 0, null);
        Reloading reloading =
            new Reloading(
                file,
                Loading.load(file),
                whole,
                new Persona("test", "", CookieSecrets.OFF, folder.resolve("sticky_salt")),
                publisher,
                () -> server,
                new Balancing(1, (balancer, backend) -> {}, List.of()),
                door,
                metrics,
                new ZoneSerials(() -> 1000, problem -> {}),
                taken -> door.adopt(taken.config().health().heartbeats()))) {
      door.open();
      course.run(reloading, around, server);
    }
  }

  @Test
  void aReloadFailsAsLongAsDataAreRefusedAndTakesUpTheRest() throws Exception {
    String yaml = YAML.replaceAll("(?s)records: .*?    names:", "file: example.zone\n    names:");
    Path zone = folder.resolve("example.zone");
    String records = "@ SOA ns1 h 1 1h 1h 1d 60\n@ NS ns1\nns1 A 192.0.2.53\n";
    String refused = "zone example.com: new data refused, the old serve on:\n";
    running(
        (reloading, around, server) -> {
          Files.writeString(zone, records);
          Written.write(folder, yaml);
          reloading.reload(true);
          Files.writeString(zone, records + "x A wrong\n");
          for (int attempt = 1; attempt <= 2; attempt++) {
            assertThatThrownBy(() -> reloading.reload(false))
                .as("attempt %d", attempt)
                .isInstanceOf(Refused.class)
                .hasMessageStartingWith(refused)
                .hasMessageContaining("error[DATA]");
          }
          Written.write(folder, yaml.replace("to: [ eu, us ]", "to: eu"));
          assertThatThrownBy(() -> reloading.reload(false))
              .hasMessageStartingWith("name www.example.com. changed\n" + refused);
          Files.writeString(zone, records);
          assertThat(reloading.reload(false)).isEmpty();
        });
  }

  @Test
  void theListenersOfTheOldConfigurationAreThereAgainWhenTheNewOneFails() throws Exception {
    running(
        (reloading, around, server) -> {
          Config before = reloading.config();
          List<String> listening = hosts(server);
          around.fails = true;
          Written.write(folder, YAML.replace("127.0.0.1:0", "127.0.0.2:0"));
          assertThatThrownBy(() -> reloading.reload(false))
              .isInstanceOf(Refused.class)
              .hasMessageContaining("on purpose");
          assertThat(hosts(server)).isEqualTo(listening);
          assertThat(reloading.rejected()).isNotNull();
          assertThat(reloading.config()).isSameAs(before);

          around.fails = false;
          assertThat(reloading.reload(false)).containsExactly("server.listen changed");
          assertThat(hosts(server).getFirst()).isEqualTo("127.0.0.2");
          assertThat(reloading.rejected()).isNull();
        });
  }

  @Test
  void aListenerForHeartbeatsThatCannotBeHadRefusesTheWhole() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "s".repeat(32));
    ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    int port = taken.getLocalPort();
    String heartbeats =
        "health: { heartbeats: { listen: \"127.0.0.1:%d\", secret: { file: %s } } }%n"
            .formatted(port, secret);
    running(
        (reloading, around, server) -> {
          Config before = reloading.config();
          List<String> listening = hosts(server);
          Written.write(folder, heartbeats + YAML.replace("127.0.0.1:0", "127.0.0.2:0"));
          for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> reloading.reload(false))
                .isInstanceOf(Refused.class)
                .hasMessageStartingWith("health.heartbeats.listen: TCP port " + port);
          }
          assertThat(reloading.rejected()).isNotNull();
          assertThat(reloading.config()).isSameAs(before);
          assertThat(hosts(server)).isEqualTo(listening);

          taken.close();
          assertThat(reloading.reload(false)).contains("health changed");
          assertThat(reloading.rejected()).isNull();
          assertThat(hosts(server).getFirst()).isEqualTo("127.0.0.2");
          reach("127.0.0.1", port);

          around.fails = true;
          String elsewhere = "127.0.0.2:" + port;
          Written.write(folder, heartbeats.replace("127.0.0.1:" + port, elsewhere) + YAML);
          assertThatThrownBy(() -> reloading.reload(false)).hasMessageContaining("on purpose");
          reach("127.0.0.1", port);
          assertThatThrownBy(() -> reach("127.0.0.2", port))
              .as("opened in vain and closed again")
              .isInstanceOf(ConnectException.class);
        });
  }

  private static void reach(String host, int port) throws IOException {
    Socket socket = new Socket(host, port);
    socket.close();
  }

  private static List<String> hosts(DnsServer server) {
    return server.listeners().stream()
        .map(Listener::effective)
        .map(InetSocketAddress::getHostString)
        .toList();
  }

  private static DnsServer server(Publisher publisher, Around around, Loading.Whole whole)
      throws Exception {
    CompletableFuture<Void> adopted = new CompletableFuture<>();
    publisher.tell(new Event.Adopt(whole, adopted));
    publisher.start();
    adopted.get(10, TimeUnit.SECONDS);
    Gallery gallery = around.gallery;
    assertThat(gallery).isNotNull();
    return DnsServer.open(
        ListenAddresses.of(whole.config().server().listen()),
        new ServerOptions(1, 65_536, Transport.AUTO, TcpLimits.DEFAULT, () -> 0, fault -> {}),
        gallery);
  }

  private static Metrics metrics() {
    Series series = new Series(() -> null, () -> null, Map.of());
    return new Metrics(
        "",
        new IdleNode(),
        series,
        series,
        new BalancerSeries(
            () -> new Balancing(1, (balancer, backend) -> {}, List.of()), () -> null));
  }

  /** Nothing of it is asked for. */
  private record IdleNode() implements NodeSource {
    @Override
    public long generation() {
      return 0;
    }

    @Override
    public long workerAllocated() {
      return 0;
    }

    @Override
    public WebhookCounts webhooks() {
      return WebhookCounts.NONE;
    }

    @Override
    public boolean doubting() {
      return false;
    }

    @Override
    public boolean frozen() {
      return false;
    }

    @Override
    public boolean rejected() {
      return false;
    }

    @Override
    public int zones() {
      return 0;
    }

    @Override
    public int zonesRejected() {
      return 0;
    }

    @Override
    public int namesAllDown() {
      return 0;
    }

    @Override
    public int forced() {
      return 0;
    }

    @Override
    public void orders(OrderVisitor visitor) {}

    @Override
    public void certificates(CertificateVisitor visitor) {}

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
      return 0;
    }

    @Override
    public GeoSource geo() {
      return new GeoSource(List.of(), false);
    }

    @Override
    public HeartbeatCounts heartbeats() {
      throw new UnsupportedOperationException();
    }

    @Override
    public QueryLogCounts queryLog() {
      return QueryLogCounts.NONE;
    }
  }
}
