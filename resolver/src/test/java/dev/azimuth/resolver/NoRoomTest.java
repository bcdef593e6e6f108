package dev.azimuth.resolver;

import static dev.azimuth.resolver.Asking.additional;
import static dev.azimuth.resolver.Asking.answers;
import static dev.azimuth.resolver.Asking.authority;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;

/** What has no room is truncated where it is needed, and left out where it is not. */
class NoRoomTest {
  private static final String LABEL = "x".repeat(60);

  private final Asking asking = new Asking(Sample.picture());

  /** The part that has none: behind the longest question, each time another one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "longlost", // the SOA behind an alias
        "longtree", // the DNAME behind an alias
        "longaway", // an alias
        "longback", // an alias behind an alias, not even what is before its target
        "tree", // the alias that a DNAME implies
        "wide", // the NS records of a referral
        "gone", // the alias when all is down
      })
  void whatIsNeededIsTruncated(String name) {
    String suffix = "." + name + ".example.com";
    String labels = (LABEL + ".").repeat(3);
    String asked = labels + "y".repeat(252 - labels.length() - suffix.length()) + suffix;
    Message reply = asking.ask(asked, "A");
    assertThat(reply.getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(answers(reply)).isEmpty();
    assertThat(authority(reply)).isEmpty();
    assertThat(asking.responder.truncated()).isTrue();
    Message whole = new Asking(asking.picture).overTcp().ask(asked, "A");
    assertThat(whole.getHeader().getFlag(Flags.TC)).isFalse();
    assertThat(answers(whole).size() + authority(whole).size()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "TXT"})
  void anAliasWhenAllIsDownThatHasNoRoomIsTruncatedForEveryType(String type) {
    String labels = (LABEL + ".").repeat(3);
    String asked = labels + "y".repeat(252 - labels.length() - 17) + ".gone.example.com";
    Message reply = asking.ask(asked, type);
    assertThat(reply.getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(answers(reply)).isEmpty();
    assertThat(answers(new Asking(asking.picture).overTcp().ask(asked, type))).hasSize(1);
  }

  /** At the first octets of a record, or at the name in its data. */
  @Test
  void setsOfNamesThatDoNotFitAreTruncated() {
    for (byte[] query :
        List.of(
            Packets.query("vast.example.com", "MX"),
            Packets.edns("vast.example.com", "MX", 1232),
            Packets.query("x.crew.example.com", "A"))) {
      Message reply = asking.ask(query);
      assertThat(reply.getHeader().getFlag(Flags.TC)).isTrue();
      assertThat(answers(reply)).isEmpty();
      assertThat(authority(reply)).isEmpty();
      assertThat(reply.getSection(0)).hasSize(1);
    }
  }

  @Test
  void glueOfSiblingsIsNotNeeded() {
    Message reply = asking.ask("x.sib.example.com", "A");
    assertThat(reply.getHeader().getFlag(Flags.TC)).isFalse();
    assertThat(authority(reply)).hasSize(13);
    assertThat(additional(reply)).hasSizeLessThan(26);
    assertThat(additional(asking.ask(Packets.edns("x.sib.example.com", "A", 1232))))
        .hasSizeBetween(26, 27);
  }

  @Test
  void addressesOfTheOwnerItselfAreNotNeeded() {
    Message reply = asking.ask("many.example.com", "HTTPS");
    assertThat(reply.getHeader().getFlag(Flags.TC)).isFalse();
    assertThat(answers(reply)).hasSize(1);
    assertThat(additional(reply)).isEmpty();
    assertThat(additional(asking.ask(Packets.edns("many.example.com", "HTTPS", 1232))))
        .filteredOn(line -> line.startsWith("many.example.com. 3600 A "))
        .hasSize(40);
  }

  /** A compression pointer reaches 16,383 octets: what would begin behind that is left out. */
  @Test
  void nothingIsSpelledWhereNoPointerReaches() {
    Message reply = asking.overTcp().ask("vast.example.com", "MX");
    assertThat(answers(reply)).hasSize(901);
    assertThat(additional(reply)).isEmpty();
  }

  @Test
  void aDnameIsInAnAnswerOnceHoweverOftenItActs() {
    Message reply = asking.overTcp().ask("a.both1.example.com", "A");
    assertThat(answers(reply)).filteredOn(line -> line.contains(" DNAME ")).hasSize(2);
    assertThat(answers(reply)).filteredOn(line -> line.contains(" CNAME ")).hasSize(16);
  }

  @Test
  void anAliasWhenAllIsDownIsNotFollowedWhenItDependsOnTheClientSubnet() {
    Message near = asking.ask(Packets.subnet("near.example.com", "A", "0001 18 00 c63364"));
    assertThat(answers(near)).containsExactly("near.example.com. 15 CNAME static.example.com.");
  }

  @Test
  void aFullSetOfNamesTakesNothing() {
    var set = new NameSet(1);
    var asked = new Query();
    byte[] names = Packets.octets("a.b");
    asked.name.read(names, 0, names.length);
    assertThat(set.add(asked.name, 0)).isTrue();
    assertThat(set.add(asked.name, 0)).isFalse();
    assertThat(set.add(asked.name, 2)).isFalse();
    set.clear();
    assertThat(set.add(asked.name, 2)).isTrue();
  }
}
