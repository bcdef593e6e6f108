package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.config.Problem;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllDownCirclesTest {
  private static final String TWO_ZONES =
      """
      defaults: { check: none }
      pools: { eu: { backends: { a: 192.0.2.1 } } }
      zones:
        example.com:
          records: |
            @     SOA   ns1 hostmaster 1 1h 15m 7d 60
            @     NS    ns1
            ns1   A     203.0.113.53
            sorry CNAME back.example.net.
            fine  CNAME ns1
            grow  DNAME x.grow
          names:
            NAMES_OF_COM
        example.net:
          records: |
            @    SOA   ns1 hostmaster 1 1h 15m 7d 60
            @    NS    ns1
            ns1  A     203.0.113.53
            back CNAME c.tree
            tree DNAME example.com.
            x    CNAME y
            y    CNAME x
          names:
            NAMES_OF_NET
      """;

  @TempDir private Path folder;

  private List<Problem> problems(String com, String net) {
    String yaml = TWO_ZONES.replace("NAMES_OF_COM", com).replace("NAMES_OF_NET", net);
    Loading.Result result = Loading.load(Written.write(folder, yaml));
    List<Problem> problems = result.loaded().problems();
    assertThat(result.whole() == null).isEqualTo(!problems.isEmpty());
    assertThat(problems).extracting(Problem::code).containsOnly(circles(problems.size()));
    return problems;
  }

  private static String[] circles(int count) {
    return count == 0 ? new String[0] : new String[] {"CNAME_LOOP"};
  }

  private static String name(String name, String target) {
    return "%s: { to: eu, all_down: { cname: %s } }".formatted(name, target);
  }

  @Test
  void aCircleIsToldBesideOtherProblems() {
    String yaml =
        TWO_ZONES
            .replace("NAMES_OF_COM", "www: { to: nowhere }")
            .replace(
                "NAMES_OF_NET",
                name("a", "b.example.net") + "\n      " + name("b", "a.example.net"));
    List<Problem> problems = Loading.load(Written.write(folder, yaml)).loaded().problems();
    assertThat(problems).extracting(Problem::code).contains("REFERENCE", "CNAME_LOOP");
  }

  @Test
  void aWayAcrossZonesThatLeadsBackIsFound() {
    assertThat(problems(name("c", "sorry.example.com"), "www: { to: eu }"))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.file()).isEqualTo(folder.resolve("azimuth.yaml"));
              assertThat(problem.line()).isEqualTo(13);
              assertThat(problem.column()).isEqualTo("      c: { to: eu, all_down: ".length() + 1);
              assertThat(problem.path()).isEqualTo("zones.example.com.names.c");
              assertThat(problem.message())
                  .endsWith(
                      ": c.example.com. → sorry.example.com. → back.example.net."
                          + " → c.tree.example.net. → c.example.com.");
            });
  }

  @Test
  void eachNameThatLeadsIntoACircleIsFound() {
    String com = "d: { to: eu, all_down: { cname: e.example.net } }";
    assertThat(problems(com, name("e", "f.example.net") + "\n      " + name("f", "e.example.net")))
        .extracting(Problem::path)
        .containsExactly(
            "zones.example.com.names.d", "zones.example.net.names.e", "zones.example.net.names.f");
    assertThat(problems(name("d", "x.example.net"), "www: { to: eu }"))
        .extracting(Problem::path)
        .containsExactly("zones.example.com.names.d");
  }

  @Test
  void aWildcardThatWouldAnswerForItsTargetIsFound() {
    assertThat(problems(name("\"*.w\"", "sorry.W.example.com"), "www: { to: eu }"))
        .extracting(Problem::message)
        .singleElement()
        .asString()
        .endsWith(": *.w.example.com. → *.w.example.com.");
  }

  @Test
  void theFormOfAPoolOrZoneActsLikeTheNamesOwn() {
    String com = "www: { to: eu }\n    all_down: { cname: www.example.com }";
    assertThat(problems(com, "www: { to: eu }"))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.line()).isEqualTo(13);
              assertThat(problem.column()).isEqualTo("      www: ".length() + 1);
            });
  }

  @Test
  void whatEndsIsNoCircle() {
    for (String target :
        List.of(
            "fine.example.com",
            "none.example.com",
            "elsewhere.example",
            "a.grow.example.com",
            "www.example.net")) {
      assertThat(problems(name("c", target), "www: { to: eu }")).as(target).isEmpty();
    }
  }
}
