package dev.azimuth.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.whatif.Forecast;
import dev.azimuth.app.whatif.Forecast.PoolForecast;
import dev.azimuth.steering.Flow;
import dev.azimuth.steering.Flow.BackendShare;
import dev.azimuth.steering.Flow.Move;
import dev.azimuth.steering.Flow.PoolShare;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ForecastTextTest {
  private static final Flow ALL =
      new Flow(
          1,
          List.of(new PoolShare("eu", 1, 0, List.of()), new PoolShare("us", 0, 1, List.of())),
          List.of(new Move("eu", "us", 1)));
  private static final Flow NONE =
      new Flow(0, List.of(new PoolShare("us", 1, 1, List.of())), List.of());

  private static Forecast forecast(Long load, List<Flow.OfNames> groups) {
    return new Forecast(
        "every public IPv4 address, all alike",
        2,
        List.of("new.example.com."),
        IntStream.range(0, 7).mapToObj(i -> "old" + i + ".").toList(),
        load,
        0.5,
        List.of(
            new PoolForecast(
                "eu",
                0.5,
                0,
                load == null ? null : 600L,
                load == null ? null : 0L,
                20_000L,
                0L,
                load == null ? null : false,
                List.of(
                    new BackendShare("eu/fra1", 0.4999, 0), new BackendShare("eu/fra2", 1e-4, 0))),
            new PoolForecast(
                "us",
                0.5,
                1,
                load == null ? null : 600L,
                load == null ? null : 1200L,
                1000L,
                1000L,
                load == null ? null : true,
                List.of(new BackendShare("us/iad1", 0.5, 1)))),
        List.of(new Move("eu", "us", 0.5), new Move("us", "us", 0.0001)),
        groups,
        List.of());
  }

  @Test
  void whatIsTooMuchComesFirst() {
    List<Flow.OfNames> groups =
        List.of(
            new Flow.OfNames(List.of("api.example.com."), NONE),
            new Flow.OfNames(List.of("www.example.com."), ALL));
    assertThat(ForecastText.of(forecast(1200L, groups), 60, Ink.PLAIN))
        .isEqualTo(
            """
            OVER CAPACITY  pool us: 1,200 a second, it can take 1,000

            clients       every public IPv4 address, all alike
            names         2, all alike
            not compared  only after: new.example.com.
            not compared  only before: old0., old1., old2., old3., old4. and 2 more
            load          1,200 a second
            moved         50.0 % of the clients

            POOL  BACKEND  BEFORE  AFTER    LOAD          CAPACITY
            eu             50.0 %  0.0 %    600 -> 0      20,000 -> 0
                  fra1     50.0 %  0.0 %
                  fra2     <0.1 %  0.0 %
            us             50.0 %  100.0 %  600 -> 1,200  1,000
                  iad1     50.0 %  100.0 %

            eu  before  #################### 50.0 %
                after   0.0 %
            us  before  #################### 50.0 %
                after   ####################################### 100.0 %

            FROM  TO                    CLIENTS
            eu    us                    50.0 %
            us    other backends of us  <0.1 %

            www.example.com.
              POOL  BEFORE   AFTER
              eu    100.0 %  0.0 %
              us    0.0 %    100.0 %
              FROM  TO  CLIENTS
              eu    us  100.0 %

            api.example.com.
              POOL  BEFORE   AFTER
              us    100.0 %  100.0 %
              every client keeps its backend
            """);
  }

  @Test
  void withoutALoadItIsSaidHowToCompareCapacities() {
    assertThat(ForecastText.of(forecast(null, List.of()), 80, Ink.PLAIN))
        .contains(
            "load          not given: with --load N it is compared with the capacity of pools")
        .doesNotContain("OVER", "LOAD");
  }

  @Test
  void barsFillTheTerminalAndNoMore() {
    for (int width : List.of(60, 80, 133)) {
      assertThat(ForecastText.of(forecast(1200L, List.of()), width, Ink.PLAIN).lines())
          .filteredOn(line -> line.contains("#"))
          .allMatch(line -> line.length() < width)
          .anyMatch(line -> line.length() == width - 1);
    }
  }

  @Test
  void coloursTakeNoRoom() {
    String plain = ForecastText.of(forecast(1200L, List.of()), 80, Ink.PLAIN);
    String coloured = ForecastText.of(forecast(1200L, List.of()), 80, Ink.COLOUR);
    assertThat(coloured).contains("\u001b[");
    assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(plain);
  }

  @Test
  void aLongListIsCutAndSaysSo() {
    List<Flow.OfNames> groups =
        IntStream.range(0, 25)
            .mapToObj(i -> new Flow.OfNames(List.of("n" + i + "."), NONE))
            .toList();
    assertThat(ForecastText.of(forecast(null, groups), 80, Ink.PLAIN))
        .contains("\nn19.\n")
        .doesNotContain("n20.")
        .endsWith("and 5 more groups of names; --json has them\n");
  }

  /** The clock of a run is a parameter. */
  @Test
  void progressIsShownAfterASecondWhereSomebodyWatches() {
    long[] now = {0};
    for (boolean watched : new boolean[] {true, false}) {
      var err = new StringWriter();
      var terminal =
          new Terminal(
              new PrintWriter(new StringWriter()), new PrintWriter(err), Ink.PLAIN, 80, watched);
      now[0] = 0;
      try (var line = new ProgressLine(terminal, () -> now[0])) {
        now[0] = 999_000_000L;
        line.accept(0.1);
        assertThat(err.toString()).isEmpty();
        now[0] = 1_000_000_000L;
        line.accept(0.5);
        now[0] = 1_100_000_000L;
        line.accept(0.6);
      }
      assertThat(err.toString())
          .isEqualTo(
              watched
                  ? "\r\u001b[Kclients  " + "#".repeat(15) + " ".repeat(15) + "  50 %\r\u001b[K"
                  : "");
    }
  }
}
