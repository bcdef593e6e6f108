package dev.azimuth.resolver;

import static dev.azimuth.resolver.Asking.answers;
import static dev.azimuth.resolver.Asking.authority;
import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.steering.Bound;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.TXTRecord;

class DebugNameTest {
  private static final String NAME = "whoami.example.com";

  private final Asking asking = new Asking(picture(NAME));

  private static Picture picture(@Nullable String name) {
    Picture plain = Sample.picture();
    Bound bound = Sample.bound();
    return new Picture(
        1,
        plain.zones(),
        bound.steering(),
        plain.identity(),
        plain.cookies(),
        plain.admission(),
        name == null
            ? null
            : new DebugName(
                Packets.octets(name), List.of(Sample.cidr("192.0.2.0/24")), bound, List.of()));
  }

  private static List<String> strings(Message reply) {
    List<String> strings = new ArrayList<>();
    assertThat(reply.getSection(1)).hasSize(1);
    assertThat(reply.getSection(1).getFirst().getTTL()).isZero();
    for (byte[] each : ((TXTRecord) reply.getSection(1).getFirst()).getStringsAsByteArrays()) {
      strings.add(new String(each, java.nio.charset.StandardCharsets.UTF_8));
    }
    return strings;
  }

  @Test
  void tellsWhoAsksWhatTheServerSaw() {
    Message reply = asking.ask("WhoAmI.example.com", "TXT");
    assertThat(strings(reply))
        .containsExactly("source 192.0.2.100 over UDP", "no client subnet", "in no view");
    assertThat(reply.getHeader().getFlag(Flags.AA)).isTrue();
    assertThat(strings(new Asking(asking.picture).overTcp().ask(NAME, "TXT")).getFirst())
        .isEqualTo("source 192.0.2.100 over TCP");
  }

  @ParameterizedTest
  @CsvSource({
    "0001 18 00 c63364, 198.51.100.0/24 used, 24",
    "0001 08 00 0a, 10.0.0.0/8 not used: no client on the Internet has such an address, 8",
    "0002 30 00 20010db80001, 2001:db8:1::/48 used, 48"
  })
  void tellsWhetherTheClientSubnetCounts(String option, String words, int scope) {
    Message reply = asking.ask(Packets.subnet(NAME, "TXT", option));
    assertThat(strings(reply).get(1)).isEqualTo("client subnet " + words);
    String echoed = Asking.options(reply).get(8);
    assertThat(Integer.parseInt(echoed.substring(6, 8), 16)).isEqualTo(scope);
  }

  @Test
  void tellsWhyASteeredNameIsAnsweredAsItIs() {
    Message reply = asking.overTcp().ask("www.example.com." + NAME, "TXT");
    assertThat(strings(reply))
        .containsExactly(
            "A rule rule",
            "A pool eu 100% usable, serves: at or above min_up 50%",
            "A backend eu/b0 192.0.2.10 NO CHECK, odds 100.0%",
            "A answer addresses, reason RULE, TTL 60: upper bound, scope 0",
            "AAAA rule rule",
            "AAAA pool eu 100% usable, serves: at or above min_up 50%",
            "AAAA backend eu/b0 2001:db8::10 NO CHECK, odds 100.0%",
            "AAAA answer addresses, reason RULE, TTL 60: upper bound, scope 0");
  }

  @Test
  void tellsWhatIsAnsweredWhenAllIsDown() {
    Message reply = asking.overTcp().ask("down.example.com." + NAME, "TXT");
    assertThat(strings(reply))
        .contains(
            "A all down: cname, as the name says: static.example.com.",
            "AAAA all down: cname, as the name says: static.example.com.");
  }

  /** A listed address may be forged, and to explain takes long. */
  @ParameterizedTest
  @ValueSource(strings = {"TXT", "ANY", "A"})
  void explainsOverUdpToNobodyWithoutAGoodCookie(String type) {
    for (String name : List.of("www.example.com.", "static.example.com.", "x.")) {
      Message reply = asking.ask(name + NAME, type);
      assertThat(reply.getHeader().getFlag(Flags.TC)).isTrue();
      assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
      assertThat(answers(reply)).isEmpty();
      assertThat(authority(reply)).isEmpty();
      assertThat(asking.responder.truncated()).isTrue();
    }
  }

  private byte[] withCookie(String name, String cookie) {
    return Packets.of().question(name, 16, 1).opt(1232, 0, Packets.option(10, cookie)).bytes();
  }

  @Test
  void whoHasAGoodCookieIsToldOverUdpAsFarAsThereIsRoom() {
    String client = "2464c4abcf10c957";
    Message deferred = asking.ask(withCookie("www.example.com." + NAME, client));
    assertThat(deferred.getHeader().getFlag(Flags.TC)).isTrue();
    String cookie = Asking.options(deferred).get(10);
    Message told = asking.ask(withCookie("www.example.com." + NAME, cookie));
    assertThat(strings(told)).hasSize(8);
    Message large = asking.ask(withCookie("all.example.com." + NAME, cookie));
    assertThat(large.getHeader().getFlag(Flags.TC)).isTrue();
    asking.client.low ^= 1;
    Message other = asking.ask(withCookie("www.example.com." + NAME, cookie));
    assertThat(other.getHeader().getFlag(Flags.TC)).as("forged").isTrue();
  }

  @Test
  void ofVeryManyBackendsTheFirstAreTold() {
    List<String> told = strings(asking.overTcp().ask("all.example.com." + NAME, "TXT"));
    assertThat(told).filteredOn(text -> text.startsWith("A backend")).hasSize(16);
    assertThat(told).contains("A and 44 backends more");
  }

  @Test
  void otherTypesAreNotThere() {
    Message reply = asking.ask(NAME, "A");
    assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(answers(reply)).isEmpty();
    assertThat(authority(reply)).singleElement().asString().startsWith("example.com. 0 SOA");
    assertThat(answers(asking.ask(NAME, "ANY"))).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"static.example.com", "www.example.org", "x"})
  void onlySteeredNamesCanStandInFront(String inner) {
    Message reply = asking.overTcp().ask(inner + "." + NAME, "TXT");
    assertThat(reply.getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(authority(reply)).hasSize(1);
  }

  @Test
  void whoIsNotListedFindsNothingThere() {
    asking.client.low = 0xC633_6401L; // 198.51.100.1
    Message hidden = asking.ask(NAME, "TXT");
    Asking without = new Asking(picture(null));
    without.client.low = asking.client.low;
    assertThat(hidden.toWire()).isEqualTo(without.ask(NAME, "TXT").toWire());
    assertThat(hidden.getRcode()).isEqualTo(Rcode.NXDOMAIN);
  }

  @Test
  void aListedClientSubnetDoesNotMakeItsSenderListed() {
    asking.client.low = 0xC633_6401L; // 198.51.100.1
    Message reply = asking.ask(Packets.subnet(NAME, "TXT", "0001 18 00 c00002"));
    assertThat(reply.getRcode()).isEqualTo(Rcode.NXDOMAIN);
  }

  @Test
  void inNoZoneItIsRefused() {
    Asking elsewhere = new Asking(picture("whoami.example.org"));
    Message reply = elsewhere.ask("whoami.example.org", "TXT");
    assertThat(reply.getRcode()).isEqualTo(Rcode.REFUSED);
    assertThat(answers(reply)).isEmpty();
    assertThat(reply.getHeader().getFlag(Flags.AA)).isFalse();
  }

  @Test
  void namesThatOnlyEndAlikeAreNotIt() {
    assertThat(asking.ask("xwhoami.example.com", "TXT").getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(asking.ask("example.com", "TXT").getRcode()).isEqualTo(Rcode.NOERROR);
  }
}
