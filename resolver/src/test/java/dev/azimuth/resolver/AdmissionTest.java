package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.resolver.TrafficVisitor.AnswerClass;
import dev.azimuth.resolver.TrafficVisitor.Limited;
import dev.azimuth.steering.Cidr;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/** What a responder does for whom. */
class AdmissionTest {
  private static final String WWW = "www.example.com";

  private static List<Cidr> cidrs(String... texts) {
    return Arrays.stream(texts).map(Sample::cidr).toList();
  }

  private static Asking asking(Admission admission) {
    return new Asking(Sample.picture(admission), new RateLimiter(1, new Random(3)));
  }

  private static Asking limited(int burst, int slip, String... exempt) {
    var limit = new RateLimit(1, burst, slip, 24, 56, cidrs(exempt));
    return asking(new Admission(Admission.ANY, List.of(), List.of(), limit));
  }

  private static void from(Asking asking, String address) {
    ClientAddress.of(InetAddress.ofLiteral(address)).fill(asking.client);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, true",
    "192.0.2.66, false",
    "192.0.3.1, false",
    "255.255.255.255, false",
    "0.0.0.0, false",
    "2001:db8::1, true",
    "2001:db8:dead::1, false",
    "2001:db9::1, false"
  })
  void onlyWhoIsAllowedAndNotDeniedIsAnswered(String address, boolean admitted) {
    Asking asking =
        asking(
            new Admission(
                cidrs("192.0.2.0/24", "2001:db8::/32"),
                cidrs("192.0.2.66/32", "2001:db8:dead::/48"),
                List.of(),
                null));
    from(asking, address);
    for (boolean stream : new boolean[] {false, true}) {
      asking.client.stream = stream;
      Message reply = asking.ask(Packets.edns(WWW, "A", 1232));
      assertThat(reply.getRcode()).isEqualTo(admitted ? Rcode.NOERROR : Rcode.REFUSED);
      assertThat(Asking.answers(reply)).hasSize(admitted ? 1 : 0);
      assertThat(asking.responder.prohibited()).isEqualTo(!admitted);
      if (!admitted) {
        assertThat(reply.getHeader().getFlag(Flags.AA)).isFalse();
        assertThat(reply.getOPT().getOptions())
            .singleElement()
            .isInstanceOfSatisfying(
                ExtendedErrorCodeOption.class,
                error -> assertThat(error.getErrorCode()).isEqualTo(18));
      }
    }
  }

  @Test
  void whoMayNotAskLearnsNothingElse() {
    Asking asking = asking(new Admission(cidrs("198.51.100.0/24"), List.of(), List.of(), null));
    for (byte[] query : Corpus.queries()) {
      assertThat(asking.ask(query).getRcode()).isEqualTo(Rcode.REFUSED);
    }
    assertThat(asking.raw(new byte[3])).isEmpty();
    byte[] response = Packets.of().flags(0x8400).question(WWW, 1, 1).bytes();
    assertThat(asking.raw(response)).isEmpty();
  }

  @Test
  void whatIsDroppedAndWhatSlips() {
    Asking asking = limited(3, 2);
    byte[] query = Packets.edns(WWW, "A", 1232);
    for (int i = 0; i < 3; i++) {
      assertThat(Asking.answers(asking.ask(query))).hasSize(1);
      assertThat(asking.responder.limited()).isNull();
    }
    for (int i = 0; i < 10; i++) {
      assertThat(asking.raw(query)).isEmpty();
      assertThat(asking.responder.limited()).isEqualTo(Limited.DROPPED);
      assertThat(asking.responder.answerClass()).isEqualTo(AnswerClass.ANSWER);
      Message slipped = asking.ask(query);
      assertThat(asking.responder.limited()).isEqualTo(Limited.SLIPPED);
      assertThat(asking.responder.truncated()).isTrue();
      assertThat(slipped.getHeader().getFlag(Flags.TC)).isTrue();
      assertThat(slipped.getRcode()).isEqualTo(Rcode.NOERROR);
      assertThat(slipped.numBytes()).isEqualTo(query.length);
    }
    asking.client.now += 1000;
    assertThat(Asking.answers(asking.ask(query))).hasSize(1);
  }

  @Test
  void eachKindOfResponseHasItsOwnLimit() {
    Asking asking = limited(1, 0);
    String[][] kinds = {
      {"static.example.com", "A", "ANSWER"},
      {"static.example.com", "MX", "EMPTY"},
      {"none.example.com", "A", "NXDOMAIN"},
      {"example.org", "A", "ERROR"}
    };
    for (String[] kind : kinds) {
      asking.ask(kind[0], kind[1]);
      assertThat(asking.responder.limited()).isNull();
      assertThat(asking.raw(Packets.query(kind[0], kind[1]))).isEmpty();
      assertThat(asking.responder.answerClass()).isEqualTo(AnswerClass.valueOf(kind[2]));
    }
    assertThat(asking.raw(Packets.query("x.cut.example.com", "A"))).as("a referral").isEmpty();
    assertThat(asking.raw(Packets.query("huge.example.com", "A"))).as("truncated").isEmpty();
  }

  @Test
  void aSlippedReplyStillBringsTheCookie() {
    Asking asking = limited(1, 1);
    String mine = Packets.option(10, "0102030405060708");
    byte[] query = Packets.of().question(WWW, 1, 1).opt(1232, 0, mine).bytes();
    asking.ask(query);
    Message slipped = asking.ask(query);
    assertThat(asking.responder.limited()).isEqualTo(Limited.SLIPPED);
    byte[] cookie = slipped.getOPT().getOptions(10).getFirst().toWire();
    assertThat(cookie).hasSize(4 + 24);
    byte[] known =
        Packets.of()
            .question(WWW, 1, 1)
            .opt(1232, 0, java.util.HexFormat.of().formatHex(cookie))
            .bytes();
    for (int i = 0; i < 20; i++) {
      assertThat(Asking.answers(asking.ask(known))).as("with a valid cookie").hasSize(1);
      assertThat(asking.responder.limited()).isNull();
    }
    from(asking, "192.0.2.101");
    asking.ask(known);
    assertThat(asking.responder.limited()).as("of another address").isNotNull();
  }

  @Test
  void exemptNetworksAreNotLimited() {
    Asking asking = limited(1, 0, "192.0.2.0/24", "2001:db8::/32");
    for (String address : new String[] {"192.0.2.7", "2001:db8::7"}) {
      from(asking, address);
      for (int i = 0; i < 50; i++) {
        assertThat(Asking.answers(asking.ask(WWW, "A"))).hasSize(1);
      }
    }
    from(asking, "192.0.3.7");
    asking.ask(WWW, "A");
    assertThat(asking.raw(Packets.query(WWW, 1))).isEmpty();
  }

  @Test
  void aResponderWithoutALimiterLimitsNothing() {
    var limit = new RateLimit(1, 1, 0, 24, 56, List.of());
    Picture picture = Sample.picture(new Admission(Admission.ANY, List.of(), List.of(), limit));
    var asking = new Asking(picture).overTcp();
    for (int i = 0; i < 50; i++) {
      assertThat(Asking.answers(asking.ask(WWW, "A"))).hasSize(1);
    }
  }

  @Test
  void aNewPictureChangesTheLimit() {
    Asking asking = limited(1, 0);
    asking.ask(WWW, "A");
    assertThat(asking.raw(Packets.query(WWW, 1))).isEmpty();
    asking.picture = Sample.picture();
    for (int i = 0; i < 9; i++) {
      assertThat(Asking.answers(asking.ask(WWW, "A"))).hasSize(1);
    }
  }
}
