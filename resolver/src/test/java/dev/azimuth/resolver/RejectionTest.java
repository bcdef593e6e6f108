package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIGRecord;

class RejectionTest {
  private static final String WWW = "www.example.com";

  private final Asking asking = new Asking(Sample.picture());

  private static Packets www() {
    return Packets.of().question(WWW, 1, 1);
  }

  /** By HMAC-SHA256 and a key that nobody has. */
  private static final String SIGNED =
      "0b 686d61632d736861323536 00 00006920d000 012c 0004 01020304 4711 0000 0000";

  private static Packets signed(int dclass, int ttl, String data) {
    return www().record(3, "key", 250, dclass, ttl, data);
  }

  static Stream<Packets> passedOver() {
    return Stream.of(
        www().raw("00"),
        www().record(1, WWW, 1, 1, 0, "c0000201"),
        www().record(2, WWW, 6, 1, 0, ""),
        www().record(3, WWW, 1, 1, 0, "c0000201"));
  }

  @ParameterizedTest
  @MethodSource("passedOver")
  void whatMeansNothingInAQueryIsPassedOver(Packets packet) {
    assertThat(asking.raw(packet.bytes())).isEqualTo(asking.raw(www().bytes()));
  }

  @Test
  void aRecordBesideOptChangesNothing() {
    byte[] alone = asking.raw(www().opt(1232, 0, "").bytes());
    assertThat(asking.raw(www().opt(1232, 0, "").record(3, WWW, 1, 1, 0, "c0000201").bytes()))
        .isEqualTo(alone);
    assertThat(asking.raw(www().record(3, WWW, 1, 1, 0, "c0000201").opt(1232, 0, "").bytes()))
        .isEqualTo(alone);
  }

  @Test
  void anyClassMeansInAndNobodyIsAuthoritativeForIt() {
    var reply = asking.ask(Packets.of().question(WWW, 1, 255).bytes());
    assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(reply.getHeader().getFlag(Flags.AA)).isFalse();
    assertThat(reply.getSection(Section.ANSWER))
        .isNotEmpty()
        .isEqualTo(asking.ask(www().bytes()).getSection(Section.ANSWER));
  }

  @Test
  void anUnknownKeyIsNamedInAnUnsignedRecord() {
    Packets query = www().opt(1232, 0, "").record(3, "my.key", 250, 255, 0, SIGNED);
    var records = asking.ask(query.bytes()).getSection(Section.ADDITIONAL);
    assertThat(records).hasSize(2).first().isInstanceOf(OPTRecord.class);
    var tsig = (TSIGRecord) records.getLast();
    assertThat(tsig.getName()).hasToString("my.key.");
    assertThat(tsig.getAlgorithm()).hasToString("hmac-sha256.");
    assertThat(tsig.getTimeSigned().getEpochSecond()).isEqualTo(0x6920d000L);
    assertThat(tsig.getFudge()).hasSeconds(300);
    assertThat(tsig.getSignature()).isEmpty();
    assertThat(tsig.getOriginalID()).isEqualTo(0x4711);
    assertThat(tsig.getError()).isEqualTo(Rcode.BADKEY);
  }

  @Test
  void aKeyWhoseNameGoesOnInTheQuestionIsNamedToo() {
    String tsig = " 00fa 00ff 00000000 " + "%04x".formatted(SIGNED.replace(" ", "").length() / 2);
    byte[] query = www().counts(1, 0, 0, 1).raw("03 6b6579 c00c" + tsig + SIGNED).bytes();
    assertThat(asking.ask(query).getTSIG().getName()).hasToString("key." + WWW + ".");
  }

  @Test
  void aKeyWhoseNameIsNotInTheResponseIsNotNamed() {
    String tsig = " 00fa 00ff 00000000 " + "%04x".formatted(SIGNED.replace(" ", "").length() / 2);
    int name = www().bytes().length;
    Packets query = www().counts(1, 0, 0, 2).raw("03 6b6579 00 0001 0001 00000000 0000");
    byte[] packet = query.raw("%04x".formatted(0xC000 | name) + tsig + SIGNED).bytes();
    var reply = asking.ask(packet);
    assertThat(reply.getRcode()).isEqualTo(Rcode.NOTAUTH);
    assertThat(reply.getTSIG()).isNull();
  }

  @Test
  void aKeyWhoseAlgorithmIsNotInTheResponseIsNotNamed() {
    String fixed = " 00006920d000 012c 0004 01020304 4711 0000 0000";
    int owner = www().bytes().length;
    String algorithm = "%04x".formatted(0xC000 | owner);
    int length = (algorithm + fixed).replace(" ", "").length() / 2;
    String tsig = "03 6b6579 00 00fa 00ff 00000000 " + "%04x".formatted(length);
    byte[] packet = www().counts(1, 0, 0, 1).raw(tsig + algorithm + fixed).bytes();
    var reply = asking.ask(packet);
    assertThat(reply.getRcode()).isEqualTo(Rcode.NOTAUTH);
    assertThat(reply.getTSIG()).isNull();
  }

  @Test
  void aKeyForWhichThereIsNoRoomIsNotNamed() {
    String longest = ("x".repeat(63) + ".").repeat(3) + "x".repeat(49) + ".example.com";
    for (int label = 10; label <= 60; label += 50) {
      String key = ("k".repeat(label) + ".").repeat(4);
      Packets query = Packets.of().question(longest, 1, 1).record(3, key, 250, 255, 0, SIGNED);
      byte[] reply = asking.raw(query.bytes());
      assertThat(reply).hasSizeLessThanOrEqualTo(512);
      assertThat(Wire.u16(reply, Wire.ARCOUNT))
          .as("labels of %s", label)
          .isEqualTo(label == 10 ? 1 : 0);
    }
  }

  static Stream<Packets> unreadableOpt() {
    return Stream.of(
        www().opt(1232, 0, "").opt(1232, 0, ""),
        www().opt(1232, 0, "0008 00"),
        www().opt(1232, 0, "0003 0001"));
  }

  @ParameterizedTest
  @MethodSource("unreadableOpt")
  void anOptRecordThatCannotBeReadIsNotAnsweredByOne(Packets packet) {
    var reply = asking.ask(packet.bytes());
    assertThat(reply.getRcode()).isEqualTo(Rcode.FORMERR);
    assertThat(reply.getOPT()).isNull();
  }

  static Stream<Arguments> rejected() {
    String longest = ("x".repeat(63) + ".").repeat(3);
    return Stream.of(
        arguments("no question", Packets.of(), Rcode.FORMERR),
        arguments("no question but OPT", Packets.of().opt(1232, 0, ""), Rcode.FORMERR),
        arguments("no question, version 1", Packets.of().opt(0, 0x00010000, ""), Rcode.BADVERS),
        arguments(
            "no question, signed",
            Packets.of().record(3, "key", 250, 255, 0, SIGNED),
            Rcode.NOTAUTH),
        arguments("cookie of no octets", www().opt(1232, 0, "000a 0000"), Rcode.FORMERR),
        arguments("two questions", www().question(WWW, 1, 1), Rcode.FORMERR),
        arguments("65535 questions", www().counts(65535, 0, 0, 0), Rcode.FORMERR),
        arguments("no name", Packets.of().counts(1, 0, 0, 0), Rcode.FORMERR),
        arguments("half a label", Packets.of().counts(1, 0, 0, 0).raw("03 77 77"), Rcode.FORMERR),
        arguments("no type", Packets.of().counts(1, 0, 0, 0).raw("00 00 01 00"), Rcode.FORMERR),
        arguments(
            "pointer in the question",
            Packets.of().counts(1, 0, 0, 0).raw("c00c 0001 0001"),
            Rcode.FORMERR),
        arguments(
            "pointer after a label",
            Packets.of().counts(1, 0, 0, 0).raw("01 61 c000 0001 0001"),
            Rcode.FORMERR),
        arguments(
            "label type 01",
            Packets.of().counts(1, 0, 0, 0).raw("41 " + "61".repeat(65) + "00 0001 0001"),
            Rcode.FORMERR),
        arguments(
            "label type 10",
            Packets.of().counts(1, 0, 0, 0).raw("80 61 00 0001 0001"),
            Rcode.FORMERR),
        arguments(
            "name of 256 octets",
            Packets.of().question(longest + "x".repeat(62), 1, 1),
            Rcode.FORMERR),
        arguments("a record promised", www().counts(1, 0, 0, 1), Rcode.FORMERR),
        arguments("65535 records promised", www().counts(1, 0, 0, 65535), Rcode.FORMERR),
        arguments(
            "data beyond the end",
            www().counts(1, 0, 0, 1).raw("00 0029 04d0 00000000 0001"),
            Rcode.FORMERR),
        arguments("half an OPT", www().counts(1, 0, 0, 1).raw("00 0029 04d0 0000"), Rcode.FORMERR),
        arguments(
            "forward pointer",
            www().counts(1, 0, 0, 1).raw("c0ff 0029 04d0 00000000 0000"),
            Rcode.FORMERR),
        arguments(
            "pointer to itself",
            www().counts(1, 0, 0, 1).raw("c021 0029 04d0 00000000 0000"),
            Rcode.FORMERR),
        arguments("OPT in the answer", www().record(1, "", 41, 1232, 0, ""), Rcode.FORMERR),
        arguments("OPT in the authority", www().record(2, "", 41, 1232, 0, ""), Rcode.FORMERR),
        arguments("TSIG in the answer", www().record(1, "key", 250, 255, 0, SIGNED), Rcode.FORMERR),
        arguments("OPT with an owner", www().record(3, "a", 41, 1232, 0, ""), Rcode.FORMERR),
        arguments("two OPTs", www().opt(1232, 0, "").opt(1232, 0, ""), Rcode.FORMERR),
        arguments("half an option", www().opt(1232, 0, "0008 00"), Rcode.FORMERR),
        arguments(
            "option too long", www().opt(1232, 0, "000a 0009 0102030405060708"), Rcode.FORMERR),
        arguments(
            "TSIG before OPT",
            www().record(3, "key", 250, 255, 0, SIGNED).opt(1232, 0, ""),
            Rcode.FORMERR),
        arguments("EDNS version 1", www().opt(1232, 0x00010000, ""), Rcode.BADVERS),
        arguments(
            "EDNS version 255 with strange options",
            www().opt(1232, 0x00FF0000, "00"),
            Rcode.BADVERS),
        arguments("TSIG", www().record(3, "key", 250, 255, 0, SIGNED), Rcode.NOTAUTH),
        arguments(
            "TSIG after OPT",
            www().opt(1232, 0, "").record(3, "key", 250, 255, 0, SIGNED),
            Rcode.NOTAUTH),
        arguments("TSIG of class IN", signed(1, 0, SIGNED), Rcode.FORMERR),
        arguments("TSIG with a TTL", signed(255, 1, SIGNED), Rcode.FORMERR),
        arguments("TSIG without data", signed(255, 0, ""), Rcode.FORMERR),
        arguments("TSIG of a name alone", signed(255, 0, "00"), Rcode.FORMERR),
        arguments("TSIG of a broken name", signed(255, 0, "80" + SIGNED), Rcode.FORMERR),
        arguments(
            "TSIG whose MAC is too long",
            signed(255, 0, "00 000000000000 012c 0009 4711 0000 0000"),
            Rcode.FORMERR),
        arguments("TSIG with an octet too many", signed(255, 0, SIGNED + "00"), Rcode.FORMERR),
        arguments(
            "TSIG whose other data is too short",
            signed(255, 0, "00 000000000000 012c 0000 4711 0000 0001"),
            Rcode.FORMERR),
        arguments("class CH", Packets.of().question(WWW, 16, 3), Rcode.REFUSED),
        arguments("AXFR of class CH", Packets.of().question("bind", 252, 3), Rcode.NOTIMP),
        arguments("class NONE", Packets.of().question(WWW, 1, 254), Rcode.REFUSED),
        arguments("AXFR", Packets.of().question("example.com", 252, 1), Rcode.NOTIMP),
        arguments("IXFR of no zone", Packets.of().question(WWW, 251, 1), Rcode.NOTAUTH),
        arguments("IXFR elsewhere", Packets.of().question("elsewhere.test", 251, 1), Rcode.NOTAUTH),
        arguments("IXFR", Packets.of().question("example.com", 251, 1), Rcode.REFUSED),
        arguments(
            "IXFR with its SOA",
            Packets.of().question("example.com", 251, 1).record(2, "example.com", 6, 1, 0, "0000"),
            Rcode.REFUSED),
        arguments("question for OPT", Packets.of().question(WWW, 41, 1), Rcode.FORMERR),
        arguments("question for TSIG", Packets.of().question(WWW, 250, 1), Rcode.FORMERR),
        arguments("question for NXNAME", Packets.of().question(WWW, 128, 1), Rcode.FORMERR),
        arguments("question for TKEY", Packets.of().question(WWW, 249, 1), Rcode.NOTIMP),
        arguments("question for MAILA", Packets.of().question(WWW, 254, 1), Rcode.NOTIMP),
        arguments("NOTIFY", www().flags(4 << 11), Rcode.REFUSED),
        arguments("UPDATE", www().flags(5 << 11), Rcode.NOTIMP),
        arguments("IQUERY", www().flags(1 << 11), Rcode.NOTIMP),
        arguments("STATUS", Packets.of().flags(2 << 11), Rcode.NOTIMP),
        arguments("opcode 15", www().flags(15 << 11).raw("00"), Rcode.NOTIMP));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rejected")
  void isRejectedWith(String what, Packets packet, int rcode) {
    byte[] query = packet.bytes();
    var reply = asking.ask(query);
    assertThat(reply.getRcode()).isEqualTo(rcode);
    byte[] raw = asking.raw(query);
    assertThat(raw[0]).isEqualTo((byte) 0xBE);
    assertThat(raw[2] & 0xFF).isEqualTo(0x80 | (query[2] & 0x79));
    assertThat(Wire.u16(raw, Wire.ANCOUNT) + Wire.u16(raw, Wire.NSCOUNT)).isZero();
  }

  static Stream<byte[]> dropped() {
    byte[] reply = www().flags(0x8180).bytes();
    Stream<byte[]> shorter = IntStream.range(0, 12).mapToObj(n -> Arrays.copyOf(www().bytes(), n));
    return Stream.concat(shorter, Stream.of(reply, www().flags(0xFFFF).bytes()));
  }

  @ParameterizedTest
  @MethodSource("dropped")
  void isNotAnsweredAtAll(byte[] packet) {
    assertThat(asking.raw(packet)).isEmpty();
  }

  @Test
  void itsOwnRepliesGetSilence() {
    for (String type : new String[] {"A", "AAAA", "OPT", "AXFR"}) {
      byte[] reply = asking.raw(Packets.query(WWW, type));
      assertThat(reply).isNotEmpty();
      assertThat(asking.raw(reply)).isEmpty();
    }
  }

  @Test
  void aDatagramThatWasCutOffGetsSilence() {
    assertThat(asking.responder.respond(asking.in, -1, asking.client, asking.picture, asking.out))
        .isZero();
  }

  @Test
  void theLongestNameIsNoError() {
    String labels = ("x".repeat(63) + ".").repeat(3);
    var reply = asking.ask(labels + "x".repeat(49) + ".example.com", "A");
    assertThat(reply.getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(asking.ask("a.".repeat(121) + "example.com", "A").getRcode())
        .isEqualTo(Rcode.NXDOMAIN);
  }

  @Test
  void aRecordWhoseOwnerIsTooLongIsAFormatError() {
    String label = "x".repeat(62) + ".";
    for (int labels = 3; labels < 7; labels++) {
      byte[] query =
          Packets.of()
              .question("www.example.com", 1, 1)
              .record(3, label.repeat(labels), 250, 255, 0, SIGNED)
              .bytes();
      assertThat(asking.ask(query).getRcode())
          .isEqualTo(labels < 5 ? Rcode.NOTAUTH : Rcode.FORMERR);
    }
  }
}
