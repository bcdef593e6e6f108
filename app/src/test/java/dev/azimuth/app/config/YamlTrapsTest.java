package dev.azimuth.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlTrapsTest {
  @TempDir private Path folder;

  /** Each is written without quotes, as people do. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "zones:\n  a.example:\n    names:\n      @: { to: eu }",
        "zones: { a.example: { names: { @: { to: eu } } } }",
        "zones:\n  a.example:\n    names:\n      *.app: { to: eu }",
        "zones: { a.example: { names: { *.app: { to: eu } } } }",
        "zones:\n  a.example:\n    names:\n      *: { to: eu }",
        "zones:\n  a.example:\n    names:\n      www: {}\n      *.b.c : { to: eu }",
        "pools: { eu: { backends: { a: 2001:db8:: } } }",
        "pools:\n  eu:\n    backends:\n      a: 2001:db8::",
        "pools:\n  eu:\n    backends:\n      a:\n        address:\n          - 2001:db8::",
        "pools: { eu: { backends: { a: { address: [ 192.0.2.1, 2001:db8:: ] } } } }",
        "pools: { eu: { backends: { a: ::1 } } }",
        "routes: { r: [ { cidr: ::/0, to: eu } ] }",
        "server: { listen: [ [::]:53 ] }",
        "server:\n  listen:\n    - [::]:53",
        "server:\n  admin: [::1]:8053",
        "server:\n  admin: [2001:db8::1]:8053",
        "server: { admin: { listen: [::1]:8053 } }",
        "pools: { no: { backends: { a: 192.0.2.1 } } }",
        "pools: { eu: { backends: { on: 192.0.2.1 } } }",
        "checks: { web: { http: /, host: off } }",
        "checks: { web: { http: /, host: True } }",
        "pools: { eu: { check: null, backends: { a: 192.0.2.1 } } }",
        "zones: { a.example: { file: ~ } }",
        "zones: { a.example: { names: { 42: { to: eu } } } }",
        "checks: { web: { http: /, host: 1.5 } }",
      })
  void trapsAreToldWithTheWayOut(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("azimuth.yaml"), yaml + "\n");
    assertThat(ConfigLoader.load(file).problems())
        .as(yaml)
        .anySatisfy(
            problem -> {
              assertThat(problem.code()).isEqualTo("TRAP");
              assertThat(problem.message()).contains("put it in quotes");
              assertThat(yaml.lines().toList().get(problem.line() - 1).length())
                  .isGreaterThanOrEqualTo(problem.column());
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pools: { eu: { backends: { a: 2001:db8::1 } } }",
        "pools: { \"no\": { backends: { \"2\": '2001:db8::', off-line: 192.0.2.1 } } }",
        "server:\n  admin: '[::1]:8053'",
        "checks: { web: { http: /, host: 1.example } }",
        "zones: { a.example: { records: 'x', names: { \"@\": {}, \"*.app\": {}, no.where: {} } } }",
      })
  void whatIsNoTrapIsNotCalledOne(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("azimuth.yaml"), yaml + "\n");
    assertThat(ConfigLoader.load(file).problems())
        .as(yaml)
        .noneMatch(problem -> problem.code().equals("TRAP"));
  }

  @Test
  void anOrdinaryAliasIsNoTrap() throws IOException {
    Path file = Files.writeString(folder.resolve("azimuth.yaml"), "a: *b\n");
    assertThat(ConfigLoader.load(file).problems())
        .extracting(Problem::code)
        .containsExactly("YAML_FEATURE");
  }
}
