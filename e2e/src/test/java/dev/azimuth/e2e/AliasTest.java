package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A zone's own name that has the addresses of a host elsewhere. */
class AliasTest {
  private static final String APEX = "example.com";
  private static final String YAML = Zones.EXAMPLE + "      \"@\": { alias: lb.example.net }\n";

  @TempDir Path folder;

  @Test
  void hasTheHostsAddressesBesideItsOwnRecordsAndKeepsTheLast() throws Exception {
    try (TestNameServer names =
            new TestNameServer("192.0.2.1", "192.0.2.2", "2001:db8:0:0:0:0:0:1");
        AzimuthProcess node =
            AzimuthProcess.start(folder, YAML, Options.USUAL.nameServer(names.address()));
        DnsClient client = node.client()) {
      assertThat(client.a(APEX)).containsExactly("192.0.2.1", "192.0.2.2");
      assertThat(DnsClient.addresses(client.udp(APEX, Type.AAAA)))
          .containsExactly("2001:db8:0:0:0:0:0:1");
      assertThat(client.udp(APEX, Type.MX).getSection(Section.ANSWER)).hasSize(1);
      assertThat(client.udp(APEX, Type.SOA).getSection(Section.ANSWER)).hasSize(1);
      assertThat(client.udp(APEX, Type.A).getSection(Section.ANSWER).getFirst().getTTL())
          .as("the TTL of 1 s, within the bounds of the zone")
          .isEqualTo(5);
      Patience.untilMetrics(node, "azimuth_host_resolves{host=\"lb.example.net\"} 1");

      names.give();
      Patience.untilMetrics(node, "azimuth_host_resolves{host=\"lb.example.net\"} 0");
      assertThat(client.a(APEX)).containsExactly("192.0.2.1", "192.0.2.2");
      Patience.untilStatus(node, "HINT  the host name lb.example.net does not resolve");

      names.give("192.0.2.3");
      Patience.untilAnswersAre(client, APEX, "192.0.2.3");
      assertThat(DnsClient.addresses(client.udp(APEX, Type.AAAA)))
          .as("an empty answer keeps the addresses of its family")
          .containsExactly("2001:db8:0:0:0:0:0:1");
      node.awaitLog("AAAA: no record at lb.example.net.");
      Patience.untilMetrics(node, "azimuth_host_resolves{host=\"lb.example.net\"} 0");

      names.give("192.0.2.3", "2001:db8:0:0:0:0:0:2");
      Patience.until(
          () ->
              DnsClient.addresses(client.udp(APEX, Type.AAAA))
                  .equals(List.of("2001:db8:0:0:0:0:0:2")));
      Patience.untilMetrics(node, "azimuth_host_resolves{host=\"lb.example.net\"} 1");
      assertThat(node.operate("explain", APEX).out())
          .contains("addresses of pool alias:lb.example.net", "names.@.alias");
    }
  }

  @Test
  void withoutAnyAddressTheNameFailsAndTheOthersAnswer() throws Exception {
    try (TestNameServer names = new TestNameServer();
        AzimuthProcess node =
            AzimuthProcess.start(folder, YAML, Options.USUAL.nameServer(names.address()));
        DnsClient client = node.client()) {
      for (int type : List.of(Type.A, Type.AAAA)) {
        assertThat(client.udp(APEX, type).getRcode()).isEqualTo(Rcode.SERVFAIL);
      }
      assertThat(client.a("fixed." + APEX)).containsExactly("203.0.113.27");
      assertThat(client.udp(APEX, Type.NS).getRcode()).isEqualTo(Rcode.NOERROR);
      names.give("192.0.2.1");
      Patience.until(() -> client.a(APEX).equals(List.of("192.0.2.1")));
    }
  }
}
