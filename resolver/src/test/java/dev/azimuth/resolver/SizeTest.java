package dev.azimuth.resolver;

import static dev.azimuth.resolver.Asking.additional;
import static dev.azimuth.resolver.Asking.answers;
import static dev.azimuth.resolver.Asking.authority;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

class SizeTest {
  private final Asking asking = new Asking(Sample.picture());

  @ParameterizedTest
  @CsvSource({
    "0, 512",
    "511, 512",
    "512, 512",
    "900, 900",
    "1232, 1232",
    "4096, 1232",
    "65535, 1232"
  })
  void noDatagramIsLongerThanTheClientAndTheNetTake(int payload, int most) {
    int longest = 0;
    for (String name : new String[] {"many", "brim", "huge", "post", "all", "x.wide"}) {
      for (String type : new String[] {"A", "MX", "NS"}) {
        int length = asking.raw(Packets.edns(name + ".example.com", type, payload)).length;
        assertThat(length).isLessThanOrEqualTo(most);
        longest = Math.max(longest, length);
      }
    }
    assertThat(longest).isGreaterThan(most - 60);
  }

  @Test
  void withoutEdnsADatagramHas512Octets() {
    Message many = asking.ask("many.example.com", "A");
    assertThat(many.getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(asking.raw(Packets.query("post.example.com", "MX"))).hasSizeLessThanOrEqualTo(512);
  }

  @Test
  void aTruncatedReplyHasOnlyTheQuestion() {
    byte[] query = Packets.edns("huge.example.com", "A", 4096);
    Message reply = asking.ask(query);
    assertThat(reply.getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(reply.getHeader().getFlag(Flags.AA)).isTrue();
    assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(answers(reply)).isEmpty();
    assertThat(authority(reply)).isEmpty();
    assertThat(asking.raw(query)).hasSize(query.length);
    assertThat(asking.responder.truncated()).isTrue();
  }

  @Test
  void steeredAnswersTruncateToo() {
    assertThat(asking.ask("all.example.com", "A").getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(answers(asking.ask(Packets.edns("all.example.com", "A", 1232)))).hasSize(60);
  }

  @Test
  void aStreamIsNotTruncated() {
    Message reply = asking.overTcp().ask("huge.example.com", "A");
    assertThat(reply.getHeader().getFlag(Flags.TC)).isFalse();
    assertThat(answers(reply)).hasSize(200);
  }

  @Test
  void aStreamWithoutRoomFails() {
    byte[] query = Packets.query("huge.example.com", "A");
    System.arraycopy(query, 0, asking.in, 0, query.length);
    asking.client.stream = true;
    byte[] out = new byte[600];
    int length =
        asking.responder.respond(asking.in, query.length, asking.client, asking.picture, out);
    assertThat(length).isEqualTo(query.length);
    assertThat(out[2] & 0xFF).isEqualTo(0x81);
    assertThat(out[3]).isEqualTo((byte) Rcode.SERVFAIL);
  }

  @Test
  void additionalThatDoesNotFitIsLeftOutWithoutTruncation() {
    Message reply = asking.ask("post.example.com", "MX");
    assertThat(reply.getHeader().getFlag(Flags.TC)).isFalse();
    assertThat(answers(reply)).hasSize(13);
    assertThat(additional(reply)).isNotEmpty().hasSizeLessThan(26);
    assertThat(additional(asking.ask(Packets.edns("post.example.com", "MX", 1232)))).hasSize(27);
  }

  @Test
  void glueThatAReferralNeedsMustFit() {
    Message small = asking.ask("x.wide.example.com", "A");
    assertThat(small.getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(small.getHeader().getFlag(Flags.AA)).isFalse();
    Message large = asking.ask(Packets.edns("x.wide.example.com", "A", 1232));
    assertThat(large.getHeader().getFlag(Flags.TC)).isFalse();
    assertThat(authority(large)).hasSize(13);
    assertThat(additional(large)).hasSize(27);
  }

  @Test
  void theRoomForOptAndSubnetIsKept() {
    for (int payload = 512; payload <= 1232; payload++) {
      String option = Packets.option(8, "0002 80 00 20010db8000000000000000000000001");
      byte[] query =
          Packets.of().question("many.example.com", 1, 1).opt(payload, 0, option).bytes();
      assertThat(asking.raw(query)).hasSizeLessThanOrEqualTo(payload);
      assertThat(asking.ask(query).getOPT().getOptions()).hasSize(1);
    }
  }
}
