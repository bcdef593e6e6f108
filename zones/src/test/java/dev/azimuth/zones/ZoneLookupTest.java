package dev.azimuth.zones;

import static dev.azimuth.zones.ZoneText.look;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZoneLookupTest {
  private static final Zone ZONE =
      ZoneText.zone(
          """
          www      A     192.0.2.1
          www      TXT   "hello"
          alias    CNAME www
          a.b.c    A     192.0.2.2
          *.wild   TXT   "any"
          *.wild   MX    10 www
          x.wild   A     192.0.2.3
          *.d.wild A     192.0.2.4
          ent.*.wild2 A  192.0.2.5
          *.calias CNAME www
          sub      NS    ns.sub
          sub      NS    ns.peer
          sub      DS    1 8 2 00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF
          ns.sub   A     192.0.2.6
          ns.sub   AAAA  2001:db8::6
          peer     NS    ns.peer
          ns.peer  A     192.0.2.7
          old      DNAME new.example.net.
          old      A     192.0.2.8
          steered  TXT   "beside"
          both     A     192.0.2.9
          both     AAAA  2001:db8::9
          bin\\000\\.x A  192.0.2.10
          *x.stars A     192.0.2.11
          \\*y.stars A    192.0.2.12
          """,
          Map.of(
              "steered.example.com.", 3,
              "bare.example.com.", 4,
              "*.app.example.com.", 5,
              "deep.er.example.com.", 6));

  @ParameterizedTest
  @CsvSource({
    "www.example.com., A, ANSWER www.example.com. A",
    "WwW.eXample.COM., A, ANSWER www.example.com. A",
    "www.example.com., AAAA, NODATA",
    "www.example.com., TYPE65280, NODATA",
    "www.example.com., ANY, ANSWER www.example.com. A",
    "example.com., SOA, ANSWER example.com. SOA",
    "example.com., NS, ANSWER example.com. NS",
    "example.com., A, NODATA",
    "example.com., DS, NODATA",
    "nope.example.com., A, NAME_ERROR",
    "a.www.example.com., A, NAME_ERROR",
    // Empty non-terminals exist (RFC 8020) and have nothing.
    "b.c.example.com., A, NODATA",
    "c.example.com., ANY, NODATA",
    "x.c.example.com., A, NAME_ERROR",
    "x.a.b.c.example.com., A, NAME_ERROR",
    "alias.example.com., A, CNAME alias.example.com. CNAME",
    "alias.example.com., CNAME, ANSWER alias.example.com. CNAME",
    // Of what signs and denies each name has its own, an alias too (RFC 4035 section 2.5).
    "alias.example.com., NSEC, NODATA",
    "alias.example.com., RRSIG, NODATA",
    "alias.example.com., DNSKEY, CNAME alias.example.com. CNAME",
    "alias.example.com., ANY, ANSWER alias.example.com. CNAME",
    // Wildcards (RFC 4592).
    "a.wild.example.com., TXT, ANSWER *.wild.example.com. TXT *",
    "a.b.wild.example.com., TXT, ANSWER *.wild.example.com. TXT *",
    "a.wild.example.com., A, NODATA *",
    "*.wild.example.com., TXT, ANSWER *.wild.example.com. TXT",
    "a.*.wild.example.com., TXT, NAME_ERROR",
    "wild.example.com., TXT, NODATA",
    // A label that begins with an asterisk is like any other (RFC 4592 section 2.1.1).
    "*x.stars.example.com., A, ANSWER *x.stars.example.com. A",
    "*y.stars.example.com., A, ANSWER *y.stars.example.com. A",
    "a.stars.example.com., A, NAME_ERROR",
    "ax.stars.example.com., A, NAME_ERROR",
    "x.wild.example.com., TXT, NODATA",
    "y.x.wild.example.com., TXT, NAME_ERROR",
    "d.wild.example.com., TXT, NODATA",
    "z.d.wild.example.com., A, ANSWER *.d.wild.example.com. A *",
    "z.d.wild.example.com., TXT, NODATA *",
    "q.wild2.example.com., A, NODATA *",
    "ent.q.wild2.example.com., A, NODATA *",
    "ent.*.wild2.example.com., A, ANSWER ent.*.wild2.example.com. A",
    "q.calias.example.com., A, CNAME *.calias.example.com. CNAME *",
    // Cuts.
    "sub.example.com., A, REFERRAL sub.example.com. NS",
    "sub.example.com., NS, REFERRAL sub.example.com. NS",
    "sub.example.com., ANY, REFERRAL sub.example.com. NS",
    "sub.example.com., DS, ANSWER sub.example.com. DS",
    "peer.example.com., DS, NODATA",
    "a.sub.example.com., DS, REFERRAL sub.example.com. NS",
    "ns.sub.example.com., A, REFERRAL sub.example.com. NS",
    "a.b.sub.example.com., MX, REFERRAL sub.example.com. NS",
    "a.ns.sub.example.com., A, REFERRAL sub.example.com. NS",
    // DNAME answers below its owner, never at it (RFC 6672).
    "old.example.com., A, ANSWER old.example.com. A",
    "old.example.com., DNAME, ANSWER old.example.com. DNAME",
    "old.example.com., TXT, NODATA",
    "a.old.example.com., A, DNAME old.example.com. DNAME",
    "a.b.old.example.com., DNAME, DNAME old.example.com. DNAME",
    // Steered names.
    "steered.example.com., A, STEERED 3",
    "steered.example.com., AAAA, STEERED 3",
    "steered.example.com., TXT, ANSWER steered.example.com. TXT",
    "steered.example.com., MX, NODATA",
    "steered.example.com., ANY, ANSWER steered.example.com. TXT",
    "a.steered.example.com., A, NAME_ERROR",
    "bare.example.com., A, STEERED 4",
    "bare.example.com., TXT, NODATA",
    "bare.example.com., ANY, STEERED 4",
    "a.app.example.com., A, STEERED 5 *",
    "a.b.app.example.com., AAAA, STEERED 5 *",
    "a.app.example.com., TXT, NODATA *",
    "*.app.example.com., A, STEERED 5",
    "app.example.com., A, NODATA",
    "er.example.com., A, NODATA",
    "bin\\000\\.x.example.com., A, ANSWER bin\\000\\.x.example.com. A",
    "bin\\000.x.example.com., A, NAME_ERROR",
  })
  void answersByTheAlgorithmOfRfc1034(String name, String type, String outcome) {
    assertThat(look(ZONE, name, type)).isEqualTo(outcome);
  }

  @Test
  void foldsAsciiLettersOnly() {
    Zone zone = ZoneText.zone("\\233[a A 192.0.2.1\n", Map.of());
    assertThat(look(zone, "\\233[A.example.com.", "A")).startsWith("ANSWER");
    assertThat(look(zone, "\\201[A.example.com.", "A")).isEqualTo("NAME_ERROR");
    assertThat(look(zone, "\\233{a.example.com.", "A")).isEqualTo("NAME_ERROR");
  }

  @Test
  void findsNamesOf255OctetsAnd127Labels() {
    String deep = "a.".repeat(115) + "example.com.";
    String label = "x".repeat(63);
    String wide = (label + ".").repeat(3) + "y".repeat(49) + ".example.com.";
    Zone zone = ZoneText.zone(deep + " A 192.0.2.1\n" + wide + " A 192.0.2.2\n", Map.of());
    assertThat(look(zone, deep, "A")).isEqualTo("ANSWER " + deep + " A");
    assertThat(look(zone, wide, "A")).isEqualTo("ANSWER " + wide + " A");
    assertThat(look(zone, deep.substring(2), "A")).isEqualTo("NODATA");
    assertThat(look(zone, "b." + deep.substring(4), "A")).isEqualTo("NAME_ERROR");
    Zone root =
        ZoneText.zone(ZoneLoader.load(ZoneText.source(".", ROOT_TEXT, Path.of("."), Map.of())));
    assertThat(look(root, "a.".repeat(127), "A")).isEqualTo("ANSWER " + "a.".repeat(127) + " A");
    assertThat(look(root, "a.".repeat(126) + "b.", "A")).isEqualTo("NAME_ERROR");
    assertThat(root.originLabels()).isZero();
    assertThat(root.origin()).isEqualTo(".");
  }

  private static final String ROOT_TEXT =
      ". SOA ns. h. 1 1h 1h 1d 60\n. NS ns.\nns. A 192.0.2.1\n"
          + "a.".repeat(127)
          + " A 192.0.2.2\n";

  @Test
  void aDnameAtTheOriginAnswersForAllBelow() {
    Zone zone =
        ZoneText.zone(
            ZoneText.load(
                "@ SOA ns1.example.net. h 1 1h 1h 1d 60\n@ NS ns1.example.net.\n@ DNAME example.net.\n",
                Map.of()));
    assertThat(look(zone, "a.b.example.com.", "A")).isEqualTo("DNAME example.com. DNAME");
    assertThat(look(zone, "example.com.", "NS")).isEqualTo("ANSWER example.com. NS");
  }

  @Test
  void aReferralCarriesItsGlueAndThatOfSiblings() {
    assertThat(ZoneText.beside(ZONE, ZoneText.set(ZONE, "sub.example.com.", "NS")))
        .containsExactly(
            "ns.sub.example.com. A", "ns.sub.example.com. AAAA", "ns.peer.example.com. A");
  }

  @Test
  void addressesOfTargetsStandBesideNsMxAndSrv() {
    Zone zone =
        ZoneText.zone(
            """
            both  A    192.0.2.9
            both  AAAA 2001:db8::9
            @     MX   10 both
            @     MX   20 BOTH
            @     MX   30 st
            @     MX   40 g.sub
            @     MX   50 mx.example.net.
            _s._tcp SRV 1 2 3 both
            _s._tcp SRV 1 2 4 ns1
            sub   NS   g.sub
            g.sub A    192.0.2.1
            """,
            Map.of("st.example.com.", 0));
    assertThat(ZoneText.beside(zone, ZoneText.set(zone, "example.com.", "NS")))
        .containsExactly("ns1.example.com. A");
    assertThat(ZoneText.beside(zone, ZoneText.set(zone, "example.com.", "MX")))
        .containsExactly(
            "both.example.com. A", "both.example.com. AAAA", "st.example.com. STEERED 0");
    assertThat(ZoneText.beside(zone, ZoneText.set(zone, "_s._tcp.example.com.", "SRV")))
        .containsExactly("both.example.com. A", "both.example.com. AAAA", "ns1.example.com. A");
    assertThat(ZoneText.beside(zone, ZoneText.set(zone, "example.com.", "SOA"))).isEmpty();
  }

  @Test
  void setsAreReadyMadeInTheOrderOfTheFile() {
    Zone zone =
        ZoneText.zone(
            """
            m 300 A 192.0.2.3
            m 300 A 192.0.2.1
            n 60  A 192.0.2.7
            m 200 A 192.0.2.2
            m 300 A 192.0.2.1
            m 300 MX 5 Mail.Example.COM.
            """,
            Map.of());
    int set = ZoneText.set(zone, "m.example.com.", "A");
    assertThat(ZoneText.records(zone, set))
        .containsExactly("A 192.0.2.3", "A 192.0.2.1", "A 192.0.2.2");
    assertThat(zone.ttl(set)).isEqualTo(200);
    assertThat(ZoneText.records(zone, ZoneText.set(zone, "m.example.com.", "MX")))
        .containsExactly("MX 5 Mail.Example.COM.");
  }

  @Test
  void theNegativeSoaHasTheLeastOfItsThreeTtls() {
    assertThat(negativeTtl("@ 50 SOA ns1 h 1 1h 1h 1d 60", 70)).isEqualTo(50);
    assertThat(negativeTtl("@ 70 SOA ns1 h 1 1h 1h 1d 60", 65)).isEqualTo(60);
    assertThat(negativeTtl("@ 70 SOA ns1 h 1 1h 1h 1d 60", 20)).isEqualTo(20);
    assertThat(negativeTtl("@ 70 SOA ns1 h 1 1h 1h 1d 4294967295", 300)).isEqualTo(70);
  }

  private static int negativeTtl(String soa, int configured) {
    String text = soa + "\n@ NS ns1\nns1 A 192.0.2.1\n";
    Zone zone =
        ZoneText.zone(
            ZoneLoader.load(
                new ZoneSource(
                    "example.com",
                    "zone",
                    text,
                    Path.of("."),
                    3600,
                    configured,
                    Map.of(),
                    Set.of())));
    int set = zone.negativeSoa();
    assertThat(ZoneText.records(zone, set)).hasSize(1).first().asString().startsWith("SOA ns1");
    assertThat(ZoneText.owner(zone, set)).isEqualTo("example.com.");
    int plain = ZoneText.set(zone, "example.com.", "SOA");
    assertThat(plain).isNotEqualTo(set);
    assertThat(ZoneText.records(zone, plain)).isEqualTo(ZoneText.records(zone, set));
    return zone.ttl(set);
  }

  @Test
  void everyTypeHasAnOutcomeAtEveryKindOfName() {
    var result = new LookupResult();
    for (String text : new String[] {"www", "alias", "sub", "a.old", "steered", "nope", "a.wild"}) {
      LookupName name = ZoneText.name(text + ".example.com.");
      for (int type = 0; type <= 65_535; type++) {
        assertThat(ZONE.lookup(name, type, result)).isNotNull();
      }
    }
  }
}
