package dev.azimuth.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.health.Check;
import dev.azimuth.health.Timing;
import dev.azimuth.resolver.TcpLimits;
import dev.azimuth.steering.AllDown;
import dev.azimuth.steering.BelowMinUp;
import dev.azimuth.steering.Cidr;
import dev.azimuth.steering.FailbackHold;
import dev.azimuth.steering.MinUp;
import dev.azimuth.steering.Pick;
import dev.azimuth.steering.TtlRange;
import dev.azimuth.zones.ZoneProblem;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
  @TempDir private Path folder;

  private Loaded load(String yaml) throws IOException {
    return ConfigLoader.load(write("azimuth.yaml", yaml));
  }

  private Config config(String yaml) throws IOException {
    Loaded loaded = load(yaml);
    return Objects.requireNonNull(loaded.config(), () -> loaded.print(false));
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static final String MINIMAL =
      """
      checks: { web: { http: /healthz, every: 10s } }
      pools:
        eu: { check: web, backends: { fra1: { address: 192.0.2.1, weight: 3 }, fra2: 192.0.2.2 } }
        us: { check: web, backends: { iad1: 198.51.100.1 } }
      zones:
        example.com:
          records: |
            @   SOA ns1 hostmaster 0 1h 15m 7d 60
            @   NS  ns1
            ns1 A   203.0.113.53
          names:
            www: { to: [ eu, us ] }
      """;

  @Test
  void everythingButZonesHasADefault() throws IOException {
    Config config = config(MINIMAL);
    ServerConfig server = config.server();
    assertThat(server.listen())
        .containsExactly(
            new ServerConfig.Listen.Address(new InetSocketAddress("0.0.0.0", 53)),
            new ServerConfig.Listen.Address(new InetSocketAddress("::", 53)));
    assertThat(server.tcp()).isEqualTo(TcpLimits.DEFAULT);
    assertThat(server.workers()).as("auto").isEmpty();
    assertThat(server.workersOn(2)).isEqualTo(2);
    assertThat(server.workersOn(1000)).isEqualTo(64);
    assertThat(server.receiveBuffer()).isEqualTo(4 << 20);
    assertThat(server.stateDir()).isEqualTo(Path.of("/var/lib/azimuth"));
    assertThat(server.admin()).isNull();
    assertThat(server.autoReload()).isTrue();

    Check.Http check = (Check.Http) config.checks().get("web");
    assertThat(check.expected().statuses()).containsExactly(new Check.StatusRange(200, 299));
    assertThat(check.timing())
        .isEqualTo(
            new Timing(Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(2), 2, 3));

    Config.PoolConfig eu = config.pools().get("eu");
    assertThat(eu.minUp()).isEqualTo(new MinUp.Share(0.5));
    assertThat(eu.failbackHold()).isEqualTo(new FailbackHold.For(Duration.ofSeconds(60)));
    assertThat(eu.belowMinUp()).isEqualTo(BelowMinUp.SERVE_USABLE);
    assertThat(eu.allDown()).isNull();
    assertThat(eu.backends().get("fra2").weight()).isEqualTo(1);

    Config.ZoneConfig zone = config.zones().get("example.com");
    assertThat(zone.steeredTtl()).isEqualTo(new TtlRange(15, 60));
    assertThat(zone.negativeTtl()).isEqualTo(30);
    assertThat(zone.staticTtl()).isEqualTo(3600);
    assertThat(zone.allDown())
        .isEqualTo(new AllDown.Said(new AllDown.ServeAll(), AllDown.Level.DEFAULTS));

    Config.NameConfig www = zone.names().get("www");
    assertThat(www.name()).isEqualTo("www.example.com.");
    assertThat(www.pick()).isEqualTo(new Pick(Pick.By.WEIGHTED, 1));
    assertThat(www.rules())
        .containsExactly(
            new Config.RuleConfig(
                "zones.example.com.names.www.to",
                Config.Match.ALL,
                new Config.To.Ordered(
                    List.of(Config.StepConfig.pool("eu"), Config.StepConfig.pool("us"))),
                false,
                null));
  }

  @Test
  void recordsKnowTheirPlaceInTheFile() throws IOException {
    Config.ZoneConfig zone = config(MINIMAL).zones().get("example.com");
    assertThat(zone.records()).startsWith("@   SOA").endsWith("203.0.113.53\n");
    assertThat(zone.firstLine()).isEqualTo(8);
    assertThat(zone.indent()).isEqualTo(6);
    assertThat(zone.folder()).isEqualTo(folder);

    ZoneProblem third =
        new ZoneProblem(ZoneProblem.Severity.ERROR, "BAD", zone.source(), 3, 5, "no");
    Problem problem = Problem.of(third, zone);
    assertThat(problem.line()).isEqualTo(10);
    assertThat(problem.column()).isEqualTo(11);
    assertThat(problem.path()).isEqualTo("zones.example.com.records");

    ZoneProblem elsewhere =
        new ZoneProblem(ZoneProblem.Severity.WARNING, "ODD", "included.zone", 3, 5, "no");
    assertThat(Problem.of(elsewhere, zone))
        .isEqualTo(
            new Problem(
                Path.of("included.zone"),
                3,
                5,
                Problem.Severity.WARNING,
                "ODD",
                "zones.example.com.records",
                "no",
                null));
  }

  @Test
  void recordsMayComeFromAFile() throws IOException {
    Path data = write("zones/data.zone", "@ NS ns1\n");
    Config config = config("zones: { example.com: { file: zones/data.zone } }");
    Config.ZoneConfig zone = config.zones().get("example.com");
    assertThat(zone.source()).isEqualTo(data.toString());
    assertThat(zone.firstLine()).isEqualTo(1);
    assertThat(zone.indent()).isZero();
    assertThat(zone.records()).isNull();
    assertThat(zone.folder()).isEqualTo(data.getParent());
    assertThat(config.files()).containsExactly(folder.resolve("azimuth.yaml"), data);
  }

  @Test
  void defaultsCountWhereNothingIsSaid() throws IOException {
    Config config =
        config(
            """
            defaults: { check: a, min_up: 2, failback_hold: manual, pick: all, all_down: nodata }
            checks: { a: { tcp: 1 }, b: { tcp: 2 } }
            pools:
              silent: { backends: { x: 192.0.2.1, y: 192.0.2.2 } }
              own: { check: b, min_up: 1, failback_hold: 1s, backends: { x: 192.0.2.1 } }
              none: { check: none, backends: { x: 192.0.2.1, y: 192.0.2.2 } }
            zones:
              a.example: { records: "x", names: { x: { to: own }, y: { to: own, pick: rotate } } }
              b.example: { records: "x", all_down: servfail }
            """);
    assertThat(config.pools().get("silent").check()).isEqualTo("a");
    assertThat(config.pools().get("silent").minUp()).isEqualTo(new MinUp.Count(2));
    assertThat(config.pools().get("silent").failbackHold()).isEqualTo(new FailbackHold.Manual());
    assertThat(config.pools().get("own").check()).isEqualTo("b");
    assertThat(config.pools().get("own").minUp()).isEqualTo(new MinUp.Count(1));
    assertThat(config.pools().get("none").check()).isNull();
    Config.ZoneConfig zone = config.zones().get("a.example");
    assertThat(zone.allDown())
        .isEqualTo(new AllDown.Said(new AllDown.NoData(), AllDown.Level.DEFAULTS));
    assertThat(config.zones().get("b.example").allDown())
        .isEqualTo(AllDown.ofZone(new AllDown.ServFail()));
    assertThat(zone.names().get("x").pick()).isEqualTo(new Pick(Pick.By.ALL, 64));
    assertThat(zone.names().get("y").pick()).isEqualTo(new Pick(Pick.By.ROTATE, 8));
  }

  @Test
  void rulesOfARouteAreLabelledByTheirPlace() throws IOException {
    Config config =
        config(
            """
            pools: { eu: { backends: { x: 192.0.2.1 } } }
            routes:
              r:
                - { cidr: [ 10.0.0.0/8, "2001:db8::/32" ], resolver: 192.0.2.0/24, to: eu, fence: true }
                - { to: eu }
            zones: { a.example: { records: "x", names: { x: { route: r }, "@": { route: r } } } }
            """);
    List<Config.RuleConfig> rules = config.zones().get("a.example").names().get("x").rules();
    assertThat(rules)
        .extracting(Config.RuleConfig::label)
        .containsExactly("routes.r[0]", "routes.r[1]");
    assertThat(rules.getFirst().match().cidr())
        .containsExactly(
            new Cidr(true, 0, 0x0a000000L, 8), new Cidr(false, 0x20010db8_00000000L, 0, 32));
    assertThat(rules.getFirst().match().resolver())
        .containsExactly(new Cidr(true, 0, 0xc0000200L, 24));
    assertThat(rules.getFirst().fence()).isTrue();
    assertThat(config.zones().get("a.example").names().get("@").name()).isEqualTo("a.example.");
  }

  @Test
  void retryIsNeverAboveEvery() throws IOException {
    Config config =
        config("checks: { a: { tcp: 1, every: 200ms } }\nzones: { a: { records: \"x\" } }");
    assertThat(config.checks().get("a").timing().retry()).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void includedFilesAreReadInOrderAndWatched() throws IOException {
    write("conf.d/b.yaml", "checks: { b: { tcp: 2 } }");
    write("conf.d/a.yaml", "checks: { a: { tcp: 1 } }");
    write("conf.d/ignored.txt", "not yaml: [");
    Config config = config("include: [ conf.d/*.yaml ]\nzones: { a: { records: \"x\" } }");
    assertThat(config.checks()).containsOnlyKeys("a", "b");
    assertThat(config.files())
        .containsExactly(
            folder.resolve("azimuth.yaml"),
            folder.resolve("conf.d"),
            folder.resolve("conf.d/a.yaml"),
            folder.resolve("conf.d/b.yaml"));
  }

  @Test
  void aFolderThatIsStillEmptyIsWatched() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("conf.d"));
    Config config = config("include: [ conf.d/*.yaml ]\nzones: { a: { records: \"x\" } }");
    assertThat(config.files()).containsExactly(folder.resolve("azimuth.yaml"), empty);
  }

  @Test
  void includesThatGoInCirclesAreRefused() throws IOException {
    write("b.yaml", "include: [ azimuth.yaml ]");
    Loaded loaded = load("include: [ b.yaml ]\nzones: { a: { records: \"x\" } }");
    assertThat(loaded.config()).isNull();
    assertThat(loaded.problems()).extracting(Problem::code).containsExactly("INCLUDE");
    assertThat(loaded.problems().getFirst().file()).isEqualTo(folder.resolve("b.yaml"));
  }

  @Test
  void filesBeyondTheLimitsAreRefused() throws IOException {
    for (int i = 0; i < 257; i++) {
      write("many/%03d.yaml".formatted(i), "");
    }
    assertThat(load("include: [ many/*.yaml ]").problems())
        .extracting(Problem::code)
        .contains("LIMIT");
    Path huge = folder.resolve("huge.yaml");
    Files.write(huge, new byte[(16 << 20) + 1]);
    assertThat(ConfigLoader.load(huge).problems())
        .extracting(Problem::code)
        .containsExactly("LIMIT");
  }

  @Test
  void problemsOfGarbageAreBounded() throws IOException {
    StringBuilder yaml = new StringBuilder("pools:\n");
    for (int i = 0; i < 5000; i++) {
      yaml.append("  p").append(i).append(": { check: nobody").append(i).append(" }\n");
    }
    assertThat(load(yaml.toString()).problems()).hasSize(Problems.MOST + 1);
  }

  @Test
  void aMissingFileIsAProblemAndIsWatched() {
    Loaded loaded = ConfigLoader.load(folder.resolve("nothing.yaml"));
    assertThat(loaded.config()).isNull();
    assertThat(loaded.problems()).extracting(Problem::code).containsExactly("FILE");
    assertThat(loaded.files()).containsExactly(folder.resolve("nothing.yaml"));
  }

  @Test
  void largeFilesLoad() throws IOException {
    StringBuilder yaml = new StringBuilder("zones: { a: { records: \"x\" } }\npools:\n");
    for (int i = 0; i < 10_000; i++) {
      yaml.append("  pool%05d: # %s\n".formatted(i, "long".repeat(100)));
      yaml.append("    backends: { a: 192.0.2.1, b: { address: 192.0.2.2, weight: 3 } }\n");
    }
    assertThat(yaml).hasSizeGreaterThan(4 << 20);
    assertThat(config(yaml.toString()).pools()).hasSize(10_000);
  }

  @Test
  void anAliasIsANameWithAPoolOfItsOwnThatSeveralShare() throws IOException {
    Config config =
        config(
            MINIMAL
                + """
                      "@": { alias: lb.example.net }
                      api: { alias: LB.Example.NET. }
                """);
    Config.NameConfig apex =
        Objects.requireNonNull(config.zones().get("example.com")).names().get("@");
    assertThat(apex.pick()).isEqualTo(new Pick(Pick.By.ALL, 16));
    assertThat(config.pools().keySet()).containsExactly("eu", "us", "alias:lb.example.net");
    Config.PoolConfig pool = config.pools().get("alias:lb.example.net");
    assertThat(pool.check()).isNull();
    assertThat(pool.allDown()).isEqualTo(new AllDown.ServFail());
    assertThat(pool.backends().values())
        .extracting(Config.BackendConfig::host)
        .containsExactly("lb.example.net");
  }

  /** What is said of the address, but not that a pool has no other. */
  private List<String> problemsOf(String address) throws IOException {
    String yaml = MINIMAL.replace("198.51.100.1", "\"" + address + "\"");
    return load(yaml).problems().stream()
        .filter(p -> !p.code().equals(Code.ONE_FAMILY.name()))
        .map(p -> p.code() + " " + p.message())
        .toList();
  }

  @Test
  void anAddressThatNoClientCanConnectToIsRefusedAndOneThatFewCanIsWarnedOf() throws IOException {
    for (String never :
        List.of("0.0.0.0", "0.1.2.3", "255.255.255.255", "224.0.0.1", "::", "ff02::1")) {
      assertThat(problemsOf(never)).containsExactly("VALUE no client can connect to " + never);
    }
    for (String near : List.of("169.254.1.1", "fe80::1")) {
      assertThat(problemsOf(near))
          .containsExactly(
              "ADDRESS_KIND "
                  + near
                  + " is link-local: clients on other links cannot connect to it");
    }
    assertThat(problemsOf("240.0.0.1"))
        .containsExactly(
            "ADDRESS_KIND 240.0.0.1 is reserved: most systems refuse to connect to it");
    for (String well : List.of("127.0.0.1", "10.1.2.3", "203.0.113.255", "::1", "fd00::1")) {
      assertThat(problemsOf(well)).isEmpty();
    }
    assertThat(load(MINIMAL.replace("198.51.100.1", "fe80::1")).config())
        .as("a warning does not refuse")
        .isNotNull();
  }

  @Test
  void everyProblemIsShownInOneRun() throws IOException {
    Loaded loaded =
        load(
            """
            server: { workers: 0 }
            defaults: { min_up: lots }
            checks: { web: { tcp: backend } }
            pools: { eu: { check: web, backends: { a: 192.0.2.1 } }, us: { chek: web } }
            zones: { a: { names: { x: { to: asia } } } }
            """);
    assertThat(loaded.problems())
        .extracting(Problem::code)
        .containsExactly(
            "RANGE", "VALUE", "PORT_NEEDED", "CHOICE", "UNKNOWN_KEY", "CHOICE", "REFERENCE");
  }

  @Test
  void aMissingMasterFileIsWatchedSoThatItsArrivalIsSeen() throws IOException {
    assertThat(load("zones: { a: { file: later.zone } }").files())
        .containsExactly(folder.resolve("azimuth.yaml"), folder.resolve("later.zone"));
  }

  @Test
  void charactersOutsideTheBasicPlaneMayStandAnywhere() throws IOException {
    for (String start : List.of("", "#", "##")) {
      String comment = start + "# " + "\ud83d\ude00".repeat(1 << 17) + "\n";
      assertThat(config(comment + MINIMAL).zones()).containsOnlyKeys("example.com");
    }
  }

  @Test
  void aByteOrderMarkAndForeignLineEndsDoNoHarm() throws IOException {
    Config config = config("\ufeff" + MINIMAL.replace("\n", "\r\n"));
    assertThat(config.zones().get("example.com").records())
        .isEqualTo(config(MINIMAL).zones().get("example.com").records());
  }

  @Test
  void aHeaderFromAFileIsReadButNeverShown() throws IOException {
    Path secret = Files.writeString(folder.resolve("credentials"), "Basic c2VjcmV0\n");
    Loaded loaded =
        ConfigLoader.load(
            Files.writeString(
                folder.resolve("secret.yaml"),
                """
                checks: { web: { http: /, headers: { Authorization: { file: credentials } } } }
                zones: { example.com: { records: "@ SOA a b 0 1 1 1 1" } }
                """));
    Config config = Objects.requireNonNull(loaded.config(), () -> loaded.print(false));

    Check.Http check = (Check.Http) config.checks().get("web");
    assertThat(check.request().headers())
        .containsExactly(new Check.Header("authorization", "Basic c2VjcmV0", secret));
    assertThat(config.files()).contains(secret);
    assertThat(config.toString()).doesNotContain("c2VjcmV0");
    assertThat(ExpandedForm.print(config)).contains(secret.toString()).doesNotContain("c2VjcmV0");
  }

  private Path pipe(String name) throws IOException, InterruptedException {
    Path pipe = folder.resolve(name);
    Files.createDirectories(pipe.getParent());
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    return pipe;
  }

  @Test
  @Timeout(20)
  void whatIsNoRegularFileIsAnErrorAndNeverWaitedFor() throws Exception {
    pipe("d/x.yaml");
    assertThat(load("include: [ 'd/*.yaml' ]\n" + MINIMAL).print(false))
        .contains("error[FILE]", "d/x.yaml cannot be read: it is no regular file");
    Path zone = pipe("example.zone");
    String records = MINIMAL.substring(MINIMAL.indexOf("records:"), MINIMAL.indexOf("    names:"));
    assertThat(load(MINIMAL.replace(records, "file: example.zone\n")).print(false))
        .contains(zone + " cannot be read: it is no regular file");
    String ca =
        "checks: { web: { https: /, host: a.example, every: 10s, ca: { file: example.zone } } }";
    assertThat(load(MINIMAL.replaceFirst("checks: .*", ca)).print(false))
        .contains("example.zone: it is no regular file");
  }

  @Test
  void aPatternWithoutAFileIsAWarning() throws IOException {
    Files.createDirectories(folder.resolve("conf.d"));
    Loaded loaded = load("include: [ 'conf.d/*.yaml' ]\n" + MINIMAL);
    assertThat(loaded.config()).isNotNull();
    assertThat(loaded.print(false)).contains("azimuth.yaml:1:12: warning[NO_FILES]");
    write("conf.d/more.yaml", "pools: { ap: { backends: { nrt1: 203.0.113.1 } } }\n");
    assertThat(load("include: [ 'conf.d/*.yaml' ]\n" + MINIMAL).print(false))
        .doesNotContain("NO_FILES");
  }

  @Test
  void aFullNameInsideItsZoneIsAWarning() throws IOException {
    assertThat(load(MINIMAL).print(false)).doesNotContain("FULL_NAME");
    assertThat(load(MINIMAL.replace("www:", "www.example.com:")).print(false))
        .contains(
            "warning[FULL_NAME]",
            "this is www.example.com.example.com: names are relative to their zone",
            "write \"www\"");
    assertThat(load(MINIMAL.replace("www:", "example.com:")).print(false)).contains("write \"@\"");
    assertThat(load(MINIMAL.replace("www:", "wwwexample.com:")).print(false))
        .doesNotContain("FULL_NAME");
  }
}
