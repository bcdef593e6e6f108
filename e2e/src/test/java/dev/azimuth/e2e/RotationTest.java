package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

/** Shares of answers, counted. One worker, so that there is one counter for each name. */
class RotationTest {
  @RegisterExtension
  static final SharedNode SHARED =
      new SharedNode(
          """
            defaults: { check: none }
            pools:
              equal: { backends: { a: 192.0.2.1, b: 192.0.2.2, c: 192.0.2.3 } }
              weighted:
                backends:
                  a: { address: 192.0.2.1, weight: 5 }
                  b: { address: [ 192.0.2.2, "2001:db8::2" ], weight: 2 }
                  c: { address: [ 192.0.2.3, "2001:db8::3" ], weight: 1 }
            """
              + Zones.EXAMPLE
              + """
                      equal: { to: equal }
                      weighted: { to: weighted }
                      two: { to: weighted, pick: { weighted: 2 } }
                      rotate: { to: equal, pick: rotate }
                      all: { to: equal, pick: all }
                """);

  private final DnsClient client = SHARED.client();

  private static Map<String, Integer> firsts(List<List<String>> answers) {
    Map<String, Integer> counts = new HashMap<>();
    for (List<String> answer : answers) {
      counts.merge(answer.getFirst(), 1, Integer::sum);
    }
    return counts;
  }

  private List<List<String>> ask(String name, int type, int times) throws IOException {
    List<List<String>> answers = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      answers.add(DnsClient.addresses(client.udp(name, type)));
    }
    return answers;
  }

  @Test
  void equalWeightsAreRotation() throws IOException {
    List<List<String>> answers = ask("equal.example.com", Type.A, 3_000);

    assertThat(answers).allSatisfy(answer -> assertThat(answer).hasSize(1));
    assertThat(firsts(answers))
        .isEqualTo(Map.of("192.0.2.1", 1_000, "192.0.2.2", 1_000, "192.0.2.3", 1_000));
    for (int i = 3; i < answers.size(); i++) {
      assertThat(answers.get(i)).isEqualTo(answers.get(i - 3));
    }
  }

  @Test
  void weightsAreExactOverEveryRoundAndSmoothInside() throws IOException {
    List<List<String>> answers = ask("weighted.example.com", Type.A, 4_000);

    for (int round = 0; round < answers.size(); round += 8) {
      assertThat(firsts(answers.subList(round, round + 8)))
          .isEqualTo(Map.of("192.0.2.1", 5, "192.0.2.2", 2, "192.0.2.3", 1));
    }
    for (int i = 3; i < answers.size(); i++) {
      assertThat(firsts(answers.subList(i - 3, i + 1)).get("192.0.2.1")).isBetween(2, 3);
    }
  }

  @Test
  void theOtherFamilyHasSharesOfItsOwn() throws IOException {
    List<List<String>> answers = ask("weighted.example.com", Type.AAAA, 3_000);

    assertThat(firsts(answers))
        .isEqualTo(Map.of("2001:db8:0:0:0:0:0:2", 2_000, "2001:db8:0:0:0:0:0:3", 1_000));
  }

  @Test
  void severalAnswersAreDifferentAndTheFirstHasItsExactShare() throws IOException {
    List<List<String>> answers = ask("two.example.com", Type.A, 800);

    assertThat(answers).allSatisfy(answer -> assertThat(answer).hasSize(2).doesNotHaveDuplicates());
    assertThat(firsts(answers))
        .isEqualTo(Map.of("192.0.2.1", 500, "192.0.2.2", 200, "192.0.2.3", 100));
  }

  @Test
  void rotateGivesAllOfThemAndEachTimeAnotherFirst() throws IOException {
    List<List<String>> answers = ask("rotate.example.com", Type.A, 300);

    assertThat(answers)
        .allSatisfy(
            answer ->
                assertThat(answer)
                    .containsExactlyInAnyOrder("192.0.2.1", "192.0.2.2", "192.0.2.3"));
    assertThat(firsts(answers))
        .isEqualTo(Map.of("192.0.2.1", 100, "192.0.2.2", 100, "192.0.2.3", 100));
  }

  @Test
  void allGivesAllOfThem() throws IOException {
    assertThat(client.a("all.example.com"))
        .containsExactlyInAnyOrder("192.0.2.1", "192.0.2.2", "192.0.2.3");
  }

  @Test
  void tcpGivesTheSameSharesWithSeveralQueriesInFlight() throws IOException {
    Message[] queries = new Message[300];
    for (int i = 0; i < queries.length; i++) {
      queries[i] = DnsClient.query("equal.example.com", Type.A);
    }
    List<List<String>> answers = client.tcp(queries).stream().map(DnsClient::addresses).toList();

    assertThat(firsts(answers))
        .isEqualTo(Map.of("192.0.2.1", 100, "192.0.2.2", 100, "192.0.2.3", 100));
  }

  @Test
  void withoutACheckTheTtlIsTheUpperBound() throws IOException {
    Message answer = client.udp("equal.example.com", Type.A);

    assertThat(answer.getSection(1)).allSatisfy(r -> assertThat(r.getTTL()).isEqualTo(60));
  }
}
