package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.config.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadingTest {
  private static final String ZONES =
      """
      defaults: { check: none }
      pools: { eu: { backends: { a: 192.0.2.1 } } }
      zones:
        example.com:
          records: |
            @     SOA   ns1 hostmaster 1 1h 15m 7d 60
            @     NS    ns1
            ns1   A     203.0.113.53
            sub   NS    %s
            www   HTTPS 1 . alpn=h2
          names:
            www: { to: eu, hints: true }
            plain: { to: eu }
        child.example.com:
          records: |
            @    SOA  ns1 hostmaster 1 1h 15m 7d 60
            @    NS   ns1
            ns1  A    203.0.113.53
          names:
            www: { to: eu }
            "*.app": { to: eu }
      """;

  @TempDir private Path folder;

  private Loading.Result load(String server) {
    return Loading.load(Written.write(folder, ZONES.formatted(server)));
  }

  @Test
  void aServerMayStandInAnotherZoneOfOurs() {
    Loading.Result result = load("ns1.child");
    assertThat(result.whole()).isNotNull();
    assertThat(load("ns1.example.org.").whole()).isNotNull();
  }

  @Test
  void aServerMayNotBeASteeredNameOfAnotherZone() {
    for (String server : new String[] {"www.child", "x.APP.child"}) {
      Loading.Result result = load(server);
      assertThat(result.whole()).isNull();
      assertThat(result.loaded().problems())
          .filteredOn(problem -> problem.code().equals("NS_IS_STEERED"))
          .singleElement()
          .satisfies(
              problem -> {
                assertThat(problem.path()).isEqualTo("zones.example.com.records");
                assertThat(problem.line()).as("the NS record's line").isEqualTo(9);
                assertThat(problem.column()).as("of its owner, past the indentation").isEqualTo(7);
                assertThat(problem.message())
                    .startsWith(server.toLowerCase(Locale.ROOT))
                    .contains("zone child.example.com.");
              });
    }
  }

  @Test
  void aServerOfAnotherZoneIsFoundInTheFileThatNamesIt() throws IOException {
    Files.writeString(folder.resolve("more.zone"), "\nsub NS ns.example.org.\n    NS www.child\n");
    Files.writeString(
        folder.resolve("example.zone"),
        """
        @    SOA ns1 hostmaster 0 1h 15m 7d 60
        ns1  A   203.0.113.53
        $INCLUDE more.zone
        @    NS  ns1
        @    NS  ns1 ; a duplicate, which is said once
        @    NS  x.app.child
        """);
    String yaml =
        ZONES
            .replaceFirst("(?s)records: \\|.*?    names:", "file: example.zone\n    names:")
            .replace("hints: true", "hints: false");
    Loading.Result result = Loading.load(Written.write(folder, yaml));

    assertThat(result.whole()).isNull();
    assertThat(result.loaded().problems())
        .filteredOn(p -> !p.code().equals("NO_ADDRESS")) // there is no delegation to it
        .extracting(
            p -> p.file().getFileName() + ":" + p.line() + ":" + p.column() + " " + p.code())
        .containsExactlyInAnyOrder(
            "example.zone:5:1 DUPLICATE",
            "example.zone:6:1 NS_IS_STEERED",
            "more.zone:3:5 NS_IS_STEERED");
  }

  @Test
  void aSteeredNameInAZoneBelowWouldNeverBeAnswered() {
    for (String name : new String[] {"x.child", "*.child", "child"}) {
      String yaml = ZONES.formatted("ns1").replace("plain:", "\"" + name + "\":");
      Loading.Result result = Loading.load(Written.write(folder, yaml));
      assertThat(result.whole()).as(name).isNull();
      assertThat(result.loaded().problems())
          .singleElement()
          .satisfies(
              problem -> {
                assertThat(problem.code()).isEqualTo("STEERED_BELOW_CUT");
                assertThat(problem.message())
                    .startsWith(name + ".example.com. lies in the zone child.example.com.");
              });
    }
  }

  @Test
  void hintsOfANameReachTheZone() {
    Loading.Whole whole = Written.load(folder, ZONES.formatted("ns1"));
    assertThat(whole.zones().all().getFirst().hintedBy(0)).isZero();
    assertThat(whole.config().zones().get("example.com").names().get("www").hints()).isTrue();
    assertThat(whole.config().zones().get("example.com").names().get("plain").hints()).isFalse();
    Loading.Result bare =
        Loading.load(
            Written.write(
                folder,
                ZONES
                    .replace("plain: { to: eu }", "plain: { to: eu, hints: true }")
                    .formatted("ns1")));
    assertThat(bare.loaded().problems()).extracting("code").contains("HINTS_WITHOUT_RECORD");
    assertThat(bare.whole()).isNull();
  }

  @Test
  void anAliasWhenAllIsDownStandsAlone() {
    String yaml =
        ZONES.formatted("ns1").replace("{ to: eu }", "{ to: eu, all_down: { cname: a.b } }");
    assertThat(Loading.load(Written.write(folder, yaml)).whole()).isNotNull();
    for (String name : new String[] {"plain.example.com", "*.app.child.example.com"}) {
      String zone = name.startsWith("*") ? "ns1  A" : "ns1   A";
      String more = yaml.replace(zone, name + ". TXT x\n      " + zone);
      Loading.Result result = Loading.load(Written.write(folder, more));
      assertThat(result.whole()).isNull();
      assertThat(result.loaded().problems())
          .singleElement()
          .satisfies(
              problem -> {
                assertThat(problem.code()).isEqualTo("CNAME_AND_OTHER");
                assertThat(problem.message()).startsWith(name + ".").contains("an alias of a.b.");
              });
    }
  }

  @Test
  void problemsOfZoneDataStandBesideThoseOfTheConfigurationInOneRun() {
    Loading.Result result =
        Loading.load(
            Written.write(
                folder,
                Written.REGIONS
                    .replace("every: 10s", "every: soon")
                    .replace("ns1 A   203.0.113.53", "ns1 A   203.0.113")
                    .replace("us: { check: web", "us: { chek: web")));
    assertThat(result.whole()).isNull();
    assertThat(result.print(false))
        .contains("checks.web.every")
        .contains("\"chek\" is no option of pool")
        .containsPattern("azimuth\\.yaml:11:\\d+: error.*203\\.0\\.113");
    assertThat(result.loaded().problems()).hasSize(3);
  }

  @Test
  void severalNameServersWithoutACommonSaltAreWarnedOf() {
    String sticky =
        ZONES.formatted("ns1").replace("plain: { to: eu }", "plain: { to: eu, pick: sticky }");
    String two =
        sticky.replaceFirst("@     NS    ns1", "@     NS    ns1\n      @ NS ns.example.org.");
    assertThat(two).isNotEqualTo(sticky);
    assertThat(Loading.load(Written.write(folder, sticky)).loaded().problems()).isEmpty();
    String shared = two.replace("defaults:", "server: { sticky_salt: { file: x } }\ndefaults:");
    assertThat(Loading.load(Written.write(folder, shared)).loaded().problems())
        .extracting(Problem::code)
        .as("of the salt only that there is none here")
        .containsExactly("NO_SECRET");

    Loading.Result result = Loading.load(Written.write(folder, two));
    assertThat(result.whole()).isNotNull();
    assertThat(result.loaded().problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.code()).isEqualTo("STICKY_SALT");
              assertThat(problem.severity()).isEqualTo(Problem.Severity.WARNING);
              assertThat(problem.message()).contains("server.sticky_salt: { file:");
            });
  }
}
