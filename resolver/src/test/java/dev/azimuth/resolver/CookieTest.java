package dev.azimuth.resolver;

import static dev.azimuth.resolver.Asking.answers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

class CookieTest {
  private static final String WWW = "www.example.com";
  private static final String CLIENT = "2464c4abcf10c957";

  /** Of RFC 9018 appendix A.1. */
  private static final String WHOLE = "2464c4abcf10c957010000005cf79f111f8130c3eee29480";

  private final Asking asking = new Asking(Sample.picture());

  CookieTest() {
    from("198.51.100.100");
  }

  private void from(String address) {
    ClientAddress.of(InetAddress.ofLiteral(address)).fill(asking.client);
  }

  private void at(long seconds) {
    asking.client.now = seconds * 1000;
  }

  private void with(CookieSecrets secrets) {
    Picture now = asking.picture;
    asking.picture =
        new Picture(2, now.zones(), now.steering(), now.identity(), secrets, Admission.OPEN);
  }

  private static byte[] query(String cookie) {
    return Packets.of().question(WWW, 1, 1).opt(1232, 0, Packets.option(10, cookie)).bytes();
  }

  /** The cookie in a reply, in hexadecimal; empty for none. */
  private static String cookie(Message reply) {
    return Asking.options(reply).getOrDefault(10, "");
  }

  private String ask(String cookie) {
    Message reply = asking.ask(query(cookie));
    assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(answers(reply)).hasSize(1);
    return cookie(reply);
  }

  private TrafficVisitor.Cookie judged(String cookie) {
    ask(cookie);
    return asking.responder.cookie();
  }

  @Test
  void aClientLearnsACookie() {
    assertThat(ask(CLIENT)).isEqualTo(WHOLE);
    assertThat(asking.responder.cookie()).isEqualTo(TrafficVisitor.Cookie.NEW);
  }

  @Test
  void aClientLearnsARenewedCookie() {
    at(1_559_734_385);
    assertThat(ask(WHOLE)).isEqualTo("2464c4abcf10c957010000005cf7a871d4a564a1442aca77");
    assertThat(asking.responder.cookie()).isEqualTo(TrafficVisitor.Cookie.VALID);
  }

  @Test
  void reservedOctetsAreHashedAndNotGivenBack() {
    from("203.0.113.203");
    String reserved = "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5";
    at(1_559_727_985);
    assertThat(ask(reserved)).startsWith("fc93fc62807ddb86010000005cf78f71");
    assertThat(asking.responder.cookie()).isEqualTo(TrafficVisitor.Cookie.VALID);
    at(1_559_734_700);
    assertThat(ask(reserved)).isEqualTo("fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e");
  }

  @Test
  void aCookieOfThePreviousSecretIsGoodAndRenewed() {
    with(
        Sample.secrets(
            "445536bcd2513298075a5d379663c962", Sample.SECRET, "dd3bdf9344b678b185a6f5cb60fca715"));
    from("2001:db8:220:1:59de:d0f4:8769:82b8");
    at(1_559_741_961);
    assertThat(ask("22681ab97d52c298010000005cf7c57926556bd0934c72f8"))
        .isEqualTo("22681ab97d52c298010000005cf7c609a6bb79d16625507a");
    assertThat(asking.responder.cookie()).isEqualTo(TrafficVisitor.Cookie.VALID);
  }

  @ParameterizedTest
  @CsvSource({
    "-301, INVALID, false",
    "-300, VALID, true",
    "0, VALID, true",
    "1799, VALID, true",
    "1800, VALID, false",
    "3600, VALID, false",
    "3601, INVALID, false",
    "-2147483648, INVALID, false"
  })
  void aCookieIsGoodForAnHourAndKeptForHalfOfIt(
      long age, TrafficVisitor.Cookie judgement, boolean kept) {
    at(1_559_731_985 + age);
    assertThat(ask(WHOLE).equals(WHOLE)).isEqualTo(kept);
    assertThat(asking.responder.cookie()).isEqualTo(judgement);
  }

  @Test
  void theTimeMayWrap() {
    at(0xFFFF_FFF0L);
    String old = ask(CLIENT);
    at(0x1_0000_0010L);
    assertThat(judged(old)).isEqualTo(TrafficVisitor.Cookie.VALID);
  }

  @Test
  void whatIsNotOursIsAnsweredWithAFreshCookie() {
    byte[] whole = Packets.hex(WHOLE);
    var random = new Random(9018);
    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] other = whole.clone();
      other[bit >> 3] ^= (byte) (1 << (bit & 7));
      String given = ask(HexFormat.of().formatHex(other));
      assertThat(asking.responder.cookie()).isEqualTo(TrafficVisitor.Cookie.INVALID);
      assertThat(judged(given)).isEqualTo(TrafficVisitor.Cookie.VALID);
    }
    for (int octets = 8; octets <= 32; octets++) {
      byte[] other = new byte[octets];
      random.nextBytes(other);
      assertThat(judged(CLIENT + HexFormat.of().formatHex(other)))
          .isEqualTo(TrafficVisitor.Cookie.INVALID);
    }
  }

  @Test
  void aCookieIsGoodForItsClientOnly() {
    from("198.51.100.101");
    assertThat(judged(WHOLE)).isEqualTo(TrafficVisitor.Cookie.INVALID);
    from("::198.51.100.100");
    assertThat(judged(WHOLE)).isEqualTo(TrafficVisitor.Cookie.INVALID);
    from("198.51.100.100");
    with(Sample.secrets("00".repeat(16)));
    assertThat(judged(WHOLE)).isEqualTo(TrafficVisitor.Cookie.INVALID);
  }

  @Test
  void onlyLegalLengthsAreNoFormatError() {
    for (int octets = 0; octets <= 64; octets++) {
      Message reply = asking.ask(query("07".repeat(octets)));
      boolean legal = octets == 8 || (octets >= 16 && octets <= 40);
      assertThat(reply.getRcode()).isEqualTo(legal ? Rcode.NOERROR : Rcode.FORMERR);
      assertThat(cookie(reply)).hasSize(legal ? 48 : 0);
    }
  }

  @Test
  void onlyTheFirstCookieCounts() {
    String options = Packets.option(10, CLIENT) + Packets.option(10, "00");
    Message reply = asking.ask(Packets.of().question(WWW, 1, 1).opt(1232, 0, options).bytes());
    assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(cookie(reply)).isEqualTo(WHOLE);
  }

  @Test
  void everyReplyHasTheCookie() {
    String option = Packets.option(10, CLIENT);
    List<Packets> queries =
        List.of(
            Packets.of().question("none.example.com", 1, 1).opt(1232, 0, option),
            Packets.of().question("example.org", 1, 1).opt(1232, 0, option),
            Packets.of().question("fail.example.com", 1, 1).opt(1232, 0, option),
            Packets.of().question("huge.example.com", 1, 1).opt(1232, 0, option),
            Packets.of().question("version.bind", 16, 3).opt(1232, 0, option),
            Packets.of().question(WWW, 252, 1).opt(1232, 0, option),
            Packets.of().flags(5 << 11).question(WWW, 6, 1).opt(1232, 0, option),
            Packets.of().question(WWW, 1, 1).opt(1232, 0, option).raw("00"));
    for (Packets query : queries) {
      Message reply = asking.ask(query.bytes());
      assertThat(cookie(reply)).isEqualTo(WHOLE);
    }
  }

  @ParameterizedTest
  @CsvSource({
    CLIENT + ", NOERROR",
    WHOLE + ", NOERROR",
    CLIENT + "010000005cf79f110000000000000000, BADCOOKIE",
    CLIENT + "0000000000000000, BADCOOKIE",
    CLIENT + "00, FORMERR"
  })
  void aQueryForACookieAloneIsAnswered(String cookie, String rcode) {
    byte[] query = Packets.of().opt(1232, 0, Packets.option(10, cookie)).bytes();
    Message reply = asking.ask(query);
    assertThat(Rcode.string(reply.getRcode())).isEqualTo(rcode);
    assertThat(cookie(reply)).isEqualTo(rcode.equals("FORMERR") ? "" : WHOLE);
    assertThat(reply.getSection(Section.QUESTION)).isEmpty();
    assertThat(reply.getSection(Section.ANSWER)).isEmpty();
    assertThat(reply.getSection(Section.AUTHORITY)).isEmpty();
    assertThat(reply.getSection(Section.ADDITIONAL)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aCookieAloneMayHaveNoRecordsBesideIt(int section) {
    Packets query = Packets.of().record(section, WWW, 1, 1, 0, "01020304");
    byte[] packet = query.opt(1232, 0, Packets.option(10, CLIENT)).bytes();
    assertThat(asking.ask(packet).getRcode()).isEqualTo(Rcode.FORMERR);
  }

  @Test
  void withoutSecretsCookiesAreIgnored() {
    with(CookieSecrets.OFF);
    assertThat(ask(WHOLE)).isEmpty();
    assertThat(asking.responder.cookie()).isNull();
    byte[] alone = Packets.of().opt(1232, 0, Packets.option(10, CLIENT)).bytes();
    assertThat(asking.ask(alone).getRcode()).isEqualTo(Rcode.FORMERR);
  }

  @Test
  void secretsAreOneToThreeOf16OctetsAndNotShown() {
    assertThat(Sample.secrets(Sample.SECRET))
        .isEqualTo(Sample.secrets(Sample.SECRET))
        .hasSameHashCodeAs(Sample.secrets(Sample.SECRET))
        .isNotEqualTo(Sample.secrets("00".repeat(16)))
        .hasToString("1 cookie secrets");
    assertThat(CookieSecrets.random(new Random(1)))
        .isNotEqualTo(CookieSecrets.random(new Random(2)));
    for (List<byte[]> wrong :
        List.of(
            List.<byte[]>of(),
            List.of(new byte[15]),
            List.of(new byte[16], new byte[17]),
            List.of(new byte[16], new byte[16], new byte[16], new byte[16]))) {
      assertThatThrownBy(() -> CookieSecrets.of(wrong))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
