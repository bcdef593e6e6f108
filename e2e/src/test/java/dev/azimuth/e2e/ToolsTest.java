package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs that operators and their users ask with; each is skipped where it is absent. */
class ToolsTest {
  @TempDir static Path folder;
  private static AzimuthProcess node;
  private static AzimuthProcess six;

  @BeforeAll
  static void start() throws IOException {
    node = start("four", "127.0.0.1:0");
    six = start("six", "[::1]:0");
  }

  private static AzimuthProcess start(String name, String listen) throws IOException {
    return AzimuthProcess.start(
        Files.createDirectory(folder.resolve(name)),
        """
        defaults: { check: none }
        pools: { web: { backends: { a: 192.0.2.1, b: 192.0.2.2 } } }
        """
            + Zones.EXAMPLE
            + "      www: { to: web }\n",
        AzimuthProcess.Options.USUAL
            .listen(listen)
            .server("identity: { nsid: fra1, version: \"Azimuth test\", hostname: \"off\" }"));
  }

  @AfterAll
  static void stop() {
    if (node != null) {
      node.close();
    }
    if (six != null) {
      six.close();
    }
  }

  private static String run(String tool, String... arguments) throws Exception {
    return run(node, tool, arguments);
  }

  private static String run(AzimuthProcess server, String tool, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Tools.find(tool));
    command.add("@" + server.dns().getAddress().getHostAddress());
    command.addAll(List.of("-p", Integer.toString(server.dns().getPort())));
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

  /** Each of the three, with its words for UDP and TCP, over IPv4 and IPv6. */
  @ParameterizedTest
  @CsvSource({"dig, +notcp, +tcp", "kdig, +notcp, +tcp", "drill, -u, -t"})
  void theyAskOverEveryTransportAndFamily(String tool, String udp, String tcp) throws Exception {
    for (AzimuthProcess server : List.of(node, six)) {
      for (String transport : List.of(udp, tcp)) {
        assertThat(run(server, tool, transport, "www.example.com", "A"))
            .containsPattern("(status|rcode): NOERROR")
            .containsPattern("www\\.example\\.com\\.\\s+60\\s+IN\\s+A\\s+192\\.0\\.2\\.[12]")
            .doesNotContainPattern("(?i)malformed|bad ");
        assertThat(run(server, tool, transport, "alias.example.com", "A"))
            .containsPattern("alias\\.example\\.com\\.\\s+3600\\s+IN\\s+CNAME\\s+mail")
            .contains("203.0.113.25");
        assertThat(run(server, tool, transport, "x.sub.example.com", "A"))
            .containsPattern("sub\\.example\\.com\\.\\s+3600\\s+IN\\s+NS\\s+ns\\.sub")
            .contains("203.0.113.54");
        assertThat(run(server, tool, transport, "no.example.com", "MX"))
            .containsPattern("(status|rcode): NXDOMAIN")
            .contains("SOA");
      }
      assertThat(server.get("/metrics").body())
          .containsPattern("azimuth_requests_total\\{[^}]*transport=\"udp\"} [1-9]")
          .containsPattern("azimuth_requests_total\\{[^}]*transport=\"tcp\"} [1-9]");
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
}
