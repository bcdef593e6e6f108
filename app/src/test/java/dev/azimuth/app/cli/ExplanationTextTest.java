package dev.azimuth.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.FakeNode;
import dev.azimuth.steering.Explanation;
import dev.azimuth.steering.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExplanationTextTest {
  @Test
  void showsHowLongTheAnswerHoldsAndWhy() {
    var explanation =
        new Explanation(
            "www.example.com.",
            List.of("alias.example.com."),
            "AAAA",
            "192.0.2.1",
            new Explanation.Whereabouts("192.0.2.0/25", "EU DE", List.of("city.mmdb", "asn.mmdb")),
            "www.rules[0]",
            List.of(),
            "eu",
            Reason.NO_FAMILY,
            "nodata",
            null,
            List.of(),
            0,
            30,
            "the zone's negative TTL",
            0);
    assertThat(ExplanationText.of(explanation, Ink.PLAIN))
        .startsWith("alias.example.com. → www.example.com. AAAA for 192.0.2.1")
        .containsPattern("(?m)^TTL +30 s: the zone's negative TTL$")
        .containsPattern("(?m)^place +192.0.2.0/25: EU DE \\(city.mmdb, asn.mmdb\\)$");
  }

  @Test
  void whatIsSaidForAllDownStandsBesideAnyReason() {
    Explanation one = FakeNode.explanation("rule");
    var down =
        new Explanation(
            one.name(),
            one.aliases(),
            one.type(),
            one.client(),
            one.place(),
            one.rule(),
            one.pools(),
            null,
            Reason.FROZEN,
            "addresses",
            new Explanation.WhenDown("address", "the name", "192.0.2.200"),
            List.of(),
            0,
            15,
            "all down",
            0);
    assertThat(ExplanationText.of(down, Ink.PLAIN))
        .containsPattern("(?m)^answer +addresses$")
        .containsPattern("(?m)^reason +FROZEN: an operator froze the table$")
        .containsPattern("(?m)^all down +address, as the name says: 192.0.2.200$");
    assertThat(ExplanationText.of(one, Ink.PLAIN)).doesNotContain("all down");
  }

  @Test
  void everyReasonIsPutInWords() {
    Explanation one = FakeNode.explanation("rule");
    for (Reason reason : Reason.values()) {
      var other =
          new Explanation(
              one.name(),
              one.aliases(),
              one.type(),
              one.client(),
              one.place(),
              one.rule(),
              one.pools(),
              one.pool(),
              reason,
              one.answer(),
              one.allDown(),
              one.backends(),
              one.others(),
              one.ttl(),
              one.ttlReason(),
              one.scope());
      assertThat(ExplanationText.of(other, Ink.PLAIN)).containsPattern(reason + ": [a-z ,']{10}");
      if (reason == Reason.NO_FAMILY) {
        assertThat(ExplanationText.of(other, Ink.PLAIN))
            .contains("no usable backend of this address family in the pool that serves");
      }
    }
  }
}
