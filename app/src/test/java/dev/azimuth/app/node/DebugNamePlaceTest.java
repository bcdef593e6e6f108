package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.config.Problem;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DebugNamePlaceTest {
  private static final String YAML =
      """
      server: { debug_name: { name: NAME, allow: 192.0.2.0/24 } }
      defaults: { check: none }
      pools: { eu: { backends: { a: 192.0.2.1 } } }
      zones:
        example.com:
          records: |
            @     SOA   ns1 hostmaster 1 1h 15m 7d 60
            @     NS    ns1
            ns1   A     203.0.113.53
            *.any A     203.0.113.54
            a.ent A     203.0.113.55
            cut   NS    ns1.example.net.
          names: { www: { to: eu } }
      """;

  @TempDir private Path folder;

  private List<Problem> problems(String name) {
    Loading.Result result = Loading.load(Written.write(folder, YAML.replace("NAME", name)));
    List<Problem> problems = result.loaded().problems();
    assertThat(result.whole() == null).isEqualTo(!problems.isEmpty());
    return problems;
  }

  @ParameterizedTest
  @CsvSource({"whoami.example.com", "a.b.example.com", "x.any.example.com"})
  void aFreeNameInAZoneIsTaken(String name) {
    assertThat(problems(name)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "whoami.example.net, is in none of the zones",
    "example.com, something stands at",
    "ns1.example.com, something stands at",
    "ent.example.com, something stands at",
    "www.example.com, something stands at",
    "x.cut.example.com, something stands at"
  })
  void oneWhereSomethingStandsOrNobodyAsksIsRefusedAtItsPlace(String name, String words) {
    assertThat(problems(name))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.code()).isEqualTo("DEBUG_NAME");
              assertThat(problem.message()).contains(words);
              assertThat(problem.line()).isEqualTo(1);
              assertThat(problem.column()).isEqualTo(31);
            });
  }

  @Test
  void whereThereIsNoneNothingIsLookedFor() {
    assertThat(Loading.load(Written.write(folder, YAML.replaceFirst("server.*\n", ""))).whole())
        .isNotNull();
  }
}
