package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.steering.Explanation;
import dev.azimuth.steering.Explanation.Whereabouts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainPlaceTest {
  private static final String BY_COUNTRY =
      """
      geo: { databases: [ city.mmdb, asn.mmdb ] }
      pools: { eu: { backends: { a: 192.0.2.1 } }, us: { backends: { a: 192.0.2.2 } } }
      routes: { world: [ { country: SE, to: eu }, { unknown: true, to: us }, { to: us } ] }
      zones:
        example.com:
          records: |
            @ SOA ns1 hostmaster 1 1h 15m 7d 60
            @ NS  ns1
            ns1 A 203.0.113.53
          names: { www: { route: world } }
      """;

  @TempDir private Path folder;

  private Explanation explain(String client, String subnet) throws Exception {
    Path databases = Path.of("src/test/resources/geo");
    Files.copy(databases.resolve("GeoIP2-City-Test.mmdb"), folder.resolve("city.mmdb"));
    Files.copy(databases.resolve("GeoLite2-ASN-Test.mmdb"), folder.resolve("asn.mmdb"));
    return Offline.explain(
        Written.load(folder, BY_COUNTRY), List.of(), "www.example.com", true, client, subnet);
  }

  @Test
  void theNetworkThatLiesInOnePlaceIsShownWithWhatIsKnownAndWhoKnowsIt() throws Exception {
    Explanation why = explain("192.0.2.53", "89.160.20.128/25");
    Whereabouts place = why.place();
    assertThat(place.prefix()).isEqualTo("89.160.20.128/25");
    assertThat(place.place()).startsWith("EU SE SE-").contains(" AS").contains(" at 5");
    assertThat(place.databases()).containsExactly("city.mmdb", "asn.mmdb");
    assertThat(why.rule()).isEqualTo("routes.world[0]");
  }

  @Test
  void aPlaceThatNobodyKnowsIsSaidToBeNone() throws Exception {
    Explanation why = explain("192.0.2.53", null);
    assertThat(why.place().place()).isEqualTo("not known");
    assertThat(why.rule()).isEqualTo("routes.world[1]");
  }
}
