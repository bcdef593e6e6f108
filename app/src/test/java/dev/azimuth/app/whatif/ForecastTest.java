package dev.azimuth.app.whatif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.azimuth.app.node.Loading;
import dev.azimuth.app.node.Node.Refused;
import dev.azimuth.app.whatif.Forecast.PoolForecast;
import dev.azimuth.steering.Flow;
import dev.azimuth.steering.Flow.BackendShare;
import dev.azimuth.steering.Flow.Move;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForecastTest {
  private static final Path CITIES =
      Path.of("src/test/resources/geo/GeoIP2-City-Test.mmdb").toAbsolutePath();

  private static final String POOLS =
      """
      checks: { web: { tcp: 80 } }
      pools:
        eu:
          check: web
          capacity: 1000
          backends: { a: { address: 192.0.2.1, weight: 3 }, b: 192.0.2.2 }
        us: { check: none, capacity: 500, backends: { c: 198.51.100.1, d: { host: d.example.net } } }
      """;

  private static final String ZONE =
      """
      zones:
        example.com:
          records: |
            @   SOA ns1 hostmaster 1 1h 15m 7d 60
            @   NS  ns1
            ns1 A   203.0.113.53
          names:
      """;

  @TempDir private Path folder;

  private Loading.Whole load(String yaml) {
    try {
      Path file = Files.writeString(folder.resolve("azimuth.yaml"), yaml);
      Loading.Result result = Loading.load(file);
      Loading.Whole whole = result.whole();
      assertThat(whole).as(result.print(false)).isNotNull();
      return whole;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Loading.Whole names(String names) {
    return load(POOLS + ZONE + names);
  }

  private static Assumptions everybody(long load) {
    return new Assumptions(null, false, List.of(), load);
  }

  private static Forecast forecast(
      Loading.Whole before, Loading.Whole after, Assumptions assumptions, String... down)
      throws Refused {
    return Forecast.of(before, after, List.of(down), assumptions, part -> {});
  }

  @Test
  void aPoolThatGetsMoreThanWhatIsLeftOfItCanTakeIsOver() throws Refused {
    Loading.Whole whole = names("      www: { to: [ { eu: 3, us: 1 } ] }\n");
    Forecast forecast = forecast(whole, whole, everybody(1200), "eu/a");
    assertThat(forecast.clients()).isEqualTo("every public IPv4 address, all alike");
    assertThat(forecast.pools())
        .extracting(
            PoolForecast::pool,
            PoolForecast::loadBefore,
            PoolForecast::loadAfter,
            PoolForecast::capacityBefore,
            PoolForecast::capacityAfter,
            PoolForecast::over)
        .containsExactly(
            tuple("eu", 900L, 900L, 1000L, 250L, true), tuple("us", 300L, 300L, 500L, 500L, false));
    assertThat(forecast.moves()).singleElement().satisfies(ForecastTest::insideEu);
  }

  private static void insideEu(Move move) {
    assertThat(move.from() + move.to()).isEqualTo("eueu");
    assertThat(move.share()).as("three quarters of three quarters").isCloseTo(0.5625, within(1e-9));
  }

  @Test
  void withoutALoadThereAreSharesAlone() throws Refused {
    Loading.Whole whole = names("      www: { to: [ eu, us ] }\n");
    Forecast forecast = forecast(whole, whole, everybody(0), "eu");
    assertThat(forecast.load()).isNull();
    assertThat(forecast.pools()).extracting(PoolForecast::over).containsOnlyNulls();
    assertThat(forecast.moves()).containsExactly(new Move("eu", "us", 1));
  }

  /** Nothing is resolved, and what has no check can fail all the same. */
  @Test
  void hostNamesCountAndBackendsWithoutACheckCanBeDown() throws Refused {
    Loading.Whole whole = names("      www: { to: us }\n");
    Forecast forecast = forecast(whole, whole, everybody(0), "us/c");
    assertThat(forecast.pools().getFirst().backends())
        .containsExactly(new BackendShare("us/c", 0.5, 0), new BackendShare("us/d", 0.5, 1));
    assertThat(forecast(whole, whole, everybody(0), "d").pools().getFirst().backends())
        .containsExactly(new BackendShare("us/c", 0.5, 1), new BackendShare("us/d", 0.5, 0));
  }

  @Test
  void namesAreComparedThatBothHaveUnlessSomeAreChosen() throws Refused {
    Loading.Whole before =
        names("      www: { to: eu }\n      api: { to: us }\n      old: { to: us }\n");
    Loading.Whole after =
        names("      www: { to: us }\n      api: { to: us }\n      new: { to: us }\n");
    Forecast forecast = forecast(before, after, everybody(0));
    assertThat(forecast.names()).isEqualTo(2);
    assertThat(forecast.added()).containsExactly("new.example.com.");
    assertThat(forecast.removed()).containsExactly("old.example.com.");
    assertThat(forecast.moved()).isEqualTo(0.5);
    assertThat(forecast.groups())
        .extracting(Flow.OfNames::names)
        .containsExactly(List.of("www.example.com."), List.of("api.example.com."));
    Assumptions one = new Assumptions(null, false, List.of("WWW.example.com"), 0);
    assertThat(forecast(before, after, one).moved()).isEqualTo(1);
    Assumptions none = new Assumptions(null, false, List.of("new.example.com"), 0);
    assertThatThrownBy(() -> forecast(before, after, none))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("new.example.com. is no steered name");
  }

  @Test
  void whatDoesNotExistCannotFail() {
    Loading.Whole whole = names("      www: { to: [ eu, us ] }\n");
    assertThatThrownBy(() -> forecast(whole, whole, everybody(0), "ap"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("no backend or pool is called \"ap\"");
  }

  @Test
  void whatADatabaseKnowsCountsByItsAddresses() throws Refused {
    String routes =
        """
        geo: { databases: [ "%s" ] }
        routes:
          world: [ { country: SE, to: eu }, { unknown: true, to: eu }, { to: us } ]
        """
            .formatted(CITIES);
    Loading.Whole whole = load(routes + POOLS + ZONE + "      www: { route: world }\n");
    Forecast four = forecast(whole, whole, everybody(0));
    assertThat(four.clients())
        .isEqualTo("every IPv4 address that GeoIP2-City-Test.mmdb knows, all alike");
    double known = 0;
    double swedish = 0;
    var places = whole.geo().places();
    for (long address = 0; address < 1L << 32; ) {
      int place = places.find(true, 0, address);
      long size = 1L << (32 - places.length(true, 0, address));
      if (place != 0) {
        known += size;
        swedish += places.place(place).country().equals("SE") ? size : 0;
      }
      address += size;
    }
    assertThat(four.pools().getFirst().before()).isCloseTo(swedish / known, within(1e-12));
    Forecast six = forecast(whole, whole, new Assumptions(null, true, List.of(), 0));
    assertThat(six.clients()).startsWith("every IPv6 address");
    assertThat(six.pools()).extracting(PoolForecast::pool).contains("us");
  }

  @Test
  void aFileSaysWhoTheClientsAre() throws Exception {
    Path clients = Files.writeString(folder.resolve("clients"), "10.0.0.0/8 3\n20.0.0.0/8\n");
    Loading.Whole whole =
        load(
            POOLS
                + """
                routes: { near: [ { cidr: 10.0.0.0/8, to: eu }, { to: us } ] }
                """
                + ZONE
                + "      www: { route: near }\n");
    Forecast forecast = forecast(whole, whole, new Assumptions(clients, false, List.of(), 0));
    assertThat(forecast.clients()).isEqualTo("2 lines of " + clients);
    assertThat(forecast.pools()).extracting(PoolForecast::before).containsExactly(0.75, 0.25);
  }

  @Test
  void aNodeThatOnlyForwardsIsComparedByItsBalancers() throws Refused {
    String web =
        ZONE.replace("    names:\n", "")
            + "balancers: { web: { listen: \"tcp://127.0.0.1:8080\", port: 80, to: [ eu, us ] } }\n";
    Loading.Whole before = load(POOLS + web);
    assertThat(forecast(before, before, everybody(0)).balancers()).isEmpty();
    Loading.Whole after = load(POOLS.replace("weight: 3", "weight: 1") + web);
    Forecast forecast = forecast(before, after, everybody(0));
    assertThat(forecast.names()).isZero();
    assertThat(forecast.balancers())
        .containsExactly(
            new BalancerForecast(
                "web",
                "changed",
                List.of(
                    new BalancerForecast.RouteForecast(
                        List.of(
                            new BackendShare("eu/a", 0.75, 0.5),
                            new BackendShare("eu/b", 0.25, 0.5))))));
    assertThat(forecast(before, load(POOLS + ZONE + "      www: { to: eu }\n"), everybody(0)))
        .satisfies(gone -> assertThat(gone.balancers().getFirst().change()).isEqualTo("removed"))
        .satisfies(gone -> assertThat(gone.added()).containsExactly("www.example.com."));
    assertThat(forecast(before, before, everybody(0), "eu").balancers().getFirst().routes())
        .singleElement()
        .satisfies(
            route ->
                assertThat(route.backends())
                    .extracting(BackendShare::backend)
                    .contains("us/c", "us/d"));
  }
}
