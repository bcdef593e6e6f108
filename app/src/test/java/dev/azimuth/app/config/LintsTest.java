package dev.azimuth.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LintsTest {
  @TempDir private Path folder;

  private List<String> said(Code code, String pools, String routes, String name)
      throws IOException {
    Path file = folder.resolve("azimuth.yaml");
    Files.writeString(
        file,
        """
        defaults: { check: none }
        pools: %s
        %s
        zones:
          example.com:
            records: |
              @   SOA ns1 hostmaster 0 1h 15m 7d 60
              @   NS  ns1
              ns1 A   203.0.113.53
            names: { m: %s }
        """
            .formatted(pools, routes, name));
    return ConfigLoader.load(file).problems().stream()
        .filter(problem -> problem.code().equals(code.name()))
        .map(problem -> problem.path() + ": " + problem.message())
        .toList();
  }

  private List<String> families(String routes, String name) throws IOException {
    String pools =
        "{ v6: { backends: { a: '2001:db8::1' } }, v4: { backends: { b: 192.0.2.1 } },"
            + " host: { backends: { c: { host: lb.example.net } } },"
            + " both: { backends: { d: { address: [ '2001:db8::2', 192.0.2.2 ] } } },"
            + " mixed: { backends: { e: '2001:db8::3', f: 192.0.2.3 } } }";
    return said(Code.ONE_FAMILY, pools, routes, name);
  }

  @Test
  void aPoolWithIpv6AloneNeverServesBesidePoolsWithIpv4() throws IOException {
    String never = "the pool \"v6\" has IPv6 alone and never serves beside pools with IPv4";
    assertThat(families("", "{ to: [ v6, v4 ] }"))
        .containsExactly("zones.example.com.names.m.to: " + never);
    assertThat(families("", "{ to: [ host, { v6: 1, v4: 1 } ] }")).hasSize(1);
    assertThat(families("", "{ to: [ v4, host ] }")).isEmpty();
  }

  @Test
  void aRuleWhosePoolsHaveIpv6AloneGivesNoIpv4WhateverTheOthersHave() throws IOException {
    String routes = "routes: { r: [ { cidr: 192.0.2.0/24, to: v6 }, { to: v4 } ] }";
    assertThat(families(routes, "{ route: r }"))
        .containsExactly("routes.r[0]: every backend has IPv6 alone: A gets no answer");
    assertThat(families("", "{ to: v6 }")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"both", "mixed", "[ v4, both, mixed ]"})
  void aPoolThatHasOrMayHaveIpv4IsNotOfOneFamily(String to) throws IOException {
    assertThat(families("", "{ to: %s }".formatted(to))).isEmpty();
    assertThat(families("", "{ alias: lb.example.net }")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "20000, sticky, 0",
    "650, '{ by: sticky, answers: 4 }', 0",
    "660, '{ by: sticky, answers: 4 }', 1",
    "20000, '{ weighted: 4 }', 0"
  })
  void stickyAnswersThatTakeLongToLayOutAreRefused(int backends, String pick, int errors)
      throws IOException {
    String all =
        IntStream.range(0, backends)
            .mapToObj(i -> "b%d: 10.%d.%d.1".formatted(i, i / 256, i % 256))
            .collect(Collectors.joining(", "));
    List<String> said =
        said(
            Code.LIMIT,
            "{ eu: { backends: { %s } } }".formatted(all),
            "",
            "{ to: eu, pick: %s }".formatted(pick));
    assertThat(said).hasSize(errors);
    assertThat(said).allMatch(text -> text.contains("8,110,080 choices: at most 8,000,000"));
  }

  private static final String EU = "{ eu: { backends: { a: 192.0.2.1 } } }";

  private List<String> rules(Code code, String rule, String views) throws IOException {
    String routes = views + "\nroutes: { r: [ { to: eu, %s }, { to: eu } ] }".formatted(rule);
    return said(code, EU, routes, "{ route: r }");
  }

  @ParameterizedTest
  @CsvSource({
    "'cidr: 10.0.0.0/8, resolver: 192.168.0.0/16', 1",
    "'cidr: [ 10.0.0.0/8, fd00::/8 ], resolver: [ 192.168.0.0/16, 192.0.2.0/24 ]', 1",
    "'cidr: 10.0.0.0/8, view: in', 1",
    "'cidr: fd00::/8, resolver: 10.0.0.0/8', 1",
    "'cidr: 192.168.7.0/24, view: in', 0",
    "'cidr: 10.0.0.0/8, resolver: 10.9.0.0/16', 0",
    "'cidr: 198.51.100.0/24, resolver: 192.168.0.0/16', 0",
    "'cidr: [ 10.0.0.0/8, 198.51.100.0/24 ], resolver: 192.168.0.0/16', 0",
    "'cidr: 192.168.0.0/15, resolver: 10.0.0.0/8', 0",
    "'cidr: 0.0.0.0/1, resolver: 192.0.2.0/24', 0",
    "'cidr: 10.0.0.0/8, resolver: \"64:ff9b::/96\"', 0",
    "'cidr: 10.0.0.0/8', 0"
  })
  void aPrivateNetworkWhoseResolversAreElsewhereIsNeverMet(String rule, int warnings)
      throws IOException {
    assertThat(rules(Code.UNREACHABLE, rule, "views: { in: [ 192.168.0.0/16 ] }"))
        .hasSize(warnings)
        .allMatch(
            text -> text.startsWith("routes.r[0]: no client comes to this rule: its \"cidr\""));
  }

  @Test
  void whatAFenceKeepsBackHasNoEffectBesideIt() throws IOException {
    String both = "resolver: 10.0.0.0/8, fence: true, all_down: ";
    for (String form : List.of("{ address: 192.0.2.200 }", "{ cname: x.example.net }")) {
      assertThat(rules(Code.NO_EFFECT, both + form, ""))
          .singleElement()
          .asString()
          .startsWith("routes.r[0]: this \"all_down\" has no effect beside fence: true");
    }
    assertThat(rules(Code.NO_EFFECT, both + "nodata", "")).isEmpty();
    assertThat(
            rules(Code.NO_EFFECT, "resolver: 10.0.0.0/8, all_down: { address: 192.0.2.200 }", ""))
        .isEmpty();
  }

  @Test
  void whatNothingLooksAtIsUnused() throws IOException {
    String others =
        """
        views: { in: [ 10.0.0.0/8 ], out: [ 192.0.2.0/24 ], none: [ 198.51.100.0/24 ] }
        checks:
          web: { tcp: 80 }
          sql: { tcp: 5432 }
          both: { all: [ web ], watch: [ sql ] }
          mail: { tcp: 25 }
          idle: { any: [ mail ] }
        """;
    String pools =
        "{ eu: { check: both, backends: { a: { address: { default: 192.0.2.1, out: 10.0.0.1 } } } } }";
    String routes = "routes: { r: [ { to: eu, view: in }, { to: eu } ] }";
    assertThat(said(Code.UNUSED, pools, others + routes, "{ route: r }"))
        .containsExactlyInAnyOrder(
            "views.none: no rule and no backend has the view \"none\"",
            "checks.mail: no backend has the check \"mail\"",
            "checks.idle: no backend has the check \"idle\"");
  }
}
