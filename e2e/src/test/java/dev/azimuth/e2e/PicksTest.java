package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

/** What clients are given by each pick, counted. One worker, so that turns are exact. */
@Timeout(180)
class PicksTest {
  private static final Map<String, Integer> WEIGHTS =
      Map.of("192.0.2.1", 5, "192.0.2.2", 2, "192.0.2.3", 2, "192.0.2.4", 1);

  /** 192.0.2.1 and 2 are of one group, 3 and 4 of none. */
  private static final String POOL =
      """
      defaults: { check: none }
      pools:
        web:
          backends:
            a: { address: [ 192.0.2.1, "2001:db8::1" ], weight: 5, group: rack1 }
            b: { address: [ 192.0.2.2, "2001:db8::2" ], weight: 2, group: rack1 }
            c: { address: [ 192.0.2.3, "2001:db8::3" ], weight: 2 }
            d: { address: [ 192.0.2.4, "2001:db8::4" ] }
      """;

  @RegisterExtension
  static final SharedNode SHARED =
      new SharedNode(
          POOL
              + Zones.EXAMPLE
              + """
                      weighted: { to: web }
                      spread: { to: web, pick: { by: weighted, answers: 3, spread: group } }
                      within: { to: web, pick: { by: weighted, answers: 3, within: group } }
                      random: { to: web, pick: { random: 2 } }
                      rotate: { to: web, pick: rotate }
                      sticky: { to: web, pick: sticky }
                      narrow: { to: web, pick: { by: sticky, answers: 2, v4: 16, v6: 40 } }
                      fastest: { to: web, pick: fastest }
                      all: { to: web, pick: { all: 2 } }
                """);

  private final DnsClient client = SHARED.client();

  private List<List<String>> ask(String name, int times) throws IOException {
    List<List<String>> answers = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      answers.add(DnsClient.addresses(client.udp(name + ".example.com", Type.A)));
    }
    return answers;
  }

  private static Map<String, Integer> firsts(List<List<String>> answers) {
    Map<String, Integer> counts = new TreeMap<>();
    answers.forEach(answer -> counts.merge(answer.getFirst(), 1, Integer::sum));
    return counts;
  }

  private static Map<String, Integer> shares(int queries) {
    Map<String, Integer> shares = new TreeMap<>();
    WEIGHTS.forEach((address, weight) -> shares.put(address, queries / 10 * weight));
    return shares;
  }

  /** Pearson's statistic of the first answers against the weights; three degrees of freedom. */
  private static double deviation(Map<String, Integer> firsts, int queries) {
    double statistic = 0;
    for (Map.Entry<String, Integer> expected : shares(queries).entrySet()) {
      double off = firsts.getOrDefault(expected.getKey(), 0) - expected.getValue();
      statistic += off * off / expected.getValue();
    }
    return statistic;
  }

  @ParameterizedTest
  @CsvSource({"weighted, 1", "fastest, 1", "spread, 3", "within, 0"})
  void firstAnswersAreExactByWeightOverEachRound(String name, int size) throws IOException {
    List<List<String>> answers = ask(name, 1000);

    assertThat(firsts(answers)).isEqualTo(shares(1000));
    for (List<String> answer : answers) {
      Set<String> rack = new HashSet<>(answer);
      rack.retainAll(Set.of("192.0.2.1", "192.0.2.2"));
      switch (name) {
        case "spread" -> assertThat(rack).hasSize(1);
        case "within" -> assertThat(answer).hasSize(Math.max(1, rack.size()));
        default -> {}
      }
      if (size > 0) {
        assertThat(answer).hasSize(size).doesNotHaveDuplicates();
      }
    }
  }

  /** Where the odds are right the statistic passes 25 once in 65,000 runs. */
  @Test
  void randomAnswersHaveTheirOddsAndNoOrder() throws IOException {
    List<List<String>> answers = ask("random", 4000);

    assertThat(deviation(firsts(answers), 4000)).isBetween(1e-9, 25.0);
    assertThat(answers).allSatisfy(answer -> assertThat(answer).hasSize(2).doesNotHaveDuplicates());
  }

  @Test
  void rotateIgnoresWeightsAndAllKeepsTheOrderOfTheFile() throws IOException {
    assertThat(firsts(ask("rotate", 400)).values()).containsOnly(100);
    assertThat(ask("all", 20)).containsOnly(List.of("192.0.2.1", "192.0.2.2"));
  }

  private Message from(DnsClient by, String name, int type, String subnet) throws IOException {
    return by.udp(DnsClient.query(name + ".example.com", type, subnet));
  }

  private static int scope(Message answer) {
    return ((ClientSubnetOption)
            answer.getOPT().getOptions(EDNSOption.Code.CLIENT_SUBNET).getFirst())
        .getScopePrefixLength();
  }

  private static String last(String address) {
    return address.substring(address.length() - 1);
  }

  @Test
  void aNetworkSticksAndNetworksAreSharedByWeight() throws IOException {
    Map<String, Integer> counts = new HashMap<>();
    for (int network = 0; network < 1000; network++) {
      String subnet = "11." + network / 256 + "." + network % 256 + ".";
      Message answer = from(client, "sticky", Type.A, subnet + "0/24");
      List<String> given = DnsClient.addresses(answer);
      assertThat(given).hasSize(1);
      assertThat(scope(answer)).isEqualTo(24);
      counts.merge(given.getFirst(), 1, Integer::sum);
      if (network % 100 == 0) {
        String again = subnet + network / 10 + "/32";
        assertThat(DnsClient.addresses(from(client, "sticky", Type.A, again))).isEqualTo(given);
        String v6 = DnsClient.addresses(from(client, "sticky", Type.AAAA, again)).getFirst();
        assertThat(last(v6)).isEqualTo(last(given.getFirst()));
      }
    }
    // Buckets and networks are both drawn: 1.25 times what networks alone would deviate. Passes 25
    // once in 65,000 runs.
    assertThat(deviation(counts, 1000) / 1.25).isLessThan(25.0);
    assertThat(new HashSet<>(ask("sticky", 50))).hasSize(1);
  }

  @Test
  void thePrefixIsTheOneConfigured() throws IOException {
    Set<List<String>> answers = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      Message answer = from(client, "narrow", Type.A, "11.7." + i + ".0/24");
      assertThat(scope(answer)).isEqualTo(16);
      answers.add(DnsClient.addresses(answer));
      assertThat(scope(from(client, "narrow", Type.A, "2a00:1:2:" + i + "00::/56"))).isEqualTo(40);
    }
    assertThat(answers).hasSize(1);
    assertThat(answers.iterator().next()).hasSize(2);
  }

  @Test
  void whatWasGivenIsCounted() throws Exception {
    long before = given();
    ask("random", 50);
    ask("sticky", 50);
    ask("spread", 50);
    assertThat(given() - before).isEqualTo(2 * 50 + 50 + 3 * 50);
  }

  private static long given() throws IOException, InterruptedException {
    return Arrays.stream(SHARED.node().get("/metrics").body().split("\n"))
        .map(Pattern.compile("azimuth_answers_total\\{.*} (\\d+)")::matcher)
        .filter(Matcher::matches)
        .mapToLong(matcher -> Long.parseLong(matcher.group(1)))
        .sum();
  }
}
