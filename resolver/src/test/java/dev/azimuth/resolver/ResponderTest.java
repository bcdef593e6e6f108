package dev.azimuth.resolver;

import static dev.azimuth.resolver.Asking.additional;
import static dev.azimuth.resolver.Asking.answers;
import static dev.azimuth.resolver.Asking.authority;
import static dev.azimuth.resolver.Asking.options;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.steering.Basis;
import dev.azimuth.steering.Reason;
import dev.azimuth.steering.Steering;
import dev.azimuth.zones.ZoneLoader;
import dev.azimuth.zones.Zones;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

class ResponderTest {
  private static final String SOA_COM =
      "example.com. 60 SOA ns1.example.com. hostmaster.example.com. 7 3600 900 604800 60";

  private final Asking asking = new Asking(Sample.picture());

  private static void assertHeader(Message reply, int rcode, boolean authoritative) {
    assertThat(reply.getRcode()).isEqualTo(rcode);
    assertThat(reply.getHeader().getFlag(Flags.AA)).isEqualTo(authoritative);
    assertThat(reply.getHeader().getFlag(Flags.QR)).isTrue();
    assertThat(reply.getHeader().getFlag(Flags.RA)).isFalse();
    assertThat(reply.getHeader().getFlag(Flags.TC)).isFalse();
  }

  @Test
  void answersWithTheSetOfTheType() {
    Message reply = asking.ask("static.example.com", "A");
    assertHeader(reply, Rcode.NOERROR, true);
    assertThat(answers(reply)).containsExactly("static.example.com. 3600 A 203.0.113.80");
    assertThat(authority(reply)).isEmpty();
    assertThat(additional(reply)).isEmpty();
  }

  @Test
  void echoesTheQuestionOctetForOctetAndPointsAllOwnersIntoIt() {
    byte[] query = Packets.query("StAtIc.eXample.COM", "A");
    byte[] reply = asking.raw(query);
    assertThat(Arrays.copyOfRange(reply, 12, query.length))
        .isEqualTo(Arrays.copyOfRange(query, 12, query.length));
    assertThat(Wire.u16(reply, query.length)).isEqualTo(0xC00C);
    assertThat(answers(asking.ask(query)))
        .containsExactly("StAtIc.eXample.COM. 3600 A 203.0.113.80");
  }

  @Test
  void copiesRecursionDesiredAndClearsTheOtherBits() {
    for (int flags = 0; flags < 0x10000; flags++) {
      if ((flags & 0xF800) == 0) {
        byte[] query = Packets.of().flags(flags).question("www.example.com", 1, 1).bytes();
        byte[] reply = asking.raw(query);
        assertThat(Wire.u16(reply, 2)).isEqualTo(0x8400 | (flags & 0x0100));
        assertThat(Wire.u16(reply, 0)).isEqualTo(0xBEEF);
      }
    }
  }

  @Test
  void addsAddressesOfMailAndNameServers() {
    Message mx = asking.ask("example.com", "MX");
    assertThat(answers(mx)).containsExactly("example.com. 3600 MX 10 mail.example.com.");
    assertThat(additional(mx)).containsExactly("mail.example.com. 3600 A 203.0.113.25");
    Message itself = asking.ask("x.itself.example.com", "MX");
    assertHeader(itself, Rcode.NXDOMAIN, true);
    byte[] own = asking.raw(Packets.query("Itself.example.com", "MX"));
    assertThat(additional(asking.ask(Packets.query("Itself.example.com", "MX"))))
        .containsExactly("Itself.example.com. 3600 A 203.0.113.83");
    assertThat(Wire.u16(own, own.length - 16)).as("points to the question").isEqualTo(0xC00C);
    Message ns = asking.ask("example.com", "NS");
    assertThat(answers(ns)).hasSize(2);
    assertThat(additional(ns))
        .containsExactlyInAnyOrder(
            "ns1.example.com. 3600 A 203.0.113.1",
            "ns1.example.com. 3600 AAAA 2001:db8:53:0:0:0:0:1",
            "ns2.example.com. 3600 A 203.0.113.2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"static.example.com", "ent.example.com", "www.example.com"})
  void noDataHasTheSoaWithTheNegativeTtl(String name) {
    Message reply = asking.ask(name, "CAA");
    assertHeader(reply, Rcode.NOERROR, true);
    assertThat(answers(reply)).isEmpty();
    assertThat(authority(reply)).containsExactly(SOA_COM);
  }

  @Test
  void nameErrorHasTheSoaWithTheNegativeTtl() {
    Message reply = asking.ask("none.of.these.example.com", "A");
    assertHeader(reply, Rcode.NXDOMAIN, true);
    assertThat(authority(reply)).containsExactly(SOA_COM);
  }

  @ParameterizedTest
  @ValueSource(strings = {"evilexample.com", "com", "", "example.org", "xample.com"})
  void refusesWhatIsInNoZone(String name) {
    Message reply = asking.ask(name, "A");
    assertHeader(reply, Rcode.REFUSED, false);
    assertThat(reply.getSection(org.xbill.DNS.Section.QUESTION)).hasSize(1);
    assertThat(authority(reply)).isEmpty();
  }

  @Test
  void anyIsAnsweredWithOneSet() {
    Message reply = asking.ask("static.example.com", "ANY");
    assertHeader(reply, Rcode.NOERROR, true);
    assertThat(answers(reply)).containsExactly("static.example.com. 3600 A 203.0.113.80");
  }

  @Test
  void referralIsNotAuthoritativeAndHasAllGlueOfTheZone() {
    Message reply = asking.ask("www.cut.example.com", "A");
    assertHeader(reply, Rcode.NOERROR, false);
    assertThat(answers(reply)).isEmpty();
    assertThat(authority(reply))
        .containsExactly(
            "cut.example.com. 3600 NS ns.cut.example.com.",
            "cut.example.com. 3600 NS ns.other.example.com.",
            "cut.example.com. 3600 NS ns.example.org.");
    assertThat(additional(reply))
        .containsExactlyInAnyOrder(
            "ns.cut.example.com. 3600 A 203.0.113.53",
            "ns.cut.example.com. 3600 AAAA 2001:db8:53:0:0:0:0:53",
            "ns.other.example.com. 3600 A 203.0.113.54");
  }

  @Test
  void theDsOfAZoneOfOursIsAnsweredByItsParent() {
    assertThat(answers(asking.ask("child.example.com", "DS"))).hasSize(1);
    Message soa = asking.ask("child.example.com", "SOA");
    assertHeader(soa, Rcode.NOERROR, true);
    assertThat(answers(soa)).hasSize(1);
    Message apex = asking.ask("example.com", "DS");
    assertHeader(apex, Rcode.NOERROR, true);
    assertThat(authority(apex)).containsExactly(SOA_COM);
  }

  @Test
  void wildcardsAnswerAsTheNameAskedFor() {
    Message reply = asking.ask("a.b.wild.example.com", "A");
    assertThat(answers(reply)).containsExactly("a.b.wild.example.com. 3600 A 203.0.113.82");
    assertThat(answers(asking.ask("x.app.example.com", "A")))
        .containsExactly("x.app.example.com. 60 A 192.0.2.10");
  }

  @Test
  void followsAliasesInsideAndAcrossItsZones() {
    assertThat(answers(asking.ask("c1.example.com", "A")))
        .containsExactly(
            "c1.example.com. 3600 CNAME c2.example.com.",
            "c2.example.com. 3600 CNAME c3.example.com.",
            "c3.example.com. 3600 CNAME static.example.com.",
            "static.example.com. 3600 A 203.0.113.80");
    assertThat(answers(asking.ask("across.example.com", "A")))
        .containsExactly(
            "across.example.com. 3600 CNAME host.example.net.",
            "host.example.net. 600 A 203.0.113.90");
    assertThat(answers(asking.ask("towww.example.com", "AAAA")))
        .containsExactly(
            "towww.example.com. 3600 CNAME www.example.com.",
            "www.example.com. 60 AAAA 2001:db8:0:0:0:0:0:10");
  }

  @Test
  void doesNotFollowAnAliasThatIsAskedForOrLeavesItsZones() {
    assertThat(answers(asking.ask("alias.example.com", "CNAME"))).hasSize(1);
    assertThat(answers(asking.ask("alias.example.com", "ANY"))).hasSize(1);
    Message away = asking.ask("away.example.com", "A");
    assertHeader(away, Rcode.NOERROR, true);
    assertThat(answers(away)).containsExactly("away.example.com. 3600 CNAME www.example.org.");
    assertThat(authority(away)).isEmpty();
  }

  @Test
  void theRcodeIsThatOfTheLastName() {
    Message lost = asking.ask("lost.example.com", "A");
    assertHeader(lost, Rcode.NXDOMAIN, true);
    assertThat(answers(lost)).hasSize(1);
    assertThat(authority(lost)).containsExactly(SOA_COM);
    Message nodata = asking.ask("nodata.example.com", "AAAA");
    assertHeader(nodata, Rcode.NOERROR, true);
    assertThat(authority(nodata)).containsExactly(SOA_COM);
  }

  @Test
  void anAliasToADelegatedNameStaysAuthoritative() {
    Message reply = asking.ask("tocut.example.com", "A");
    assertHeader(reply, Rcode.NOERROR, true);
    assertThat(answers(reply)).hasSize(1);
    assertThat(authority(reply)).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"self", "loop1", "a.wloop", "spin", "toloop"})
  void loopsEndWithEachLinkOnce(String label) {
    Message reply = asking.ask(label + ".example.com", "A");
    assertHeader(reply, Rcode.NOERROR, true);
    assertThat(answers(reply)).isNotEmpty().hasSizeLessThanOrEqualTo(2).doesNotHaveDuplicates();
  }

  @Test
  void followsAtMostSixteenLinks() {
    assertThat(answers(asking.overTcp().ask("l0.example.com", "A")))
        .hasSize(16)
        .allMatch(line -> line.contains("CNAME"));
    assertThat(answers(asking.ask("l5.example.com", "A")))
        .hasSize(16)
        .last()
        .isEqualTo("l20.example.com. 3600 A 203.0.113.99");
  }

  @Test
  void dnameImpliesAnAliasWithItsTtl() {
    assertThat(answers(asking.ask("A.tree.example.com", "A")))
        .containsExactly(
            "tree.example.com. 120 DNAME ent.example.com.",
            "A.tree.example.com. 120 CNAME A.ent.example.com.",
            "A.ent.example.com. 3600 A 203.0.113.81");
    assertThat(answers(asking.ask("a.tree.example.com", "CNAME"))).hasSize(2);
    assertThat(answers(asking.ask("a.tree.example.com", "ANY"))).hasSize(3);
    assertThat(answers(asking.ask("host.far.example.com", "A")))
        .last()
        .isEqualTo("host.example.net. 600 A 203.0.113.90");
  }

  @Test
  void aDnameThatMakesTheNameTooLongIsSaid() {
    String label = "x".repeat(60) + ".";
    Message grown = asking.ask(label.repeat(3) + "y".repeat(53) + ".grow.example.com", "A");
    assertHeader(grown, Rcode.YXDOMAIN, true);
    assertThat(answers(grown)).containsExactly("grow.example.com. 3600 DNAME x.grow.example.com.");
  }

  @Test
  void aDnameThatLeadsBelowItselfIsFollowedOnce() {
    assertThat(answers(asking.ask("a.grow.example.com", "A")))
        .containsExactly(
            "grow.example.com. 3600 DNAME x.grow.example.com.",
            "a.grow.example.com. 3600 CNAME a.x.grow.example.com.");
  }

  @Test
  void steeredNamesGiveAddressesWithTheDecisionsTtl() {
    assertThat(answers(asking.ask("www.example.com", "A")))
        .containsExactly("www.example.com. 60 A 192.0.2.10");
    assertThat(answers(asking.ask("www.example.com", "AAAA")))
        .containsExactly("www.example.com. 60 AAAA 2001:db8:0:0:0:0:0:10");
    assertThat(answers(asking.ask("v4only.example.com", "TXT"))).hasSize(1);
    assertThat(answers(asking.overTcp().ask("all.example.com", "A"))).hasSize(60);
  }

  @Test
  void anyOfANameWithNothingButSteeredAddressesGivesThem() {
    assertThat(answers(asking.ask("www.example.com", "ANY")))
        .containsExactly("www.example.com. 60 A 192.0.2.10");
    assertThat(answers(asking.ask("v4only.example.com", "ANY")))
        .containsExactly("v4only.example.com. 3600 TXT \"beside a steered name\"");
  }

  @Test
  void anyOfANameWithIpv6AloneGivesThatAndCountsItOnce() {
    Message reply = asking.ask("six.example.com", "ANY");
    assertHeader(reply, Rcode.NOERROR, true);
    assertThat(answers(reply)).containsExactly("six.example.com. 60 AAAA 2001:db8:0:0:0:0:0:60");
    assertThat(authority(reply)).isEmpty();
    assertThat(asking.turns.given(6)).isEqualTo(1);
    assertThat(answers(asking.ask("six.example.com", "A"))).isEmpty();
    assertThat(asking.turns.given(6)).isEqualTo(1);
    Message none = asking.ask("dead.example.com", "ANY");
    assertHeader(none, Rcode.NOERROR, true);
    assertThat(answers(none)).isEmpty();
    assertThat(authority(none)).hasSize(1);
  }

  @Test
  void aFamilyThatIsNotThereIsNoData() {
    Message reply = asking.ask("v4only.example.com", "AAAA");
    assertHeader(reply, Rcode.NOERROR, true);
    assertThat(authority(reply)).containsExactly(SOA_COM);
  }

  @Test
  void aliasesOfEveryKindLeadToSteeredNames() {
    assertThat(answers(asking.ask("www.back.example.net", "A")))
        .containsExactly(
            "back.example.net. 600 DNAME example.com.",
            "www.back.example.net. 600 CNAME www.example.com.",
            "www.example.com. 60 A 192.0.2.10");
    assertThat(answers(asking.ask("q.app.back.example.net", "AAAA")))
        .last()
        .isEqualTo("q.app.example.com. 60 AAAA 2001:db8:0:0:0:0:0:10");
    assertThat(answers(asking.ask("any.aliases.example.com", "A")))
        .containsExactly(
            "any.aliases.example.com. 3600 CNAME www.example.com.",
            "www.example.com. 60 A 192.0.2.10");
  }

  @Test
  void anAliasBelowACutIsAnsweredWhereTheZoneBelowIsOurs() {
    Message reply = asking.ask("tochild.example.com", "A");
    assertHeader(reply, Rcode.NOERROR, true);
    assertThat(answers(reply))
        .containsExactly(
            "tochild.example.com. 3600 CNAME ns.child.example.com.",
            "ns.child.example.com. 600 A 203.0.113.55");
    assertThat(authority(reply)).isEmpty();
  }

  @Test
  void namesOfTheGreatestLengthAreAnswered() {
    String label = "x".repeat(60) + ".";
    String deep = "a.".repeat(114);
    for (String name : List.of(label.repeat(3) + "y".repeat(53), deep.substring(0, 227))) {
      byte[] query = Packets.query(name + ".wild.example.com", "A");
      assertThat(Packets.octets(name + ".wild.example.com").length).isBetween(244, 255);
      assertThat(answers(asking.ask(query)))
          .containsExactly(name + ".wild.example.com. 3600 A 203.0.113.82");
    }
  }

  /** What is forced down is given by no all_down, and an address outside by no fence. */
  @Test
  void aFenceWithNothingLeftInsideSaysSo() {
    Message reply = asking.ask(Packets.edns("fenced.example.com", "A", 1232));
    assertHeader(reply, Rcode.NOERROR, true);
    assertThat(answers(reply)).isEmpty();
    assertThat(asking.responder.reason()).isEqualTo(Reason.FENCED);
    assertThat(Asking.options(reply)).containsKey(Wire.EXTENDED_ERROR);
  }

  /** Its only backend is down and served all the same; it never had an IPv6 address. */
  @Test
  void aFamilyThatIsNotThereIsNoErrorThoughAllIsDown() {
    assertThat(answers(asking.ask("served.example.com", "A"))).hasSize(1);
    Message reply = asking.ask(Packets.edns("served.example.com", "AAAA", 1232));
    assertHeader(reply, Rcode.NOERROR, true);
    assertThat(answers(reply)).isEmpty();
    assertThat(asking.responder.reason()).isEqualTo(Reason.NO_FAMILY);
    assertThat(Asking.options(reply)).doesNotContainKey(Wire.EXTENDED_ERROR);
  }

  /** Also for what lies in a zone above it, and at the end of an alias. */
  @Test
  void aZoneWithoutDataFailsWhateverIsAsked() {
    Zones zones =
        new Zones(
            List.of(
                ZoneLoader.unusable("broken.example"),
                Sample.zone(
                    "example",
                    "@ SOA ns h 1 1 1 1 1\n@ NS ns\nns A 192.0.2.1\nto CNAME www.broken\n",
                    Map.of(),
                    Set.of())));
    Asking broken = new Asking(Sample.picture(1, zones, Steering.none()));
    for (String name : List.of("broken.example", "www.broken.example", "to.example")) {
      for (String type : List.of("A", "SOA", "NS", "TXT")) {
        Message reply = broken.ask(Packets.edns(name, type, 1232));
        assertHeader(reply, Rcode.SERVFAIL, false);
        assertThat(answers(reply)).isEmpty();
        assertThat(authority(reply)).isEmpty();
        assertThat(Asking.options(reply)).containsKey(Wire.EXTENDED_ERROR);
      }
    }
    assertHeader(broken.ask("ns.example", "A"), Rcode.NOERROR, true);
    assertHeader(broken.ask("broken.example", "DS"), Rcode.NXDOMAIN, true);
  }

  @Test
  void allDownAnswersAsTheNameSays() {
    Message nodata = asking.ask("dead.example.com", "A");
    assertHeader(nodata, Rcode.NOERROR, true);
    assertThat(authority(nodata)).containsExactly(SOA_COM.replace("com. 60 SOA", "com. 15 SOA"));
    Message failure = asking.ask("fail.example.com", "A");
    assertHeader(failure, Rcode.SERVFAIL, false);
    assertThat(authority(failure)).isEmpty();
    assertThat(answers(asking.ask("down.example.com", "A")))
        .isEqualTo(
            List.of(
                "down.example.com. 15 CNAME static.example.com.",
                "static.example.com. 3600 A 203.0.113.80"));
  }

  @Test
  void anAliasIsAllThatAnyAsksFor() {
    assertThat(answers(asking.ask("down.example.com", "ANY")))
        .containsExactly("down.example.com. 15 CNAME static.example.com.");
    assertThat(asking.responder.reason()).isEqualTo(Reason.ALL_DOWN);
  }

  /** Why nothing is up does not show in the reason while a table is held. */
  @Test
  void whatHasNoBackendSaysSoWhileTheTableIsFrozenToo() {
    for (Basis basis : List.of(new Basis.Live(), new Basis.Frozen(Long.MAX_VALUE))) {
      var held = new Asking(Sample.picture(1, Sample.zones(), Sample.bound(basis).steering()));
      for (String name : List.of("dead", "fail")) {
        Message reply = held.ask(Packets.edns(name + ".example.com", "A", 1232));
        assertThat(new String(Packets.hex(options(reply).get(15)), 2, 16, US_ASCII))
            .isEqualTo("no backend is up");
      }
      Message unconfigured = held.ask(Packets.edns("v4only.example.com", "AAAA", 1232));
      assertThat(options(unconfigured)).doesNotContainKey(15);
    }
  }

  @Test
  void aCnameOfAllDownIsOneForEveryType() {
    String link = "down.example.com. 15 CNAME static.example.com.";
    assertThat(answers(asking.ask("down.example.com", "TXT")))
        .containsExactly(link, "static.example.com. 3600 TXT hello");
    assertThat(asking.responder.reason()).isEqualTo(Reason.ALL_DOWN);
    assertThat(answers(asking.ask("down.example.com", "CNAME")))
        .as("asked for itself it is not followed")
        .containsExactly(link);
    Message nothing = asking.ask("down.example.com", "MX");
    assertThat(answers(nothing)).containsExactly(link);
    assertThat(authority(nothing)).containsExactly(SOA_COM);
    Message denial = asking.ask("down.example.com", "NSEC");
    assertThat(answers(denial)).as("an alias has denials of its own").isEmpty();
    assertThat(authority(denial)).containsExactly(SOA_COM);
    assertThat(answers(asking.ask("dead.example.com", "TXT"))).isEmpty();
  }
}
