package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import dev.azimuth.e2e.AzimuthProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** {@code plan} and {@code simulate} as an operator runs them. */
class WhatIfTest {
  private static final Path PAGE = Path.of("../docs/what-if.md");

  @TempDir Path folder;

  /** Blocks of the page: files by the comment that begins them, commands with what they print. */
  @Test
  void thePageShowsWhatTheCommandsPrint() throws Exception {
    String page = Files.readString(PAGE);
    Matcher file = Pattern.compile("(?ms)^```\\w*\\n# (\\S+)\\n(.*?)^```$").matcher(page);
    while (file.find()) {
      Files.writeString(folder.resolve(file.group(1)), file.group(2));
    }
    Matcher shown =
        Pattern.compile("(?ms)^```console\\n\\$ azimuth ([^\\n]*azimuth.yaml[^\\n]*)\\n(.+?)^```$")
            .matcher(page);
    int commands = 0;
    while (shown.find()) {
      Outcome outcome =
          AzimuthProcess.run(
              shown
                  .group(1)
                  .replaceAll("\\S+\\.(yaml|txt)", Matcher.quoteReplacement(folder + "/") + "$0")
                  .split(" "));
      assertThat(outcome.exit()).as("%s", outcome).isZero();
      assertThat(outcome.out().replace(folder + "/", "")).isEqualTo(shown.group(2));
      assertThat(outcome.err()).isEmpty();
      commands++;
    }
    assertThat(commands).isEqualTo(2);
  }

  /** What was forecast from the queries that a node logged is what it then does. */
  @Test
  void theForecastFromAQueryLogComesTrue() throws Exception {
    String yaml =
        """
        defaults: { check: none }
        pools:
          eu: { backends: { a: 192.0.2.1, b: 192.0.2.2 } }
          us: { backends: { a: 198.51.100.1 } }
        routes: { near: [ { cidr: 20.0.0.0/8, to: [ us, eu ] }, { to: [ eu, us ] } ] }
        """
            + Zones.EXAMPLE
            + "      www: { route: near }\n";
    try (AzimuthProcess node =
            AzimuthProcess.start(
                folder, yaml, Options.USUAL.server("query_log: { to: { file: queries } }"));
        DnsClient client = node.client()) {
      assertThat(ask(client))
          .isEqualTo(Map.of("192.0.2.1", 15, "192.0.2.2", 15, "198.51.100.1", 10));
      Path queries = folder.resolve("queries");
      Patience.until(() -> Files.exists(queries) && Files.readAllLines(queries).size() == 40);

      Outcome outcome =
          AzimuthProcess.run(
              "simulate",
              folder.resolve("azimuth.yaml").toString(),
              "--down",
              "eu/a",
              "us",
              "--clients",
              queries.toString(),
              "--json");
      assertThat(outcome.exit()).as("%s", outcome).isZero();
      assertThat(shares(outcome.out(), "before"))
          .isEqualTo(Map.of("eu/a", 0.375, "eu/b", 0.375, "us/a", 0.25));
      assertThat(shares(outcome.out(), "after"))
          .isEqualTo(Map.of("eu/a", 0.0, "eu/b", 1.0, "us/a", 0.0));

      assertThat(node.operate("down", "eu/a", "--reason", "test").exit()).isZero();
      assertThat(node.operate("down", "us", "--reason", "test").exit()).isZero();
      Patience.untilAnswersAre(client, "www.example.com", "192.0.2.2");
      assertThat(ask(client)).isEqualTo(Map.of("192.0.2.2", 40));
    }
  }

  private static Map<String, Integer> ask(DnsClient client) throws IOException {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < 40; i++) {
      String subnet = i < 10 ? "20.0.0.0/24" : "30.0.0.0/24";
      Message answer = client.udp(DnsClient.query("www.example.com", Type.A, subnet));
      counts.merge(answer.getSection(Section.ANSWER).getFirst().rdataToString(), 1, Integer::sum);
    }
    return counts;
  }

  private static Map<String, Double> shares(String json, String side) {
    Map<String, Double> shares = new HashMap<>();
    Matcher backend =
        Pattern.compile(
                "\"backend\" : \"([^\"]+)\",\\s+\"before\" : ([0-9.E-]+),\\s+\"after\" : ([0-9.E-]+)")
            .matcher(json.substring(0, json.indexOf("\"groups\"")));
    while (backend.find()) {
      shares.put(
          backend.group(1), Double.parseDouble(backend.group(side.equals("before") ? 2 : 3)));
    }
    return shares;
  }

  @Test
  void mistakesAreToldWithTheUsualExitCodes() throws Exception {
    Path good =
        Files.writeString(
            folder.resolve("good.yaml"),
            "pools: { eu: { check: none, backends: { a: 192.0.2.1 } } }\n"
                + Zones.EXAMPLE
                + "      www: { to: eu }\n");
    Path clients = Files.writeString(folder.resolve("clients"), "192.0.2.0/24\nx\n");
    Path bad = Files.writeString(folder.resolve("bad.yaml"), "zone: {}\n");
    for (var expected :
        Map.of(
                "plan " + good + " " + bad, 3,
                "simulate " + bad + " --down eu", 3,
                "simulate " + good + " --down us", 2,
                "simulate " + good + " --down eu --clients " + clients, 1,
                "simulate " + good, 2,
                "plan " + good, 2)
            .entrySet()) {
      Outcome outcome = AzimuthProcess.run(expected.getKey().split(" "));
      assertThat(outcome.exit())
          .as("%s: %s", expected.getKey(), outcome)
          .isEqualTo(expected.getValue());
      assertThat(outcome.out()).isEmpty();
      assertThat(outcome.err()).isNotEmpty();
    }
    assertThat(
            AzimuthProcess.run(
                    "simulate", good.toString(), "--down", "eu", "--clients", clients.toString())
                .err())
        .startsWith(clients + ":2:1: expected a prefix");
  }
}
