package dev.azimuth.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.azimuth.balancer.Listen;
import dev.azimuth.balancer.Listen.Protocol;
import dev.azimuth.balancer.Settings;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BalancerOptionsTest {
  private static final String POOLS =
      """
      pools:
        eu: { backends: { a: { address: 192.0.2.1, port: 80 } } }
        us: { backends: { a: { address: 192.0.2.2, port: 80 } } }
        edge: { balancer: web }
      zones: { example.com: { records: "@ SOA a b 0 1 1 1 1", names: { www: { to: edge } } } }
      """;

  @TempDir private Path folder;

  private Config config(String balancer) throws Exception {
    Loaded loaded =
        ConfigLoader.load(
            Files.writeString(
                folder.resolve("azimuth.yaml"),
                POOLS + "balancers: { web: { advertise: 198.51.100.10, " + balancer + " } }\n"));
    return Objects.requireNonNull(loaded.config(), () -> loaded.print(false));
  }

  private BalancerConfig web(String balancer) throws Exception {
    return Objects.requireNonNull(config(balancer).balancers().get("web"));
  }

  @Test
  void aListenerAndAPoolAreEnough() throws Exception {
    BalancerConfig web = web("listen: \"tcp://[::]:443\", to: eu");
    assertThat(web.to()).containsExactly(List.of("eu"));
    assertThat(web.port()).isEqualTo(OptionalInt.of(443));
    assertThat(web.advertise()).containsExactly(InetAddress.ofLiteral("198.51.100.10"));
    Settings settings = web.settings();
    assertThat(settings.name()).isEqualTo("web");
    assertThat(settings.listen())
        .containsExactly(
            new Listen(Protocol.TCP, new InetSocketAddress(InetAddress.ofLiteral("::"), 443)));
    assertThat(settings.pick()).isEqualTo(Settings.Pick.by(Settings.By.P2C));
    assertThat(settings.limits())
        .isEqualTo(
            new Settings.Limits(
                10_000, Settings.Limits.NONE, 100, Settings.Limits.NONE, OptionalInt.empty(), 0));
    assertThat(settings.times().idle()).isEqualTo(Duration.ofMinutes(5));
    assertThat(settings.times().age()).isZero();
    assertThat(settings.times().keepAlive()).isEqualTo(Duration.ofMinutes(1));
    assertThat(settings.passive())
        .isEqualTo(new Settings.Passive(5, Duration.ofSeconds(10), Duration.ofMinutes(5), 0.5));
    assertThat(settings.tls()).isNull();
    assertThat(settings.log()).isZero();
  }

  @Test
  void aPoolThatIsABalancerHasItsAddressesAsOneBackend() throws Exception {
    Config.PoolConfig edge =
        Objects.requireNonNull(config("listen: \"tcp://[::]:443\", to: eu").pools().get("edge"));
    assertThat(edge.balancer()).isEqualTo("web");
    assertThat(edge.backends()).containsOnlyKeys("web");
    assertThat(Objects.requireNonNull(edge.backends().get("web")).addresses())
        .containsExactly(InetAddress.ofLiteral("198.51.100.10"));
  }

  @Test
  void whatRoutesLeadToComesAfterTheOwnPools() throws Exception {
    BalancerConfig web =
        web(
            "listen: \"tcp://0.0.0.0:0\", to: [ eu, us ], route: [ { sni: A.example., to: us }, {"
                + " alpn: h2, to: eu } ]");
    assertThat(web.port()).isEmpty();
    assertThat(web.to()).containsExactly(List.of("eu", "us"), List.of("us"), List.of("eu"));
    assertThat(web.settings().matches())
        .containsExactly(
            new Settings.Match(List.of("a.example"), List.of()),
            new Settings.Match(List.of(), List.of("h2")));
  }

  @Test
  void sessionsOfUdpEndEarlier() throws Exception {
    Settings udp = web("listen: \"udp://0.0.0.0:53000\", to: eu, port: 99").settings();
    assertThat(udp.times().idle()).isEqualTo(Duration.ofSeconds(30));
    assertThat(udp.limits().queue()).isZero();
  }

  @Test
  void aStickyPickMayHaveABoundAndNetworks() throws Exception {
    assertThat(
            web("listen: \"tcp://[::]:443\", to: eu, pick: { sticky: { bound: 125%, prefix: { v6:"
                    + " 56 } } }")
                .settings()
                .pick())
        .isEqualTo(new Settings.Pick(Settings.By.STICKY, 1.25, 32, 56));
  }

  @Test
  void aBurstIsTwoSecondsWorthWhereItIsNotGiven() throws Exception {
    Settings.Limits limits =
        web("listen: \"tcp://[::]:443\", to: eu, limits: { source_rate: { per_second: 70 } }")
            .settings()
            .limits();
    assertThat(limits.rate()).isEqualTo(OptionalInt.of(70));
    assertThat(limits.burst()).isEqualTo(140);
  }

  @Test
  void certificatesAreWatchedSoThatNewOnesAreSeen() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("azimuth.yaml"),
            POOLS
                + "balancers: { web: { listen: \"tcp://[::]:443\", to: eu, advertise: 192.0.2.9,"
                + " tls: { certificates: { chain: web.pem, key: { file: web.key } } } } }\n");
    assertThat(ConfigLoader.load(file).files())
        .containsExactly(file, folder.resolve("web.pem"), folder.resolve("web.key"));
  }

  @Test
  void whatNothingLeadsToIsSaid() {
    Loaded loaded =
        ConfigLoader.load(Corpus.FOLDER.resolve("good/balancers-that-say-too-much.yaml"));
    assertThat(loaded.problems().stream().map(Problem::message))
        .containsExactly(
            "no name or balancer leads to the pool \"nobody\"",
            "\"random\" ignores the weights of the pool \"eu\"",
            "no pool is this balancer: nobody is told of its address");
  }

  @Test
  void whatNobodyComesToOrLeavesByIsSaid() {
    Loaded loaded =
        ConfigLoader.load(Corpus.FOLDER.resolve("good/balancers-that-nobody-comes-to.yaml"));
    assertThat(loaded.problems().stream().map(each -> each.path() + ": " + each.message()))
        .containsExactly(
            "balancers.source.source: no backend has an address of the family of ::1",
            "balancers.routes.route[1].to: \"192.0.2.1\" is an address, which clients do not name"
                + " (RFC 6066 section 3)",
            "balancers.routes.route[2].to: " + TAKEN,
            "balancers.routes.route[5].to: " + TAKEN);
  }

  private static final String TAKEN =
      "no client comes to this route: those before it take all that it matches";

  /** By what a backend may lead back to the balancer, on whatever machine this is. */
  @ParameterizedTest
  @CsvSource({
    "tcp://0.0.0.0:443, 127.0.0.1, true",
    "tcp://0.0.0.0:443, 127.9.9.9, true",
    "tcp://[::]:443, ::1, true",
    "tcp://[::]:443, 127.0.0.1, false",
    "tcp://0.0.0.0:443, 198.51.100.10, true",
    "tcp://0.0.0.0:443, 198.51.100.11, false",
    "tcp://192.0.2.9:443, 192.0.2.9, true",
    "tcp://192.0.2.9:443, 198.51.100.10, true",
    "tcp://192.0.2.9:443, 127.0.0.1, false",
    "tcp://0.0.0.0:0, 127.0.0.1, false",
  })
  void aBackendAtWhichTheBalancerListensIsACircle(String listen, String backend, boolean circle)
      throws Exception {
    String port = listen.endsWith(":0") ? "port: 443, " : "";
    assertThat(circles(listen, backend, port)).isEqualTo(circle);
    assertThat(circles(listen, backend, "port: 444, ")).as("another port").isFalse();
  }

  @Test
  void aWildcardHasEveryAddressOfTheMachine() throws Exception {
    for (InetAddress address :
        NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).toList()) {
      if (address instanceof Inet4Address) {
        assertThat(circles("tcp://0.0.0.0:443", address.getHostAddress(), "")).isTrue();
      }
    }
  }

  private boolean circles(String listen, String backend, String more) throws Exception {
    String yaml =
        """
        pools: { eu: { backends: { a: "%s" } }, edge: { balancer: web } }
        balancers: { web: { listen: "%s", %sto: eu, advertise: 198.51.100.10 } }
        zones: { example.com: { records: "@ SOA a b 0 1 1 1 1", names: { www: { to: edge } } } }
        """
            .formatted(backend, listen, more);
    return ConfigLoader.load(Files.writeString(folder.resolve("azimuth.yaml"), yaml))
        .problems()
        .stream()
        .anyMatch(problem -> problem.code().equals("BALANCER_CIRCLE"));
  }

  private Loaded tls(Path chain, Path key) throws Exception {
    return ConfigLoader.load(
        Files.writeString(
            folder.resolve("azimuth.yaml"),
            POOLS
                + "balancers: { web: { listen: \"tcp://[::]:443\", to: eu, advertise: 198.51.100.10,"
                + " tls: { certificates: { chain: %s, key: { file: %s } } } } }\n"
                    .formatted(chain.toAbsolutePath(), key.toAbsolutePath())));
  }

  @Test
  void aKeyOfAnotherCertificateAndAnEncryptedOneAreErrorsWhereTheyAreNamed() throws Exception {
    Path chain = Corpus.FOLDER.resolve("good/parts/probe.pem");
    Path other = Corpus.FOLDER.resolve("bad/parts/other-key.pem");
    Path sealed = Corpus.FOLDER.resolve("bad/parts/sealed-key.pem");
    Loaded strange = tls(chain, other);
    assertThat(strange.config()).isNull();
    assertThat(strange.print(false))
        .contains("azimuth.yaml:6:", "error[VALUE] balancers.web.tls.certificates")
        .contains(other.toAbsolutePath() + " is not the key of " + chain.toAbsolutePath());
    Loaded encrypted = tls(chain, sealed);
    assertThat(encrypted.config()).isNull();
    assertThat(encrypted.print(false))
        .contains(sealed.toAbsolutePath() + " has no key that can be used: it is encrypted");
  }

  @Test
  void aKeyThatMayNotBeReadIsANoteSinceExaminersNeedNotHaveSecrets() throws Exception {
    Path key = Files.writeString(folder.resolve("web.key"), "secret");
    Files.setPosixFilePermissions(key, Set.of());
    assumeFalse(Files.isReadable(key), "this user may read everything");
    Loaded loaded = tls(Corpus.FOLDER.resolve("good/parts/probe.pem"), key);
    assertThat(loaded.config()).isNotNull();
    assertThat(loaded.print(false)).contains("warning[FILE]", "permission denied");
  }
}
