package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.zones.Zones;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What a forged query makes of itself: octets of the response for each octet of the query, over
 * every name and type of a zone as people have it. SECURITY.md tells the figures.
 */
class AmplificationTest {
  private static final int ANY = 255;

  private static final String ZONE =
      """
      $TTL 3600
      @            SOA   ns1 hostmaster 7 3600 900 604800 60
      @            NS    ns1
      @            NS    ns2
      @            NS    ns3.example.net.
      @            NS    ns4.example.net.
      @            MX    10 mx1
      @            MX    10 mx2
      @            MX    20 mx.example.net.
      @            TXT   "v=spf1 mx include:_spf.example.net include:spf.example.org -all"
      @            TXT   "site-verification=0123456789abcdefghijklmnopqrstuvwxyz0123456"
      @            TXT   "another-verification=0123456789abcdefghijklmnopqrstuvwxyz0"
      @            CAA   0 issue "ca.example"
      @            CAA   0 iodef "mailto:security@example.com"
      ns1          A     203.0.113.1
      ns1          AAAA  2001:db8:53::1
      ns2          A     203.0.113.2
      ns2          AAAA  2001:db8:53::2
      mx1          A     203.0.113.25
      mx1          AAAA  2001:db8:25::1
      mx2          A     203.0.113.26
      mx2          AAAA  2001:db8:25::2
      s1._domainkey TXT  ( "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0123456789abcdefghij"
                           "klmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL"
                           "MNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcd"
                           "efghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyzIDAQAB" )
      _dmarc       TXT   "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
      _sip._tcp    SRV   10 10 5060 sip1
      _sip._tcp    SRV   10 20 5060 sip2
      sip1         A     203.0.113.60
      sip2         A     203.0.113.61
      static       A     203.0.113.80
      static       AAAA  2001:db8:80::1
      alias        CNAME static
      chain        CNAME alias
      tree         DNAME example.net.
      *.wild       TXT   "wild"
      deep.in.here A     203.0.113.81
      dev          NS    ns1.dev
      dev          NS    ns2.dev
      dev          NS    ns3.example.net.
      ns1.dev      A     203.0.113.53
      ns1.dev      AAAA  2001:db8:54::1
      ns2.dev      A     203.0.113.54
      ns2.dev      AAAA  2001:db8:54::2
      """;

  private static final List<String> NAMES =
      List.of(
          "",
          "ns1.",
          "mx1.",
          "s1._domainkey.",
          "_dmarc.",
          "_sip._tcp.",
          "static.",
          "alias.",
          "chain.",
          "tree.",
          "x.tree.",
          "wild.",
          "x.wild.",
          "here.",
          "deep.in.here.",
          "dev.",
          "x.dev.",
          "none.",
          "www.",
          "geo.");

  private final Asking asking =
      new Asking(
          Sample.picture(
              1,
              new Zones(
                  List.of(
                      Sample.zone(
                          "example.com",
                          ZONE,
                          Map.of("www.example.com.", 0, "geo.example.com.", 1),
                          Set.of()))),
              Sample.steering()));

  /** The greatest ratio over all names and so many types. */
  private double greatest(List<String> names, IntStream types, boolean edns) {
    int[] all = types.toArray();
    double greatest = 0;
    for (String name : names) {
      for (int type : all) {
        var query = Packets.of().question(name + "example.com", type, 1);
        byte[] packet = (edns ? query.opt(65_535, 0x8000, "") : query).bytes();
        greatest = Math.max(greatest, (double) length(packet) / packet.length);
      }
    }
    return greatest;
  }

  private int length(byte[] packet) {
    return asking.responder.respond(
        packet, packet.length, asking.client, asking.picture, asking.out);
  }

  private static IntStream everyType() {
    return IntStream.rangeClosed(0, 65_535);
  }

  @Test
  void noAnswerOfAnOrdinaryZoneIsTenTimesItsQuery() {
    // The longest are a DKIM key, the texts and the name servers of the origin, and referrals.
    assertThat(greatest(NAMES, everyType(), false)).isBetween(9.0, 9.6);
    assertThat(greatest(NAMES, everyType(), true)).isBetween(7.0, 7.9);
  }

  @Test
  void steeredNamesAndNamesThatDoNotExistAmplifyLittle() {
    List<String> names = List.of("www.", "geo.", "none.", "none.of.these.");
    assertThat(greatest(names, everyType(), false)).isBetween(2.5, 2.6);
    assertThat(greatest(names, everyType(), true)).isBetween(2.1, 2.2);
  }

  @Test
  void anyIsNoLongerThanOneType() {
    for (boolean edns : new boolean[] {false, true}) {
      assertThat(greatest(NAMES, IntStream.of(ANY), edns))
          .isLessThanOrEqualTo(greatest(NAMES, IntStream.range(0, ANY), edns));
    }
  }

  @Test
  void refusalsErrorsAndTruncatedRepliesAmplifyNothing() {
    asking.picture = Sample.picture();
    for (String name : List.of("example.org", "huge.example.com")) {
      byte[] plain = Packets.query(name, 1);
      assertThat(length(plain)).isEqualTo(plain.length);
    }
    byte[] refused = Packets.edns("example.org", "A", 1232);
    assertThat(length(refused)).as("with its extended error").isEqualTo(refused.length + 6);
    byte[] malformed =
        Packets.of().question("www.example.com", 1, 1).counts(1, 0, 0, 1).raw("00").bytes();
    assertThat(length(malformed)).isEqualTo(malformed.length - 1);
  }

  /** Whatever a zone has: 512 octets without EDNS, 1,232 with it. */
  @Test
  void theWorstZoneIsBoundByTheLongestDatagram() {
    asking.picture = Sample.picture();
    List<String> names = List.of("", "many.", "brim.", "huge.", "post.", "x.wide.", "all.");
    double shortest = Packets.query("example.com", 1).length;
    assertThat(greatest(names, IntStream.range(0, 300), false)).isLessThan(512 / shortest);
    assertThat(greatest(names, IntStream.range(0, 300), true)).isBetween(20.0, 1232 / shortest);
  }
}
