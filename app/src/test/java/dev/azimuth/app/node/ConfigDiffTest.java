package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.config.Config;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigDiffTest {
  private static final String BALANCER =
      "\nbalancers: { web: { listen: \"tcp://127.0.0.1:8443\", to: eu } }\n";

  private static final String TLS_BALANCER =
      """

      balancers:
        web:
          listen: "tcp://127.0.0.1:8443"
          to: eu
          tls: { strict: true, certificates: { chain: web.pem, key: { file: web.key } } }
          onward_tls: { name: origin.internal, authorities: ca.pem }
      """;

  @TempDir private Path folder;

  private Config config(String yaml) {
    return Written.load(folder, yaml).config();
  }

  @Test
  void equalConfigurationsDifferInNothing() {
    assertThat(ConfigDiff.lines(config(Written.REGIONS), config("# hello\n" + Written.REGIONS)))
        .isEmpty();
  }

  @Test
  void theNetworksOfAViewAreADifference() {
    String yaml = "views: { inside: [ 10.0.0.0/8 ] }\n" + Written.REGIONS;
    assertThat(ConfigDiff.lines(config(yaml), config(yaml.replace("10.0.0.0/8", "172.16.0.0/12"))))
        .containsExactly("view inside changed");
  }

  /** Whatever is configured: what nobody compares would never be taken up. */
  @Test
  void noPartOfAConfigurationIsLeftOut() throws ReflectiveOperationException {
    Config whole = config(Written.REGIONS);
    Config other =
        config(
            """
            server: { listen: [ "127.0.0.9:0" ], state_dir: other }
            views: { inside: [ 10.0.0.0/8 ] }
            health: { per_target: 7 }
            checks: { other: { tcp: 7 }, both: { all: [ other ] } }
            pools: { other: { check: both, backends: { x: { address: 192.0.2.9, port: 80 } } } }
            balancers: { web: { listen: "tcp://127.0.0.1:8443", to: other } }
            zones:
              other.example:
                records: |
                  @   SOA ns1 hostmaster 1 1h 15m 7d 60
                  @   NS  ns1
                  ns1 A   203.0.113.53
                names: { www: { to: other } }
            """);
    RecordComponent[] parts = Config.class.getRecordComponents();
    List<String> alike = new ArrayList<>();
    for (int i = 0; i < parts.length; i++) {
      Object[] values = new Object[parts.length];
      for (int j = 0; j < parts.length; j++) {
        values[j] = parts[j].getAccessor().invoke(j == i ? other : whole);
      }
      Object before = parts[i].getAccessor().invoke(whole);
      Config changed = (Config) Config.class.getDeclaredConstructors()[0].newInstance(values);
      if (before.equals(values[i]) || ConfigDiff.lines(whole, changed).isEmpty()) {
        alike.add(parts[i].getName());
      }
    }
    assertThat(alike)
        .as("where they come from, and what this file does not change")
        .containsExactly("files", "geo");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fra2: 192.0.2.2 | fra3: 192.0.2.3 | backend eu/fra2 removed; backend eu/fra3 added",
        "fra1: 192.0.2.1 | fra1: 192.0.2.7 | backend eu/fra1 changed",
        "every: 10s | every: 5s | check web changed",
        "failback_hold: 0s | failback_hold: 9s | pool eu changed",
        "hostmaster 1 | hostmaster 2 | zone example.com: records changed",
        "www: { to: [ eu, us ] } | www: { to: [ us ] } | name www.example.com. changed",
        "www: | web: | name www.example.com. removed; name web.example.com. added",
        "127.0.0.1:0 | 127.0.0.2:0 | server.listen changed",
        "server: { | server: { cookies: \"off\", | server.cookies changed",
        "server: { | server: { identity: { nsid: fra1 }, | server.identity changed",
      })
  void eachChangeIsOneLine(String before, String after, String lines) {
    assertThat(
            ConfigDiff.lines(
                config(Written.REGIONS), config(Written.REGIONS.replace(before, after))))
        .isEqualTo(List.of(lines.split("; ")));
  }

  @Test
  void aDroppedZoneOrMostOfTheBackendsIsNotTakenUpUnasked() {
    Config full = config(Written.REGIONS);
    assertThat(ConfigDiff.removals(full, full)).isNull();
    assertThat(ConfigDiff.removals(full, config(Written.REGIONS.replace("fra2", "fra9")))).isNull();
    assertThat(
            ConfigDiff.removals(
                full, config(Written.REGIONS.replace("fra1", "x1").replace("fra2", "x2"))))
        .isEqualTo("it drops 2 of 3 backends");
    assertThat(
            ConfigDiff.removals(
                full, config(Written.REGIONS.replace("example.com", "example.net"))))
        .isEqualTo("it drops the zone example.com");
    assertThat(ConfigDiff.removals(full, config(Written.REGIONS.replace("www:", "web:"))))
        .isEqualTo("it drops 1 of 1 names");
  }

  @Test
  void balancersAreComparedLikeEverythingElse() {
    Config none = config(Written.REGIONS);
    Config web = config(Written.REGIONS + BALANCER);
    Config edge = config(Written.REGIONS + BALANCER.replace("web:", "edge:"));
    Config other = config(Written.REGIONS + BALANCER.replace("to: eu", "to: us"));
    assertThat(ConfigDiff.lines(none, web)).isEqualTo(List.of("balancer web added"));
    assertThat(ConfigDiff.lines(web, other)).isEqualTo(List.of("balancer web changed"));
    assertThat(ConfigDiff.lines(web, edge))
        .isEqualTo(List.of("balancer web removed", "balancer edge added"));
    assertThat(ConfigDiff.removals(web, none)).isEqualTo("it drops 1 of 1 balancers");
    assertThat(ConfigDiff.removals(none, web)).isNull();
  }

  @Test
  void renewedCertificatesAreNamedThoughTheConfigurationIsTheSame() throws Exception {
    String yaml = Written.REGIONS + TLS_BALANCER;
    copy("probe-key.pem", "web.key");
    copy("probe.pem", "web.pem");
    copy("ca.pem", "ca.pem");
    Config before = config(yaml);
    assertThat(ConfigDiff.lines(before, config(yaml))).isEmpty();
    copy("renewed.pem", "web.pem");
    copy("probe.pem", "ca.pem");
    Config renewed = config(yaml);
    String web =
        "balancer web: certificate " + folder.resolve("web.pem") + " taken up, valid until ";
    assertThat(ConfigDiff.lines(before, renewed))
        .satisfiesExactly(
            line -> assertThat(line).startsWith(web + "2125-"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "balancer web: authorities " + folder.resolve("ca.pem") + " taken up"));
    assertThat(ConfigDiff.lines(before, config(yaml.replace("strict: true", "strict: false"))))
        .hasSize(3)
        .endsWith("balancer web changed");
  }

  private void copy(String file, String as) throws IOException {
    Path parts = Path.of("src/test/resources/config/good/parts");
    Files.copy(parts.resolve(file), folder.resolve(as), StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void anotherTargetOfAnAliasRemovesNothing() {
    String yaml = Written.REGIONS.substring(Written.REGIONS.indexOf("zones:"));
    String alias = yaml.replace("{ to: [ eu, us ] }", "{ alias: a.example.net }");
    Config before = config(alias);
    Config after = config(alias.replace("a.example.net", "b.example.net"));
    assertThat(ConfigDiff.removals(before, after)).isNull();
    assertThat(ConfigDiff.lines(before, after)).contains("name www.example.com. changed");
  }

  @Test
  void ofManyAlikeTheFirstTenAreSaidAndHowManyMore() {
    StringBuilder names = new StringBuilder("names:\n");
    for (int i = 0; i < 2010; i++) {
      names.append("      n").append(i).append(": { to: eu }\n");
    }
    Config few = config(Written.REGIONS);
    Config many = config(Written.REGIONS.replace("names:\n", names));
    assertThat(ConfigDiff.lines(few, many))
        .hasSize(11)
        .startsWith("name n0.example.com. added")
        .endsWith("name n9.example.com. added", "and 2,000 more names added");
    assertThat(ConfigDiff.lines(many, few)).hasSize(11).endsWith("and 2,000 more names removed");
  }
}
