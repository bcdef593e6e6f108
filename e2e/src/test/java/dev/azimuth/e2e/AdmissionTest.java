package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** Who may ask, how much, and for whom. */
class AdmissionTest {
  private static final String YAML =
      "defaults: { check: none }\n"
          + "pools: { here: { backends: { a: 192.0.2.1 } }, there: { backends: { b: 192.0.2.2 } } }\n"
          + "routes:\n"
          + "  near: [ { cidr: 198.51.100.0/24, to: there }, { to: here } ]\n"
          + Zones.EXAMPLE
          + "      www: { route: near }\n";

  @TempDir Path folder;

  private AzimuthProcess start(String... server) throws Exception {
    return AzimuthProcess.start(folder, YAML, Options.USUAL.server(server));
  }

  @Test
  void whoMayNotAskIsRefusedOverUdpAndTcp() throws Exception {
    try (AzimuthProcess node = start("access: { allow: any, deny: 127.0.0.0/8 }");
        DnsClient client = node.client()) {
      Message query = DnsClient.query("www.example.com", Type.A);
      assertThat(client.udp(query).getRcode()).isEqualTo(Rcode.REFUSED);
      assertThat(client.tcp(query).getFirst().getRcode()).isEqualTo(Rcode.REFUSED);
      assertThat(node.get("/metrics").body())
          .containsPattern("azimuth_prohibited_total\\{.*transport=\"udp\"} 1\n")
          .containsPattern("azimuth_prohibited_total\\{.*transport=\"tcp\"} 1\n");
    }
  }

  @Test
  void aReloadChangesWhoMayAsk() throws Exception {
    try (AzimuthProcess node = AzimuthProcess.start(folder, YAML);
        DnsClient client = node.client()) {
      assertThat(client.a("www.example.com")).containsExactly("192.0.2.1");
      node.reload(YAML, Options.USUAL.server("access: { allow: 198.51.100.0/24 }"));
      Message refused = client.udp("www.example.com", Type.A);
      assertThat(refused.getRcode()).isEqualTo(Rcode.REFUSED);
      node.reload(YAML, Options.USUAL.server("rate_limit: { per_second: 1, burst: 1, slip: 1 }"));
      node.awaitLog("server.access changed; server.rate_limit changed");
      assertThat(client.a("www.example.com")).containsExactly("192.0.2.1");
      assertThat(client.udp("www.example.com", Type.A).getHeader().getFlag(Flags.TC)).isTrue();
    }
  }

  @Test
  void aFloodIsLimitedAndARealClientComesOverTcp() throws Exception {
    try (AzimuthProcess node = start("rate_limit: { per_second: 5, burst: 10, slip: 2 }");
        DnsClient client = node.client()) {
      Message query = DnsClient.query("www.example.com", Type.A);
      List<Message> replies = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        // Of two above the limit one slips, so that at least one reply comes.
        client.send(query.toWire());
        client.send(query.toWire());
        replies.add(new Message(client.receive()));
      }
      client.patience(300);
      try {
        while (true) {
          replies.add(new Message(client.receive()));
        }
      } catch (SocketTimeoutException e) {
        // that was all
      }
      long truncated = replies.stream().filter(r -> r.getHeader().getFlag(Flags.TC)).count();
      long answered = replies.stream().filter(r -> !DnsClient.addresses(r).isEmpty()).count();
      assertThat(answered + truncated).isEqualTo(replies.size());
      assertThat(answered).as("answered").isBetween(10L, 60L);
      assertThat(truncated).as("truncated").isBetween(460L, 495L);
      assertThat(DnsClient.addresses(client.tcp(query).getFirst())).containsExactly("192.0.2.1");
      assertThat(node.get("/metrics").body())
          .containsPattern("azimuth_rate_limited_total\\{.*class=\"answer\",action=\"slipped\"} 4")
          .containsPattern("azimuth_rate_limited_total\\{.*class=\"answer\",action=\"dropped\"} 4")
          .containsPattern("azimuth_queries_dropped_total\\{.*reason=\"rate_limited\"} 4");
    }
  }

  @Test
  void aClientBehindAFrontEndIsSteeredByItsOwnAddress() throws Exception {
    String kdig = Tools.find("kdig");
    try (AzimuthProcess node = start("access: { proxy: [ 127.0.0.1/32 ] }")) {
      for (String transport : List.of("+notcp", "+tcp")) {
        assertThat(kdig(node, kdig, transport, "+proxy=198.51.100.7#1234-192.0.2.53#53"))
            .isEqualTo("192.0.2.2");
        assertThat(kdig(node, kdig, transport, "+proxy=203.0.113.7#1234-192.0.2.53#53"))
            .isEqualTo("192.0.2.1");
        assertThat(kdig(node, kdig, transport, "+proxy=2001:db8::7#1234-2001:db8::53#53"))
            .isEqualTo("192.0.2.1");
        assertThat(kdig(node, kdig, transport)).as("without a header").doesNotContain("192.0.2.");
      }
      assertThat(node.get("/metrics").body())
          .containsPattern(
              "azimuth_queries_dropped_total\\{.*\"udp\",reason=\"no_proxy_header\"} [1-9]")
          .containsPattern(
              "azimuth_queries_dropped_total\\{.*\"tcp\",reason=\"no_proxy_header\"} [1-9]");
    }
  }

  private static String kdig(AzimuthProcess node, String kdig, String... options) throws Exception {
    var command = new ArrayList<String>();
    command.addAll(List.of(kdig, "@127.0.0.1", "-p", Integer.toString(node.dns().getPort())));
    command.addAll(
        List.of(
            "+short",
            "+time=" + (options.length > 1 ? 20 : 1),
            "+retry=0",
            "www.example.com",
            "A"));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said.strip();
  }
}
