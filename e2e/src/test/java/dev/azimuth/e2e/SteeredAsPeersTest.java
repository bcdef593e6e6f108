package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Names that have one address of a family to give are steered here and static at NSD, Knot and
 * BIND: whatever is asked of them, and of the names that lead to them, has the same answer but for
 * its TTL. What we add beside it is what the others answer to who asks for it.
 */
class SteeredAsPeersTest {
  private static final String STATIC =
      """
      $TTL 60
      @       SOA   ns1 hostmaster 1 1h 15m 7d 60
      @       NS    ns1
      ns1     A     203.0.113.53
      both    TXT   "beside"
      plain   HTTPS 1 . alpn=h2 ipv4hint=192.0.2.1
      web     HTTPS 1 . alpn=h2 port=8443%1$s
      web     HTTPS 2 plain alpn=h3
      toweb   CNAME web
      tosix   CNAME six
      alias   HTTPS 0 web
      srv     SVCB  0 web
      other   HTTPS 1 web alpn=h2%1$s
      *.wild  HTTPS 1 web alpn=h2%1$s
      six     MX    10 six
      _s._tcp SRV   0 0 443 six
      _s._tcp SRV   0 0 443 web
      toplain SVCB  0 plain
      """;

  private static final String HINTS = " ipv4hint=192.0.2.1 ipv6hint=2001:db8::1";

  private static final String ADDRESSES =
      """
      both   A    192.0.2.1
      both   AAAA 2001:db8::1
      web    A    192.0.2.1
      web    AAAA 2001:db8::1
      plain  A    192.0.2.1
      plain  AAAA 2001:db8::1
      four   A    192.0.2.4
      six    AAAA 2001:db8::6
      bare   AAAA 2001:db8::6
      *.app  AAAA 2001:db8::6
      """;

  private static final List<String> NAMES =
      List.of(
          "both", "web", "plain", "four", "six", "bare", "x.app", "toweb", "tosix", "alias", "srv",
          "other", "x.wild", "_s._tcp", "toplain", "@", "none");

  private static final List<Integer> TYPES =
      List.of(
          Type.A,
          Type.AAAA,
          Type.HTTPS,
          Type.SVCB,
          Type.MX,
          Type.SRV,
          Type.TXT,
          Type.SOA,
          Type.ANY);

  @TempDir static Path folder;
  private static final List<Peer> peers = new ArrayList<>();
  private static AzimuthProcess node;
  private static DnsClient ours;

  @BeforeAll
  static void start() throws IOException {
    Files.writeString(folder.resolve("example.com"), STATIC.formatted(HINTS) + ADDRESSES);
    for (Peer.Kind kind : Peer.Kind.values()) {
      peers.add(Peer.start(kind, folder, List.of("example.com")));
    }
    // Whatever hints stand in the zone data, those of the backends are given.
    Files.writeString(folder.resolve("ours"), STATIC.formatted(" ipv4hint=203.0.113.200"));
    node =
        AzimuthProcess.start(
            folder,
            """
            defaults: { check: none }
            pools:
              both: { backends: { a: { address: [ 192.0.2.1, "2001:db8::1" ] } } }
              four: { backends: { a: 192.0.2.4 } }
              six: { backends: { a: "2001:db8::6" } }
            zones:
              example.com:
                file: ours
                names:
                  both: { to: both }
                  web: { to: both, hints: true }
                  plain: { to: both }
                  four: { to: four }
                  six: { to: six }
                  bare: { to: six }
                  "*.app": { to: six }
            """);
    ours = node.client();
  }

  @AfterAll
  static void stop() {
    peers.forEach(Peer::close);
    if (node != null) {
      ours.close();
      node.close();
    }
  }

  @Test
  void aSteeredNameIsToClientsWhatAStaticOneIs() throws IOException {
    for (String name : NAMES) {
      String asked = name.equals("@") ? "example.com" : name + ".example.com";
      for (int type : TYPES) {
        Message query = DnsClient.query(asked, type);
        Message udp = ours.udp(query);
        Message tcp = ours.tcp(query).getFirst();
        assertThat(answer(tcp)).isEqualTo(answer(udp));
        List<Set<String>> theirs = new ArrayList<>();
        for (Peer peer : peers) {
          Message reply = peer.client().tcp(query).getFirst();
          theirs.add(answer(reply));
          assertThat(Rcode.string(udp.getRcode()))
              .as("%s %s by %s", asked, Type.string(type), peer.kind())
              .isEqualTo(Rcode.string(reply.getRcode()));
        }
        if (type == Type.ANY) { // one set is enough (RFC 8482)
          assertThat(theirs).as(asked).anyMatch(each -> each.containsAll(answer(udp)));
          assertThat(theirs).allMatch(each -> each.isEmpty() == answer(udp).isEmpty());
        } else {
          assertThat(theirs)
              .as("%s %s", asked, Type.string(type))
              .allMatch(each -> each.equals(answer(udp)));
        }
        areTrue(udp.getSection(Section.ADDITIONAL), query);
        areTrue(tcp.getSection(Section.ADDITIONAL), query);
      }
    }
  }

  @Test
  void bindingsAndWhatTheyLeadToComeWithTheirAddresses() throws IOException {
    for (String name : List.of("alias", "other", "x.wild", "web")) {
      Message reply = ours.udp(name + ".example.com", Type.HTTPS);
      assertThat(lines(reply.getSection(Section.ADDITIONAL)))
          .as(name)
          .contains("web.example.com. A 192.0.2.1", "web.example.com. AAAA 2001:db8:0:0:0:0:0:1");
    }
    // Hints that nobody steers are as true beside another set as asked for.
    assertThat(lines(ours.udp("toplain.example.com", Type.SVCB).getSection(Section.ADDITIONAL)))
        .contains("plain.example.com. A 192.0.2.1", "plain.example.com. AAAA 2001:db8:0:0:0:0:0:1");
  }

  /** Whether another server gives these very records to who asks for them. */
  private static void areTrue(List<Record> records, Message query) throws IOException {
    for (Record record : records) {
      Message direct = DnsClient.query(record.getName().toString(), record.getType());
      assertThat(answer(peers.getFirst().client().tcp(direct).getFirst()))
          .as(query.getQuestion().toString())
          .contains(line(record));
    }
  }

  private static Set<String> answer(Message message) {
    return Set.copyOf(lines(message.getSection(Section.ANSWER)));
  }

  private static List<String> lines(List<Record> records) {
    return records.stream().map(SteeredAsPeersTest::line).collect(Collectors.toList());
  }

  private static String line(Record record) {
    return "%s %s %s"
        .formatted(record.getName(), Type.string(record.getType()), record.rdataToString());
  }
}
