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
            "AAAA",
            "192.0.2.1",
            new Explanation.Whereabouts("192.0.2.0/25", "EU DE", List.of("city.mmdb", "asn.mmdb")),
            "www.rules[0]",
            List.of(),
            "eu",
            Reason.NO_FAMILY,
            "nodata",
            List.of(),
            0,
            30,
            "the zone's negative TTL",
            0);
    assertThat(ExplanationText.of(explanation, Ink.PLAIN))
        .containsPattern("(?m)^TTL +30 s: the zone's negative TTL$")
        .containsPattern("(?m)^place +192.0.2.0/25: EU DE \\(city.mmdb, asn.mmdb\\)$");
  }

  @Test
  void everyReasonIsPutInWords() {
    Explanation one = FakeNode.explanation("rule");
    for (Reason reason : Reason.values()) {
      var other =
          new Explanation(
              one.name(),
              one.type(),
              one.client(),
              one.place(),
              one.rule(),
              one.pools(),
              one.pool(),
              reason,
              one.answer(),
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
