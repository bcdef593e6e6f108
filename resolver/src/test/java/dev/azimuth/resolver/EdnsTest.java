package dev.azimuth.resolver;

import static dev.azimuth.resolver.Asking.answers;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

class EdnsTest {
  private static final String WWW = "www.example.com";
  private static final String GEO = "geo.example.com";

  private final Asking asking = new Asking(Sample.picture());

  private static ClientSubnetOption subnetOf(Message reply) {
    List<EDNSOption> options = reply.getOPT().getOptions(EDNSOption.Code.CLIENT_SUBNET);
    assertThat(options).hasSize(1);
    return (ClientSubnetOption) options.getFirst();
  }

  @Test
  void everyReplyToAQueryWithOptHasExactlyOne() {
    List<Packets> queries =
        List.of(
            Packets.of().question(WWW, 1, 1).opt(1232, 0, ""),
            Packets.of().question("none.example.com", 1, 1).opt(1232, 0, ""),
            Packets.of().question("x.cut.example.com", 1, 1).opt(1232, 0, ""),
            Packets.of().question("fail.example.com", 1, 1).opt(1232, 0, ""),
            Packets.of().question("huge.example.com", 1, 1).opt(1232, 0, ""),
            Packets.of().question("example.org", 1, 1).opt(1232, 0, ""),
            Packets.of().question("version.bind", 16, 3).opt(1232, 0, ""),
            Packets.of().opt(1232, 0, "000a00080102030405060708"),
            Packets.of().question(WWW, 1, 3).opt(1232, 0, ""),
            Packets.of().question(WWW, 252, 1).opt(1232, 0, ""),
            Packets.of().question(WWW, 1, 1).opt(1232, 0x00010000, ""),
            Packets.of().question(WWW, 1, 1).opt(1232, 0, "0008000100"),
            Packets.of().question(WWW, 1, 1).opt(1232, 0, "").raw("00"),
            Packets.of().record(1, WWW, 1, 1, 0, "01020304").opt(1232, 0, ""),
            Packets.of().opt(1232, 0, ""),
            Packets.of().flags(5 << 11).question(WWW, 6, 1).opt(1232, 0, ""));
    for (Packets query : queries) {
      Message reply = asking.ask(query.bytes());
      List<OPTRecord> opts =
          reply.getSection(Section.ADDITIONAL).stream()
              .filter(OPTRecord.class::isInstance)
              .map(OPTRecord.class::cast)
              .toList();
      assertThat(opts).hasSize(1);
      assertThat(opts.getFirst().getVersion()).isZero();
      assertThat(opts.getFirst().getPayloadSize()).isEqualTo(1232);
      assertThat(opts.getFirst().getName().labels()).isEqualTo(1);
    }
  }

  @Test
  void aReplyToAQueryWithoutOptHasNone() {
    assertThat(asking.ask(WWW, "A").getOPT()).isNull();
    assertThat(asking.ask("huge.example.com", "A").getOPT()).isNull();
  }

  @Test
  void copiesTheDoBitAndNoOtherFlag() {
    byte[] with = Packets.of().question(WWW, 1, 1).opt(1232, 0xFFFF, "").bytes();
    assertThat(asking.ask(with).getOPT().getFlags()).isEqualTo(0x8000);
    byte[] without = Packets.of().question(WWW, 1, 1).opt(1232, 0x7FFF, "").bytes();
    assertThat(asking.ask(without).getOPT().getFlags()).isZero();
  }

  @Test
  void ignoresOptionsItDoesNotKnow() {
    String options =
        Packets.option(65001, "010203") + Packets.option(5, "08") + Packets.option(0, "");
    Message reply = asking.ask(Packets.of().question(WWW, 1, 1).opt(1232, 0, options).bytes());
    assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(reply.getOPT().getOptions()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "", // no family
        "0001 18", // cut off
        "0003 00 00", // unknown family
        "0000 01 00 80", // a prefix of no family
        "0001 21 00 c6336400 80", // prefix above 32
        "0002 81 00 20010db8000000000000000000000000 80", // above 128
        "0001 18 00 c633", // shorter than the prefix
        "0001 18 00 c6336400", // longer than the prefix
        "0001 00 00 00", // octets of no prefix
        "0001 17 00 c63365", // bits beyond the prefix
        "0002 39 00 20010db800000040", // the same for IPv6
        "0001 18 18 c63364" // a scope in a query
      })
  void malformedSubnetsAreFormatErrors(String option) {
    Message reply = asking.ask(Packets.subnet(WWW, "A", option));
    assertThat(reply.getRcode()).isEqualTo(Rcode.FORMERR);
    assertThat(reply.getOPT().getOptions()).isEmpty();
  }

  @Test
  void twoSubnetsAreAFormatError() {
    String option = Packets.option(8, "0001 18 00 c63364");
    Message reply =
        asking.ask(Packets.of().question(WWW, 1, 1).opt(1232, 0, option + option).bytes());
    assertThat(reply.getRcode()).isEqualTo(Rcode.FORMERR);
    assertThat(reply.getOPT().getOptions()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "geo.example.com,   A,   198.51.100.0/24, 0001 18 00 c63364,   192.0.2.20, 24",
    "geo.example.com,   A,   198.51.100.7/32, 0001 20 00 c6336407, 192.0.2.20, 24",
    "geo.example.com,   A,   203.0.113.0/24,  0001 18 00 cb0071,   192.0.2.10, 5",
  })
  void theSubnetDecides(
      String name, String type, String subnet, String option, String address, int scope) {
    Message reply = asking.ask(Packets.subnet(name, type, option));
    assertThat(answers(reply)).hasSize(1).first().asString().endsWith(address);
    ClientSubnetOption echoed = subnetOf(reply);
    assertThat(echoed.getAddress().getHostAddress() + "/" + echoed.getSourcePrefixLength())
        .isEqualTo(subnet);
    assertThat(echoed.getScopePrefixLength()).isEqualTo(scope);
  }

  @Test
  void withoutASubnetTheSourceDecides() {
    asking.client.low = 0xC633_6405L; // 198.51.100.5
    assertThat(answers(asking.ask(GEO, "A"))).containsExactly("geo.example.com. 60 A 192.0.2.20");
    Message zero = asking.ask(Packets.subnet(GEO, "A", "0001 00 00"));
    assertThat(answers(zero)).containsExactly("geo.example.com. 60 A 192.0.2.20");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0001 00 00", "0002 00 00", "0000 00 00"})
  void aSubnetOfNoLengthIsEchoedWithScopeZero(String option) {
    byte[] reply = asking.raw(Packets.subnet(GEO, "A", option));
    byte[] expected = Packets.hex(Packets.option(8, option));
    assertThat(java.util.Arrays.copyOfRange(reply, reply.length - expected.length, reply.length))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"static.example.com", "none.example.com", WWW, "x.cut.example.com", "example.org"})
  void whatDependsOnNobodyHasScopeZero(String name) {
    ClientSubnetOption echoed =
        subnetOf(asking.ask(Packets.subnet(name, "A", "0001 18 00 c63364")));
    assertThat(echoed.getSourcePrefixLength()).isEqualTo(24);
    assertThat(echoed.getScopePrefixLength()).isZero();
  }

  @Test
  void theSubnetsFamilyNeedNotBeThatOfTheType() {
    Message v6 = asking.ask(Packets.subnet(WWW, "A", "0002 38 00 20010db8000000"));
    assertThat(answers(v6)).containsExactly("www.example.com. 60 A 192.0.2.10");
    assertThat(subnetOf(v6).getFamily()).isEqualTo(2);
    Message v4 = asking.ask(Packets.subnet(GEO, "AAAA", "0001 18 00 cb0071"));
    assertThat(answers(v4)).containsExactly("geo.example.com. 60 AAAA 2001:db8:0:0:0:0:0:10");
  }

  @Test
  void aChainWithASubnetStopsBeforeWhatDependsOnIt() {
    Message stopped = asking.ask(Packets.subnet("togeo.example.com", "A", "0001 18 00 c63364"));
    assertThat(answers(stopped)).containsExactly("togeo.example.com. 3600 CNAME geo.example.com.");
    assertThat(subnetOf(stopped).getScopePrefixLength()).isZero();
    Message on = asking.ask(Packets.subnet("towww.example.com", "A", "0001 18 00 c63364"));
    assertThat(answers(on)).hasSize(2);
    assertThat(answers(asking.ask("togeo.example.com", "A"))).hasSize(2);
  }

  @Test
  void aCnameOfAllDownIsFollowedForEveryTypeButItsOwn() {
    String link = "down.example.com. 15 CNAME static.example.com.";
    assertThat(answers(asking.ask("down.example.com", "TXT")))
        .containsExactly(link, "static.example.com. 3600 TXT hello");
    assertThat(answers(asking.ask("down.example.com", "CNAME"))).containsExactly(link);
    for (String name : new String[] {"spin", "toloop"}) {
      assertThat(answers(asking.ask(name + ".example.com", "TXT")))
          .as("a loop ends, wherever it begins")
          .containsExactlyInAnyOrder(
              "spin.example.com. 15 CNAME toloop.example.com.",
              "toloop.example.com. 3600 CNAME spin.example.com.");
    }
  }

  /** Of {@code near} only the clients of one network lose all backends. */
  @Test
  void aCnameOfAllDownIsOneForEveryTypeForThoseWhoAreGivenIt() {
    String link = "near.example.com. 15 CNAME static.example.com.";
    Message there = asking.ask(Packets.subnet("near.example.com", "TXT", "0001 18 00 c63364"));
    assertThat(answers(there)).as("with a scope the chain ends").containsExactly(link);
    assertThat(subnetOf(there).getScopePrefixLength()).isEqualTo(24);
    Message elsewhere = asking.ask(Packets.subnet("near.example.com", "TXT", "0001 18 00 cb0071"));
    assertThat(elsewhere.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(answers(elsewhere)).isEmpty();
    assertThat(subnetOf(elsewhere).getScopePrefixLength()).isEqualTo(5);
    assertThat(asking.responder.reason()).isNull();
    Message behind = asking.ask(Packets.subnet("tonear.example.com", "TXT", "0001 18 00 c63364"));
    assertThat(answers(behind)).containsExactly("tonear.example.com. 3600 CNAME near.example.com.");
  }
}
