package dev.azimuth.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.steering.Steering;
import dev.azimuth.zones.Zones;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Message;

/** Names in the data of records: as short as others may read them, and never changed. */
class CompressionTest {
  private static final String ZONE =
      """
      $TTL 60
      @       SOA   ns.example.com. hostmaster.example.com. 7 3600 900 604800 60
      @       NS    ns.example.com.
      @       NS    ns.elsewhere.net.
      @       MX    10 example.com.
      ns      A     192.0.2.1
      ptr     PTR   host.in.example.com.
      srv     SRV   0 0 1 host.example.com.
      rp      RP    a.example.com. b.example.com.
      kx      KX    1 host.example.com.
      afsdb   AFSDB 1 host.example.com.
      to.a    CNAME b.to.a
      b.to.a  CNAME c.a
      c.a     CNAME ns
      out     CNAME www.elsewhere.net.
      com     CNAME www.somewhere.com.
      upper   CNAME x.EXAMPLE.com.
      tree    DNAME c.a
      cut     NS    ns.cut
      cut     NS    cut
      ns.cut  A     192.0.2.2
      cut     A     192.0.2.3
      """;

  private final Asking asking =
      new Asking(
          Sample.picture(
              1,
              new Zones(List.of(Sample.zone("example.com", ZONE, Map.of(), Set.of()))),
              Steering.none()));

  /** How often a word stands in a reply as a label. */
  private int spelled(String word, byte[] reply) {
    String label = (char) word.length() + word;
    String text = new String(reply, StandardCharsets.ISO_8859_1);
    int times = 0;
    for (int at = text.indexOf(label); at >= 0; at = text.indexOf(label, at + 1)) {
      times++;
    }
    return times;
  }

  @ParameterizedTest
  @CsvSource({
    "example.com, SOA, 1",
    "example.com, NS, 1",
    "example.com, MX, 1",
    "ptr.example.com, PTR, 1",
    "to.a.example.com, CNAME, 1",
    "to.a.example.com, A, 1",
    "none.example.com, A, 1",
    "x.cut.example.com, A, 1",
    // Not everybody knows that these could be compressed (RFC 3597 section 4, 2782, 6672 2.5).
    "srv.example.com, SRV, 2",
    "rp.example.com, RP, 3",
    "kx.example.com, KX, 2",
    "afsdb.example.com, AFSDB, 2",
    "tree.example.com, DNAME, 2",
    "x.tree.example.com, A, 2",
    // Its letters stay as they are.
    "upper.example.com, CNAME, 1",
  })
  void whatDataShareWithTheQuestionIsSpelledOnce(String name, String type, int times) {
    assertThat(spelled("example", asking.raw(Packets.query(name, type)))).isEqualTo(times);
  }

  @Test
  void anAnswerIsTheseOctets() {
    byte[] query = Packets.query("none.example.com", "A");
    byte[] reply = asking.raw(query);
    // The SOA of c011, by ns.c011 and hostmaster.c011.
    String soa =
        "c011 0006 0001 0000003c 0026 026e73c011 0a686f73746d6173746572c011"
            + "00000007 00000e10 00000384 00093a80 0000003c";
    assertThat(reply).hasSize(query.length + Packets.hex(soa).length).endsWith(Packets.hex(soa));
  }

  @Test
  void ownersPointIntoWhatIsLeftOfTheNameThatAnAliasLedTo() throws IOException {
    byte[] reply = asking.raw(Packets.query("TO.a.example.com", "A"));
    assertThat(Asking.answers(new Message(reply)))
        .containsExactly(
            "TO.a.example.com. 60 CNAME b.TO.a.example.com.",
            "b.TO.a.example.com. 60 CNAME c.a.example.com.",
            "c.a.example.com. 60 CNAME ns.example.com.",
            "ns.example.com. 60 A 192.0.2.1");
    assertThat(spelled("a", reply)).isEqualTo(1);
    assertThat(spelled("b", reply)).isEqualTo(1);
    assertThat(spelled("c", reply)).isEqualTo(1);
  }

  @Test
  void aDnameKeepsTheLabelsBeforeItAsTheyWereAsked() {
    assertThat(Asking.answers(asking.ask("X.y.tree.example.com", "CNAME")))
        .containsExactly(
            "tree.example.com. 60 DNAME c.a.example.com.",
            "X.y.tree.example.com. 60 CNAME X.y.c.a.example.com.");
  }

  @Test
  void namesElsewhereAreSpelledToTheEnd() throws IOException {
    byte[] out = asking.raw(Packets.query("out.example.com", "A"));
    assertThat(Asking.answers(new Message(out)))
        .containsExactly("out.example.com. 60 CNAME www.elsewhere.net.");
    assertThat(out).endsWith(Packets.hex("037777770965 6c73657768657265 036e6574 00"));
    byte[] com = asking.raw(Packets.query("com.example.com", "A"));
    assertThat(Asking.answers(new Message(com)))
        .containsExactly("com.example.com. 60 CNAME www.somewhere.com.");
    assertThat(spelled("com", com)).as("the name's own, and the end of both").isEqualTo(2);
    assertThat(Asking.answers(asking.ask("upper.example.com", "CNAME")))
        .containsExactly("upper.example.com. 60 CNAME x.EXAMPLE.com.");
  }

  @Test
  void aReferralHasItsServersAndTheirGlue() {
    Message reply = asking.ask("deep.x.cut.example.com", "A");
    assertThat(Asking.authority(reply))
        .containsExactly(
            "cut.example.com. 60 NS ns.cut.example.com.",
            "cut.example.com. 60 NS cut.example.com.");
    assertThat(Asking.additional(reply))
        .containsExactly("ns.cut.example.com. 60 A 192.0.2.2", "cut.example.com. 60 A 192.0.2.3");
  }
}
