package dev.azimuth.resolver;

import static dev.azimuth.resolver.Asking.options;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

class OptionsTest {
  private static final String WWW = "www.example.com";
  private static final String SUBNET =
      Packets.option(8, "0002 80 00 20010db8000000000000000000000001");
  private static final String COOKIE = Packets.option(10, "0102030405060708");
  private static final String NSID = Packets.option(3, "");
  private static final String KEEPALIVE = Packets.option(11, "");
  private static final String PADDING = Packets.option(12, "0000");

  private final Asking asking = new Asking(Sample.picture());

  private Message ask(String name, int payload, String options) {
    return asking.ask(Packets.of().question(name, 1, 1).opt(payload, 0, options).bytes());
  }

  @Test
  void aStreamTellsItsIdleTimeoutToWhoAsks() {
    asking.overTcp().client.idle = 100;
    assertThat(options(ask(WWW, 1232, KEEPALIVE))).containsExactly(Map.entry(11, "0064"));
    assertThat(options(ask(WWW, 1232, ""))).isEmpty();
    asking.client.idle = 0xFFFF;
    assertThat(options(ask("none.example.com", 1232, KEEPALIVE + KEEPALIVE)))
        .containsExactly(Map.entry(11, "ffff"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"00", "0064", "000000"})
  void aClientMustNotGiveATimeout(String timeout) {
    String option = Packets.option(11, timeout);
    assertThat(ask(WWW, 1232, option).getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(options(ask(WWW, 1232, option))).isEmpty();
    assertThat(asking.overTcp().ask(Packets.of().question(WWW, 1, 1).opt(0, 0, option).bytes()))
        .returns(Rcode.FORMERR, Message::getRcode);
  }

  @Test
  void onlyWhatIsEncryptedIsPadded() {
    for (String name : List.of(WWW, "many.example.com", "huge.example.com", "example.org")) {
      byte[] asked = Packets.of().question(name, 1, 1).opt(1232, 0, NSID + PADDING).bytes();
      byte[] unasked = Packets.of().question(name, 1, 1).opt(1232, 0, NSID).bytes();
      asking.overTcp();
      asking.client.encrypted = false;
      assertThat(options(asking.ask(asked))).doesNotContainKey(12);
      asking.client.encrypted = true;
      assertThat(options(asking.ask(unasked))).doesNotContainKey(12);
      assertThat(asking.raw(asked).length % 468).isZero();
      assertThat(options(asking.ask(asked)).get(12)).matches("0*");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "fail.example.com,    1, 0, 1, SERVFAIL, 00006e6f206261636b656e64206973207570",
    "dead.example.com,    1, 0, 1, NOERROR,  00006e6f206261636b656e64206973207570",
    "example.com,       251, 0, 1, REFUSED,  0012",
    "www.example.com,   251, 0, 1, NOTAUTH,  0014",
    "example.com,       252, 0, 1, NOTIMP,   0015",
    "www.example.com,     6, 4, 1, REFUSED,  0012",
    "example.org,         1, 0, 1, REFUSED,  0014",
    "www.example.com,     1, 0, 3, REFUSED,  0014",
    "www.example.com,     1, 0, 4, REFUSED,  0014",
    "www.example.com,     6, 5, 1, NOTIMP,   0015",
    "www.example.com,   249, 0, 1, NOTIMP,   0015",
    "www.example.com,     1, 0, 1, NOERROR,  ",
    "v4only.example.com, 28, 0, 1, NOERROR,  ",
    "none.example.com,    1, 0, 1, NXDOMAIN, ",
    "static.example.com, 28, 0, 1, NOERROR,  ",
    "www.example.com,    41, 0, 1, FORMERR,  ",
    "down.example.com,    1, 0, 1, NOERROR,  "
  })
  void errorsSayMore(String name, int type, int opcode, int qclass, String rcode, String error) {
    Packets query = Packets.of().flags(opcode << 11).question(name, type, qclass);
    Message plain = asking.ask(query.bytes());
    assertThat(Rcode.string(plain.getRcode())).isEqualTo(rcode);
    assertThat(plain.getOPT()).isNull();
    Message reply = asking.ask(query.opt(1232, 0, "").bytes());
    assertThat(Rcode.string(reply.getRcode())).isEqualTo(rcode);
    assertThat(options(reply)).isEqualTo(error == null ? Map.of() : Map.of(15, error));
  }

  @Test
  void anErrorAndPaddingTakeOnlyWhatIsLeft() {
    var query = new Query();
    query.clear();
    query.edns = true;
    query.padding = true;
    asking.client.encrypted = true;
    var record = new OptRecord(query, new ServerCookie());
    int fixed = record.begin(new byte[0], asking.client, Identity.NONE);
    int error = 4 + ExtendedError.NO_BACKEND.octets();
    byte[] out = new byte[600];
    for (int most = fixed; most < out.length; most++) {
      int end = record.write(out, 0, 0, 0, ExtendedError.NO_BACKEND, most);
      int told = most >= fixed + error ? fixed + error : fixed;
      int padded = most < told + 4 ? told : Math.min(most, 468);
      assertThat(end).as("room of %d", most).isEqualTo(padded);
    }
  }

  @Test
  void anAnswerWithItsOptionsFitsExactlyOrIsTruncated() {
    for (String name : List.of("many.example.com", "brim.example.com", "all.example.com")) {
      for (String options : List.of("", COOKIE, NSID + SUBNET, NSID + COOKIE + SUBNET)) {
        byte[] whole = Packets.of().question(name, 1, 1).opt(1232, 0, options).bytes();
        int length = asking.raw(whole).length;
        var told = options(asking.ask(whole)).keySet();
        boolean fits = !asking.responder.truncated();
        for (int payload = length - 40; payload < length + 40; payload++) {
          byte[] query = Packets.of().question(name, 1, 1).opt(payload, 0, options).bytes();
          Message reply = asking.ask(query);
          boolean truncated = reply.getHeader().getFlag(Flags.TC);
          assertThat(truncated).isEqualTo(!fits || payload < length);
          assertThat(options(reply).keySet()).isEqualTo(told);
        }
      }
    }
  }

  @Test
  void anySequenceOfOptionsIsAnsweredWithEachOnce() {
    var random = new Random(6891);
    List<String> names =
        List.of(WWW, "geo.example.com", "many.example.com", "fail.example.com", "example.org");
    for (int round = 0; round < 4_000; round++) {
      var chosen = new ArrayList<Integer>();
      var text = new StringBuilder();
      boolean subnet = false;
      for (int i = random.nextInt(7); i > 0; i--) {
        int code = List.of(3, 8, 10, 11, 12, 5, 65001).get(random.nextInt(7));
        if (code == 8 && subnet) {
          continue; // two are a format error
        }
        subnet |= code == 8;
        chosen.add(code);
        text.append(
            switch (code) {
              case 3 -> NSID;
              case 8 -> SUBNET;
              case 10 -> COOKIE;
              case 11 -> KEEPALIVE;
              case 12 -> PADDING;
              default -> Packets.option(code, "01".repeat(random.nextInt(40)));
            });
      }
      asking.client.stream = random.nextBoolean();
      asking.client.encrypted = asking.client.stream && random.nextBoolean();
      int payload = random.nextInt(400, 1400);
      byte[] query =
          Packets.of()
              .question(names.get(random.nextInt(names.size())), 1, 1)
              .opt(payload, 0, text.toString())
              .bytes();
      if (!asking.client.stream) {
        assertThat(asking.raw(query).length).isLessThanOrEqualTo(Math.clamp(payload, 512, 1232));
      }
      var expected = new ArrayList<>(chosen);
      expected.removeIf(code -> code == 5 || code == 65001);
      expected.removeIf(code -> code == 11 && !asking.client.stream);
      expected.removeIf(code -> code == 12 && !asking.client.encrypted);
      Map<Integer, String> given = options(asking.ask(query));
      given.remove(15);
      assertThat(given.keySet()).containsExactlyInAnyOrderElementsOf(new HashSet<>(expected));
    }
  }
}
