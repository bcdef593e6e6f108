package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.config.Problem;
import dev.azimuth.app.geo.GeoData;
import dev.azimuth.app.geo.MmdbWriter;
import dev.azimuth.steering.Explanation;
import dev.azimuth.zones.Serials;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Databases and the rules that need them, from file to answer. */
class GeoLoadingTest {
  private static final Path FILES = Path.of("src/test/resources/geo");

  private static final String HEAD =
      """
      geo: { databases: [ one.mmdb ] }
      pools:
        eu: { at: [ 50.1, 8.7 ], backends: { a: 192.0.2.1 } }
        us: { at: [ 38.9, -77.4 ], backends: { a: 192.0.2.2 } }
        ap: { at: [ 35.7, 139.7 ], backends: { a: 192.0.2.3 } }
      routes:
        world:
      """;

  private static final String TAIL =
      """
          - { to: ap }
      zones:
        example.com:
          records: |
            @    SOA  ns1 hostmaster 1 1h 15m 7d 60
            @    NS   ns1
            ns1  A    203.0.113.53
          names:
            www: { route: world }
            near: { to: { nearest: [ ap, us, eu ], limit: 2 } }
      """;

  @TempDir private Path folder;

  @BeforeEach
  void city() throws IOException {
    put("GeoIP2-City-Test.mmdb");
  }

  private void put(String database) throws IOException {
    Path fresh = folder.resolve("fresh");
    Files.copy(FILES.resolve(database), fresh);
    Files.move(fresh, folder.resolve("one.mmdb"), StandardCopyOption.REPLACE_EXISTING);
  }

  private Loading.Result load(String rules) {
    return load(rules, Loading.Before.NOTHING);
  }

  private Loading.Result load(String rules, Loading.Before before) {
    String indented = rules.isEmpty() ? "" : rules.indent(4);
    return Loading.load(Written.write(folder, HEAD + indented + TAIL), before);
  }

  private static Loading.Before after(Loading.Whole whole) {
    return Loading.Before.of(whole, false, directory -> Serials.NONE);
  }

  private static Loading.Whole whole(Loading.Result result) {
    assertThat(result.whole()).as(result.print(false)).isNotNull();
    return result.whole();
  }

  private static List<String> said(Loading.Result result) {
    return result.loaded().problems().stream().map(Problem::toString).toList();
  }

  private static Explanation ask(Loading.Whole whole, String name, String subnet) throws Exception {
    return Offline.explain(whole, List.of(), name, true, "192.0.2.250", subnet);
  }

  @Test
  void aPickByDistanceThatComesToTooMuchIsAnErrorWithTheWayOut() {
    String backends =
        IntStream.range(0, 40)
            .mapToObj(i -> "b%d: { address: 192.0.2.%d, at: [ %d, %d ] }".formatted(i, i, i, 4 * i))
            .collect(Collectors.joining(", "));
    String zone = TAIL.substring(TAIL.indexOf("zones:")).replaceAll("(?s)www:.*", "");
    String yaml =
        "geo: { databases: [ one.mmdb ] }\ndefaults: { check: none }\npools: { edge: { backends: { "
            + backends
            + " } } }\n"
            + zone
            + "www: { to: edge, pick: { nearest: %d } }\n";
    Path file = Written.write(folder, yaml.formatted(1));
    whole(Loading.load(file, Loading.Before.NOTHING));
    file = Written.write(folder, yaml.formatted(30));
    Loading.Result refused = Loading.load(file, Loading.Before.NOTHING);
    assertThat(refused.whole()).isNull();
    assertThat(said(refused))
        .singleElement()
        .asString()
        .contains("LIMIT")
        .contains("the 30 nearest of pool \"edge\" come to ")
        .contains("at most 8,000,000 can be laid out");
    assertThat(refused.print(false)).contains("ask for fewer answers");
  }

  @Test
  void clientsComeToTheRuleOfTheirPlace() throws Exception {
    Loading.Whole whole =
        whole(
            load(
                """
                - { cidr: 89.160.20.0/25, to: ap }
                - { country: SE, city: linköping, to: eu }
                - { city: 2643743, to: us }
                - { subdivision: US-WA, to: us }
                - { unknown: true, to: [ us, eu ] }
                """));
    assertThat(ask(whole, "www.example.com", "89.160.20.0/24").rule()).isEqualTo("routes.world[0]");
    Explanation linkoping = ask(whole, "www.example.com", "89.160.20.128/25");
    assertThat(linkoping.rule()).isEqualTo("routes.world[1]");
    assertThat(linkoping.pool()).isEqualTo("eu");
    assertThat(linkoping.scope()).isEqualTo(25);
    assertThat(ask(whole, "www.example.com", "81.2.69.144/28").rule()).isEqualTo("routes.world[2]");
    assertThat(ask(whole, "www.example.com", "216.160.83.56/29").rule())
        .isEqualTo("routes.world[3]");
    Explanation nowhere = ask(whole, "www.example.com", "203.0.113.0/24");
    assertThat(nowhere.rule()).isEqualTo("routes.world[4]");
    assertThat(nowhere.pool()).isEqualTo("us");
  }

  @Test
  void theNearestPoolsComeFirst() throws Exception {
    Loading.Whole whole = whole(load(""));
    assertThat(ask(whole, "near.example.com", "89.160.20.128/25").pool()).isEqualTo("eu");
    assertThat(ask(whole, "near.example.com", "216.160.83.56/29").pool()).isEqualTo("us");
    assertThat(ask(whole, "near.example.com", "203.0.113.0/24").pool())
        .as("nobody knows where: the list as written")
        .isEqualTo("ap");
  }

  private static final String NEAREST_PICK =
      """
      geo: { databases: [ one.mmdb ] }
      pools:
        edge:
          at: [ 50.1, 8.7 ]
          backends:
            fra: 192.0.2.1
            iad: { address: 192.0.2.2, at: [ 38.9, -77.4 ] }
      zones:
        example.com:
          records: |
            @    SOA  ns1 hostmaster 1 1h 15m 7d 60
            @    NS   ns1
            ns1  A    203.0.113.53
          names:
            www: { to: edge, pick: nearest }
      """;

  private Loading.Result loadNearestPick() {
    return Loading.load(Written.write(folder, NEAREST_PICK), Loading.Before.NOTHING);
  }

  @Test
  void theNearestBackendOfAPoolIsGiven() throws Exception {
    Loading.Whole whole = whole(loadNearestPick());
    Explanation linkoping = ask(whole, "www.example.com", "89.160.20.128/25");
    assertThat(linkoping.backends())
        .extracting(Explanation.BackendOdds::odds)
        .containsExactly(1.0, 0.0);
    assertThat(linkoping.backends().getFirst().note()).isEqualTo("about 1027 km");
    assertThat(linkoping.scope()).isEqualTo(25);
    assertThat(ask(whole, "www.example.com", "216.160.83.56/29").backends())
        .as("in the state of Washington")
        .extracting(Explanation.BackendOdds::odds)
        .containsExactly(0.0, 1.0);
    Explanation nowhere = ask(whole, "www.example.com", "203.0.113.0/24");
    assertThat(nowhere.backends().stream().mapToDouble(Explanation.BackendOdds::odds).sum())
        .as("one of both, by network")
        .isEqualTo(1);
    assertThat(nowhere.backends().getFirst().note()).isEqualTo("nobody knows how far");
  }

  @Test
  void aPickOfTheNearestNeedsCoordinates() throws Exception {
    put("GeoIP2-Country-Test.mmdb");
    Loading.Result result = loadNearestPick();
    assertThat(result.whole()).isNull();
    assertThat(said(result))
        .singleElement()
        .asString()
        .contains("error[GEO] zones.example.com.names.www.to")
        .contains("no database knows coordinates: one.mmdb (GeoIP2-Country)");
  }

  @Test
  void aWrongEditionIsSaidWhereTheRuleStands() throws Exception {
    put("GeoIP2-Country-Test.mmdb");
    Loading.Result result =
        load("- { city: Paris, to: eu }\n- { asn: 1, to: eu }\n- { unknown: true, to: us }");
    assertThat(result.whole()).isNull();
    assertThat(said(result))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("azimuth.yaml:8:7: error[GEO] routes.world[0]")
                    .contains(
                        "no database knows cities: one.mmdb (GeoIP2-Country) knows continents,"
                            + " countries"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("azimuth.yaml:9:7: error[GEO] routes.world[1]")
                    .contains("no database knows autonomous systems"))
        .anySatisfy(
            line -> assertThat(line).contains("names.near.to").contains("no database knows coord"));
    put("GeoLite2-ASN-Test.mmdb");
    assertThat(said(load("- { unknown: true, to: us }")))
        .anySatisfy(line -> assertThat(line).contains("routes.world[0]").contains("countries"));
  }

  @Test
  void aFileThatIsNoDatabaseIsSaidWhereItIsNamed() throws Exception {
    Files.writeString(folder.resolve("one.mmdb"), "text");
    assertThat(said(load("")))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("azimuth.yaml:1:6: error[FILE] geo")
                    .contains("one.mmdb cannot be used"));
  }

  @Test
  void aDatabaseThatNoRuleLooksAtIsAWarning() throws Exception {
    assertThat(said(load("- { country: SE, to: eu }"))).noneMatch(line -> line.contains("UNUSED"));
    put("GeoLite2-ASN-Test.mmdb");
    String byPrefix = HEAD + "    - { cidr: 10.0.0.0/8, to: eu }\n" + TAIL;
    Loading.Result result =
        Loading.load(Written.write(folder, byPrefix.replaceFirst("(?m)^ +near: .*\n", "")));
    assertThat(said(result))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("warning[UNUSED] geo: no rule of any name looks at what one.mmdb"));
    assertThat(result.whole()).isNotNull();
  }

  @Test
  void rulesThatNoClientComesToAreWarnings() {
    Loading.Result result =
        load(
            """
            - { cidr: 10.0.0.0/8, to: eu }
            - { continent: EU, to: eu }
            - { country: [ SE, GB ], to: eu }
            - { cidr: 10.1.0.0/16, to: us }
            - { country: AQ, to: us }
            - { unknown: true, to: us }
            """);
    whole(result);
    assertThat(said(result))
        .filteredOn(line -> line.contains("UNREACHABLE"))
        .hasSize(3)
        .satisfiesExactly(
            line -> assertThat(line).contains("azimuth.yaml:10:7: warning").contains("world[2]"),
            line -> assertThat(line).contains("world[3]"),
            line -> assertThat(line).contains("world[4]"));
  }

  @Test
  void anUnchangedDatabaseIsNotReadAgainAndItsRoutesServeOn() throws Exception {
    Loading.Whole first = whole(load("- { country: SE, to: eu }"));
    Loading.Whole second = whole(load("- { country: SE, to: us }", after(first)));
    assertThat(second.geo().places()).isSameAs(first.geo().places());
    assertThat(GeoDiff.lines(first.geo(), second.geo())).isEmpty();
    assertThat(second.routing().routes().distinct()).isEqualTo(2);
  }

  @Test
  void aReplacedDatabaseIsTakenUp() throws Exception {
    Loading.Whole first = whole(load("- { country: FI, to: eu }"));
    assertThat(ask(first, "www.example.com", "203.0.113.0/24").pool()).isEqualTo("ap");
    MmdbWriter next = new MmdbWriter("Made-City", 6, 28, Instant.parse("2026-11-01T00:00:00Z"));
    next.add(
        "203.0.113.0/24",
        Map.of(
            "country", Map.of("iso_code", "FI"),
            "location", Map.of("latitude", 60.2, "longitude", 24.9)));
    try (OutputStream out = Files.newOutputStream(folder.resolve("one.mmdb"))) {
      next.write(out);
    }
    Loading.Whole second = whole(load("- { country: FI, to: eu }", after(first)));
    assertThat(ask(second, "www.example.com", "203.0.113.0/24").pool()).isEqualTo("eu");
    assertThat(GeoDiff.lines(first.geo(), second.geo()))
        .containsExactly("database one.mmdb: Made-City built 2026-11-01T00:00:00Z, 1 networks");
    assertThat(GeoDiff.refused(second.geo())).isNull();
  }

  @Test
  void aBrokenOrWrongDatabaseInItsPlaceIsNotUsedAndTheOldOneServesOn() throws Exception {
    String rule = "- { city: Linköping, to: eu }";
    Loading.Whole first = whole(load(rule));
    Files.writeString(folder.resolve("one.mmdb"), "half a fi");
    Loading.Whole second = whole(load(rule, after(first)));
    assertThat(second.geo().places()).isSameAs(first.geo().places());
    assertThat(second.geo().rejected()).contains("one.mmdb cannot be used");
    assertThat(GeoDiff.refused(second.geo())).contains("the old ones serve on");
    assertThat(ask(second, "www.example.com", "89.160.20.128/25").pool()).isEqualTo("eu");

    put("GeoIP2-Country-Test.mmdb");
    Loading.Whole third = whole(load(rule, after(second)));
    assertThat(third.geo().rejected()).contains("no database knows cities");
    Files.delete(folder.resolve("one.mmdb"));
    Loading.Whole fourth = whole(load(rule, after(third)));
    assertThat(fourth.geo().rejected()).contains("there is no such file");
    assertThat(ask(fourth, "www.example.com", "89.160.20.128/25").pool()).isEqualTo("eu");

    city();
    GeoData mended = whole(load(rule, after(fourth))).geo();
    assertThat(mended.rejected()).isNull();
    assertThat(mended.files()).hasSize(1);
  }

  @Test
  void aConfigurationThatNeedsMoreThanTheDatabasesKnowIsRefused() throws Exception {
    put("GeoIP2-City-Test.mmdb");
    Loading.Whole first = whole(load("- { country: SE, to: eu }"));
    Loading.Result second = load("- { asn: 64500, to: eu }", after(first));
    assertThat(second.whole()).isNull();
    assertThat(said(second)).anySatisfy(line -> assertThat(line).contains("error[GEO]"));
  }
}
