package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.TestBackend.Mood;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Checks of several kinds in one node, and what is answered by them. */
class ChecksTest {
  private static final String QUICK =
      "every: 200ms, retry: 100ms, timeout: 300ms, rise: 2, fall: 2";

  @TempDir Path folder;

  @Test
  void eachKindOfCheckDecidesForItsPool() throws Exception {
    List<TestBackend> backends = TestBackend.on("127.0.0.1", "127.0.0.2");
    int port = backends.getFirst().port();
    try (TestBackend _ = backends.getFirst();
        TestBackend second = backends.getLast();
        TestNameServer names = new TestNameServer("192.0.2.7")) {
      String yaml =
          """
          checks:
            say: { tcp: { port: %d, send: 'GET / HTTP/1.1\\r\\n\\r\\n', expect: " 200 " }, %s }
            kept: { http: /healthz, port: %d, keep: true, matches: ".*", %s }
            dns: { dns: { name: any.example, expect: 192.0.2.7 }, address: 127.0.0.1, port: %s, %s }
          pools:
            say: { check: say, backends: { a: 127.0.0.1, b: 127.0.0.2 } }
            kept: { check: kept, backends: { a: 127.0.0.1, b: 127.0.0.2 } }
            dns: { check: dns, all_down: nodata, backends: { a: 192.0.2.9 } }
          """
              .formatted(port, QUICK, port, QUICK, names.address().replaceFirst(".*:", ""), QUICK);
      String zone =
          Zones.EXAMPLE
              + "      say: { to: say }\n      kept: { to: kept }\n      dns: { to: dns }\n";
      try (AzimuthProcess node = AzimuthProcess.start(folder, yaml + zone);
          DnsClient client = node.client()) {
        Patience.untilAnswersAre(client, "say.example.com", "127.0.0.1", "127.0.0.2");
        Patience.untilAnswersAre(client, "kept.example.com", "127.0.0.1", "127.0.0.2");
        assertThat(client.a("dns.example.com")).containsExactly("192.0.2.9");

        second.become(Mood.FAILING);
        names.give("192.0.2.8");
        Patience.until(() -> Patience.seen(client, "say.example.com").equals(Set.of("127.0.0.1")));
        Patience.until(() -> Patience.seen(client, "kept.example.com").equals(Set.of("127.0.0.1")));
        Patience.until(
            () -> client.udp("dns.example.com", Type.A).getSection(Section.ANSWER).isEmpty());
        node.awaitLog(
            "L7RSP not the expected text", "L7STS status 503", "L7RSP answer without 192.0.2.7");

        second.become(Mood.HEALTHY);
        names.give("192.0.2.7");
        Patience.untilAnswersAre(client, "say.example.com", "127.0.0.1", "127.0.0.2");
        Patience.untilAnswersAre(client, "kept.example.com", "127.0.0.1", "127.0.0.2");
        Patience.until(
            () -> !client.udp("dns.example.com", Type.A).getSection(Section.ANSWER).isEmpty());
      }
    }
  }
}
