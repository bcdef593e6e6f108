package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** What is answered to whom, over real sockets. */
class AnswersTest {
  @RegisterExtension
  static final SharedNode SHARED =
      new SharedNode(
          """
            defaults: { check: none }
            pools:
              here: { backends: { a: 192.0.2.1 } }
              there: { backends: { a: 192.0.2.2 } }
            routes:
              near: [ { cidr: 198.51.100.0/24, to: there }, { to: here } ]
              source: [ { resolver: 127.0.0.0/8, to: there }, { to: here } ]
            """
              + Zones.EXAMPLE
              + """
                      www: { to: here }
                      "*.app": { to: here }
                      near: { route: near }
                      src: { route: source }
                """);

  private final AzimuthProcess node = SHARED.node();
  private final DnsClient client = SHARED.client();

  @ParameterizedTest
  @CsvSource({
    "www.example.com,      A,     NOERROR,  1, true",
    "www.example.com,      AAAA,  NOERROR,  0, true",
    "www.example.com,      TXT,   NOERROR,  0, true",
    "x.y.app.example.com,  A,     NOERROR,  1, true",
    "app.example.com,      A,     NOERROR,  0, true",
    "example.com,          SOA,   NOERROR,  1, true",
    "example.com,          NS,    NOERROR,  1, true",
    "example.com,          MX,    NOERROR,  1, true",
    "example.com,          CAA,   NOERROR,  0, true",
    "text.example.com,     TXT,   NOERROR,  1, true",
    "text.example.com,     TYPE65280, NOERROR, 0, true",
    "alias.example.com,    A,     NOERROR,  2, true",
    "deep.example.com,     A,     NOERROR,  0, true",
    "no.example.com,       A,     NXDOMAIN, 0, true",
    "x.sub.example.com,    A,     NOERROR,  0, false",
    "example.org,          A,     REFUSED,  0, false",
    "evilexample.com,      A,     REFUSED,  0, false",
  })
  void everyKindOfNameHasItsAnswer(
      String name, String type, String rcode, int answers, boolean authoritative)
      throws IOException {
    Message query = DnsClient.query(name, Type.value(type, true));
    for (Message answer : Arrays.asList(client.udp(query), client.tcp(query).getFirst())) {
      assertThat(Rcode.string(answer.getRcode())).isEqualTo(rcode);
      assertThat(answer.getSection(Section.ANSWER)).hasSize(answers);
      assertThat(answer.getHeader().getFlag(Flags.AA)).isEqualTo(authoritative);
      assertThat(answer.getHeader().getFlag(Flags.QR)).isTrue();
      assertThat(answer.getQuestion()).isEqualTo(query.getQuestion());
      assertThat(answer.getOPT()).isNull();
      if (answers == 0 && authoritative) {
        assertThat(answer.getSection(Section.AUTHORITY))
            .singleElement()
            .isInstanceOf(SOARecord.class);
      }
    }
  }

  @Test
  void aDelegationComesWithItsGlue() throws IOException {
    Message answer = client.udp("x.sub.example.com", Type.A);

    assertThat(answer.getSection(Section.AUTHORITY)).hasSize(1);
    assertThat(answer.getSection(Section.ADDITIONAL).getFirst().rdataToString())
        .isEqualTo("203.0.113.54");
  }

  @Test
  void theCaseOfTheQuestionIsKept() throws IOException {
    Message answer = client.udp("wWw.ExAmPlE.cOm", Type.A);

    assertThat(answer.getQuestion().getName()).hasToString("wWw.ExAmPlE.cOm.");
    assertThat(DnsClient.addresses(answer)).containsExactly("192.0.2.1");
  }

  @ParameterizedTest
  @CsvSource({
    "near, 198.51.100.0/24, 192.0.2.2, 24",
    "near, 198.51.100.128/25, 192.0.2.2, 24",
    "near, 198.51.101.0/24, 192.0.2.1, 24",
    "near, 203.0.113.0/24, 192.0.2.1, 5",
    "www,  198.51.100.0/24, 192.0.2.1, 0",
    "src,  198.51.100.0/24, 192.0.2.2, 0",
  })
  void theSubnetDecidesAndTheScopeSaysHowFar(String name, String subnet, String address, int scope)
      throws IOException {
    Message answer = client.udp(DnsClient.query(name + ".example.com", Type.A, subnet));

    assertThat(DnsClient.addresses(answer)).containsExactly(address);
    ClientSubnetOption echoed =
        (ClientSubnetOption) answer.getOPT().getOptions(EDNSOption.Code.CLIENT_SUBNET).getFirst();
    assertThat(echoed.getAddress().getHostAddress() + "/" + echoed.getSourcePrefixLength())
        .isEqualTo(subnet);
    assertThat(echoed.getScopePrefixLength()).isEqualTo(scope);
  }

  @Test
  void responsesAreNeverAnswered() throws IOException {
    Message response = DnsClient.query("www.example.com", Type.A);
    response.getHeader().setFlag(Flags.QR);
    try (DnsClient other = node.client()) {
      other.send(response.toWire());
      // Packets of one socket are answered in order: were there an answer, it came first.
      Message next = DnsClient.query("text.example.com", Type.TXT);
      other.send(next.toWire());
      assertThat(new Message(other.receive()).getHeader().getID())
          .isEqualTo(next.getHeader().getID());
    }
  }
}
