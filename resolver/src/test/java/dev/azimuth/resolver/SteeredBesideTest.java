package dev.azimuth.resolver;

import static dev.azimuth.resolver.Asking.additional;
import static dev.azimuth.resolver.Asking.answers;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.EDNSOption.Code;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;

/** Steered addresses in additional sections, and in the hints of service bindings. */
class SteeredBesideTest {
  private static final String NEAR = "0001 18 00 c63364"; // 198.51.100.0/24
  private static final String FAR = "0001 18 00 cb0071"; // 203.0.113.0/24

  private final Asking asking = new Asking(Sample.picture());

  private static int scope(Message reply) {
    return ((ClientSubnetOption) reply.getOPT().getOptions(Code.CLIENT_SUBNET).getFirst())
        .getScopePrefixLength();
  }

  @Test
  void targetsHaveTheAddressesThatArePickedNow() {
    Message reply = asking.ask(Packets.edns("targets.example.com", "MX", 1232));
    assertThat(answers(reply)).hasSize(6);
    assertThat(additional(reply).stream().filter(line -> !line.contains("OPT")))
        .filteredOn(line -> !line.startsWith("web."))
        // What is down by its all_down has no addresses to add.
        .containsExactly(
            "geo.example.com. 60 A 192.0.2.10",
            "geo.example.com. 60 AAAA 2001:db8:0:0:0:0:0:10",
            "x.app.example.com. 60 A 192.0.2.10",
            "x.app.example.com. 60 AAAA 2001:db8:0:0:0:0:0:10");
    assertThat(additional(reply))
        .filteredOn(line -> line.startsWith("web."))
        .hasSize(2)
        .anyMatch(line -> line.matches("web.example.com. 60 A 192.0.2.4[12]"))
        .anyMatch(line -> line.matches("web.example.com. 60 AAAA 2001:db8:0:0:0:0:0:4[12]"));
  }

  @Test
  void additionalAddressesTakeTurnsOfTheirOwn() {
    Set<String> beside = new TreeSet<>();
    String last = answers(asking.ask("web.example.com", "A")).getFirst();
    for (int i = 0; i < 10; i++) {
      beside.add(additional(asking.ask("twins.example.com", "SRV")).getFirst());
      String next = answers(asking.ask("web.example.com", "A")).getFirst();
      assertThat(next).as("answers still alternate").isNotEqualTo(last);
      last = next;
    }
    assertThat(beside)
        .containsExactly("web.example.com. 60 A 192.0.2.41", "web.example.com. 60 A 192.0.2.42");
  }

  @Test
  void onlyAnswersAreCountedAsGiven() {
    for (int i = 0; i < 10; i++) {
      asking.ask("twins.example.com", "SRV");
      asking.ask("web.example.com", "HTTPS");
    }
    assertThat(asking.turns.given(3) + asking.turns.given(4)).isZero();
    asking.ask("web.example.com", "A");
    assertThat(asking.turns.given(3) + asking.turns.given(4)).isEqualTo(1);
  }

  @Test
  void additionalAddressesThatDependOnTheClientSubnetAreLeftOut() {
    for (String subnet : List.of(NEAR, FAR)) {
      Message reply = asking.ask(Packets.subnet("targets.example.com", "MX", subnet));
      assertThat(scope(reply)).isZero();
      assertThat(additional(reply))
          .noneMatch(line -> line.startsWith("geo."))
          .anyMatch(line -> line.startsWith("web."))
          .anyMatch(line -> line.startsWith("x.app."));
    }
  }

  @Test
  void additionalAddressesThatDoNotFitAreLeftOutWhole() {
    Message small = asking.ask("_s._tcp.example.com", "SRV");
    assertThat(small.getHeader().getFlag(Flags.TC)).isFalse();
    assertThat(answers(small)).hasSize(1);
    assertThat(additional(small)).isEmpty();
    Message large = asking.ask(Packets.edns("_s._tcp.example.com", "SRV", 1232));
    assertThat(additional(large)).filteredOn(line -> line.startsWith("all.")).hasSize(60);
  }

  @Test
  void hintsAreEveryAddressThatMayBeGiven() {
    Message reply = asking.ask("web.example.com", "HTTPS");
    assertThat(answers(reply))
        .containsExactly(
            "web.example.com. 60 HTTPS 1 . alpn=h2 port=8443 ipv4hint=192.0.2.41,192.0.2.42"
                + " ech=AAAA ipv6hint=2001:db8:0:0:0:0:0:41,2001:db8:0:0:0:0:0:42 key65400=x",
            // The hints of a target that is not steered stay.
            "web.example.com. 60 HTTPS 2 static.example.com. alpn=h3 ipv4hint=203.0.113.80");
    assertThat(additional(reply))
        .hasSize(3)
        .anyMatch(line -> line.startsWith("web.example.com. 60 A "))
        .anyMatch(line -> line.startsWith("web.example.com. 60 AAAA "))
        .contains("static.example.com. 3600 A 203.0.113.80");
  }

  @Test
  void hintsStandUnderWildcardsAndBehindAliases() {
    String hints = "alpn=h2 ipv4hint=192.0.2.41,192.0.2.42";
    assertThat(answers(asking.ask("A.webs.example.com", "SVCB")))
        .singleElement()
        .asString()
        .startsWith("A.webs.example.com. 60 SVCB 1 . " + hints);
    assertThat(answers(asking.ask("toweb.example.com", "HTTPS")))
        .hasSize(3)
        .anyMatch(line -> line.contains("ipv4hint=192.0.2.41,192.0.2.42"));
    assertThat(answers(asking.ask("bindings.example.com", "HTTPS")))
        .containsExactly(
            "bindings.example.com. 60 HTTPS 1 web.example.com. ipv4hint=192.0.2.41,192.0.2.42"
                + " ipv6hint=2001:db8:0:0:0:0:0:41,2001:db8:0:0:0:0:0:42",
            "bindings.example.com. 60 HTTPS 2 webgeo.example.com. ipv4hint=192.0.2.10"
                + " ipv6hint=2001:db8:0:0:0:0:0:10");
  }

  @Test
  void anAliasBindingHasNoHints() {
    Message reply = asking.ask("webalias.example.com", "HTTPS");
    assertThat(answers(reply))
        .containsExactly("webalias.example.com. 3600 HTTPS 0 web.example.com.");
    assertThat(additional(reply)).hasSize(2).allMatch(line -> line.startsWith("web.example.com."));
  }

  /** Such a set changes, and would need a scope: a client asks for it (RFC 9460 section 4.1). */
  @Test
  void aSetWithSteeredHintsStandsBesideNoOther() {
    for (String name : List.of("webalias", "bindings", "many")) {
      for (Asking each :
          List.of(new Asking(Sample.picture()), new Asking(Sample.picture()).overTcp())) {
        Message reply = each.ask(Packets.edns(name + ".example.com", "HTTPS", 1232));
        assertThat(answers(reply)).isNotEmpty();
        assertThat(additional(reply)).isNotEmpty().noneMatch(line -> line.contains("HTTPS"));
      }
    }
  }

  @Test
  void hintsOfTheZoneDataAreGoneWhenNothingIsUp() {
    assertThat(answers(asking.ask("weblost.example.com", "HTTPS")))
        .containsExactly("weblost.example.com. 15 HTTPS 1 . alpn=h2");
  }

  @Test
  void theScopeCoversTheHints() {
    Message near = asking.ask(Packets.subnet("webgeo.example.com", "HTTPS", NEAR));
    assertThat(answers(near))
        .containsExactly("webgeo.example.com. 40 HTTPS 1 . alpn=h2 ipv4hint=192.0.2.20");
    assertThat(scope(near)).isEqualTo(24);
    Message far = asking.ask(Packets.subnet("webgeo.example.com", "HTTPS", FAR));
    assertThat(answers(far)).singleElement().asString().contains("ipv4hint=192.0.2.10 ");
    assertThat(scope(far))
        .isEqualTo(scope(asking.ask(Packets.subnet("webgeo.example.com", "A", FAR))))
        .isEqualTo(5);
    assertThat(scope(asking.ask(Packets.subnet("web.example.com", "HTTPS", NEAR)))).isZero();
  }

  @Test
  void behindAnAliasHintsThatDependOnTheClientSubnetAreLeftOut() {
    Message reply = asking.ask(Packets.subnet("towebgeo.example.com", "HTTPS", NEAR));
    assertThat(answers(reply))
        .containsExactly(
            "towebgeo.example.com. 3600 CNAME webgeo.example.com.",
            "webgeo.example.com. 40 HTTPS 1 . alpn=h2");
    assertThat(scope(reply)).isZero();
    assertThat(answers(asking.ask("towebgeo.example.com", "HTTPS")).getLast())
        .contains("ipv4hint=192.0.2.10");
  }

  @Test
  void hintsThatDoNotFitAreLeftOutRatherThanTheAnswer() {
    // 60 addresses take 244 octets: they fit behind a short name and not behind a long one.
    assertThat(answers(asking.ask("weball.example.com", "HTTPS")))
        .singleElement()
        .asString()
        .startsWith("weball.example.com. 60 HTTPS 1 . alpn=h2 ipv4hint=198.51.100.100,")
        .doesNotContain("ipv6hint");
    String label = "x".repeat(60) + ".";
    String name = label.repeat(3) + "x".repeat(40) + ".crowd.example.com";
    Message small = asking.ask(name, "HTTPS");
    assertThat(small.getHeader().getFlag(Flags.TC)).isFalse();
    assertThat(answers(small)).containsExactly(name + ". 3600 HTTPS 1 . alpn=h2");
    assertThat(answers(asking.ask(Packets.edns(name, "HTTPS", 1232))))
        .singleElement()
        .asString()
        .startsWith(name + ". 60 HTTPS 1 . alpn=h2 ipv4hint=");
    assertThat(small.getHeader().getCount(1)).isEqualTo(1);
  }

  @Test
  void aSetThatDoesNotFitEvenWithoutHintsIsTruncated() {
    assertThat(asking.ask("fatweb.example.com", "HTTPS").getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(answers(asking.overTcp().ask("fatweb.example.com", "HTTPS")))
        .hasSize(20)
        .filteredOn(line -> line.contains("ipv4hint"))
        .hasSize(10);
  }
}
