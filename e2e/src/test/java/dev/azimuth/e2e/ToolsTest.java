package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** The programs that operators and their users ask with; each is skipped where it is absent. */
class ToolsTest {
  @TempDir static Path folder;
  private static AzimuthProcess node;

  @BeforeAll
  static void start() throws IOException {
    node =
        AzimuthProcess.start(
            folder,
            """
            defaults: { check: none }
            pools: { web: { backends: { a: 192.0.2.1, b: 192.0.2.2 } } }
            """
                + Zones.EXAMPLE
                + "      www: { to: web }\n",
            AzimuthProcess.Options.USUAL.server(
                "identity: { nsid: fra1, version: \"Azimuth test\", hostname: \"off\" }"));
  }

  @AfterAll
  static void stop() {
    if (node != null) {
      node.close();
    }
  }

  private static String run(String tool, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Tools.find(tool));
    command.add("@" + node.dns().getAddress().getHostAddress());
    command.addAll(List.of("-p", Integer.toString(node.dns().getPort())));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  @ParameterizedTest
  @ValueSource(strings = {"dig", "kdig"})
  void theyTakeEveryAnswerWithoutAWarning(String tool) throws Exception {
    for (String transport : List.of("+notcp", "+tcp")) {
      String said = run(tool, transport, "+norecurse", "www.example.com", "A");

      assertThat(said)
          .containsPattern("status: NOERROR")
          .containsPattern("(?i)flags: qr aa[ ;]")
          .containsPattern("www\\.example\\.com\\.\\s+60\\s+IN\\s+A\\s+192\\.0\\.2\\.[12]")
          .doesNotContainPattern("(?i)warning|malformed|bad ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dig", "kdig"})
  void theySeeNegativeAnswersAndTheSubnet(String tool) throws Exception {
    assertThat(run(tool, "+norecurse", "no.example.com", "A"))
        .contains("status: NXDOMAIN")
        .contains("SOA");
    assertThat(run(tool, "+norecurse", "+subnet=198.51.100.0/24", "www.example.com", "A"))
        .containsPattern("(?i)client.subnet: 198\\.51\\.100\\.0/24/0");
  }

  @Test
  void digSeesTheOptions() throws Exception {
    assertThat(run("dig", "+cookie", "+nsid", "+norecurse", "www.example.com", "A"))
        .containsPattern("; COOKIE: [0-9a-f]{48} \\(good\\)")
        .contains("; NSID: 66 72 61 31 (\"fra1\")");
    assertThat(run("dig", "+tcp", "+keepalive", "+norecurse", "www.example.com", "A"))
        .contains("; TCP KEEPALIVE: 10.0 secs");
    assertThat(run("dig", "+notcp", "+keepalive", "+norecurse", "www.example.com", "A"))
        .doesNotContain("KEEPALIVE");
    assertThat(run("dig", "+cookie", "+norecurse", "example.org", "A"))
        .contains("status: REFUSED", "; EDE: 20 (Not Authoritative)");
    assertThat(run("dig", "+noedns", "+norecurse", "example.org", "A"))
        .contains("status: REFUSED")
        .doesNotContain("EDE");
    assertThat(run("dig", "+edns=1", "+noednsneg", "+norecurse", "www.example.com", "A"))
        .contains("status: BADVERS", "EDNS: version: 0,")
        .doesNotContain("EDE");
    assertThat(run("dig", "+ednsopt=100:0102", "+norecurse", "www.example.com", "A"))
        .contains("status: NOERROR");
  }

  @Test
  void kdigSeesTheOptions() throws Exception {
    assertThat(run("kdig", "+cookie", "+nsid", "+norecurse", "www.example.com", "A"))
        .containsPattern("COOKIE: [0-9A-F]{48}|COOKIE: [0-9a-f]{48}")
        .containsPattern("NSID: .*\"fra1\"");
    assertThat(run("kdig", "+edns", "+norecurse", "example.org", "A"))
        .contains("REFUSED")
        .containsPattern("EDE: 20");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dig", "kdig"})
  void theyLearnWhatTheServerIs(String tool) throws Exception {
    for (String name : List.of("version.bind", "version.server")) {
      assertThat(run(tool, "+norecurse", name, "CH", "TXT"))
          .contains("status: NOERROR")
          .containsPattern(name + "\\.\\s+0\\s+CH\\s+TXT\\s+\"Azimuth test\"");
    }
    assertThat(run(tool, "+norecurse", "id.server", "CH", "TXT"))
        .containsPattern("id\\.server\\.\\s+0\\s+CH\\s+TXT\\s+\"fra1\"");
    assertThat(run(tool, "+norecurse", "hostname.bind", "CH", "TXT")).contains("status: REFUSED");
  }

  /** Unbound asks us as the servers of a zone that is delegated to us, and others ask it. */
  @Test
  void aResolverGetsAnswersThroughUs() throws Exception {
    int port = Tools.freePort();
    Path file =
        Files.writeString(
            folder.resolve("unbound.conf"),
            """
            server:
              directory: "%1$s"
              username: ""
              chroot: ""
              pidfile: "%1$s/unbound.pid"
              use-syslog: no
              logfile: ""
              interface: 127.0.0.1
              port: %2$d
              access-control: 127.0.0.0/8 allow
              do-not-query-localhost: no
              do-ip6: no
              cache-max-ttl: 0
              domain-insecure: "example.com"
              module-config: "iterator"
            remote-control:
              control-enable: no
            stub-zone:
              name: "example.com"
              stub-addr: 127.0.0.1@%3$d
            """
                .formatted(folder, port, node.dns().getPort()));
    Process unbound =
        new ProcessBuilder(Tools.find("unbound"), "-d", "-c", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("unbound.log").toFile())
            .start();
    try (DnsClient client =
        new DnsClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
      Patience.until(() -> answers(client));

      Map<String, Integer> counts = new HashMap<>();
      for (int i = 0; i < 100; i++) {
        counts.merge(DnsClient.addresses(ask(client, "www", Type.A)).getFirst(), 1, Integer::sum);
      }
      assertThat(counts).containsOnlyKeys("192.0.2.1", "192.0.2.2");
      assertThat(counts.get("192.0.2.1")).isBetween(40, 60);
      assertThat(ask(client, "www", Type.AAAA).getRcode()).isEqualTo(Rcode.NOERROR);
      assertThat(ask(client, "no", Type.A).getRcode()).isEqualTo(Rcode.NXDOMAIN);
      assertThat(DnsClient.addresses(ask(client, "alias", Type.A))).contains("203.0.113.25");
    } finally {
      unbound.destroy();
      unbound.waitFor();
    }
  }

  private static boolean answers(DnsClient client) {
    try {
      return ask(client, "www", Type.A).getRcode() == Rcode.NOERROR;
    } catch (IOException e) {
      return false; // not listening yet
    }
  }

  private static Message ask(DnsClient client, String name, int type) throws IOException {
    Message query = DnsClient.query(name + ".example.com", type);
    query.getHeader().setFlag(Flags.RD);
    return client.udp(query);
  }
}
