package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Type;

/** Whether several nodes, or one node before and after a restart, send a network to the same. */
@Timeout(180)
class StickySaltTest {
  private static final String YAML =
      """
      defaults: { check: none }
      pools: { web: { backends: { a: 192.0.2.1, b: 192.0.2.2, c: 192.0.2.3, d: 192.0.2.4 } } }
      """
          + Zones.EXAMPLE
          + "      www: { to: web, pick: sticky }\n";

  @TempDir Path folder;

  private List<String> answers(String node, Options options) throws IOException {
    Path own = folder.resolve(node);
    try (AzimuthProcess process =
            AzimuthProcess.start(Files.createDirectories(own), YAML, options);
        DnsClient client = process.client()) {
      List<String> answers = new ArrayList<>();
      for (int network = 0; network < 100; network++) {
        var query = DnsClient.query("www.example.com", Type.A, "11.0." + network + ".0/24");
        answers.addAll(DnsClient.addresses(client.udp(query)));
      }
      return answers;
    }
  }

  @Test
  void nodesAgreeThatShareAFileAndOneNodeAgreesWithItself() throws Exception {
    Path salt = Files.writeString(folder.resolve("salt"), "e5e973e5a6b2a43f48e7dc849e37bfcf\n");
    Options shared = Options.USUAL.server("sticky_salt: { file: " + salt + " }");
    List<String> one = answers("one", shared);
    assertThat(answers("two", shared)).isEqualTo(one).hasSize(100);

    List<String> alone = answers("alone", Options.USUAL);
    assertThat(alone).hasSize(100).isNotEqualTo(one);
    assertThat(answers("alone", Options.USUAL)).isEqualTo(alone);
  }
}
