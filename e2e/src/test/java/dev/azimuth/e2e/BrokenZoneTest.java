package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import dev.azimuth.e2e.AzimuthProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** One of several zone files is broken when a node starts. */
class BrokenZoneTest {
  private static final String YAML =
      """
      pools: { web: { backends: { b: 192.0.2.1 } } }
      zones:
        a.example: { file: a.zone, names: { www: { to: web } } }
        b.example: { file: b.zone, names: { www: { to: web } } }
      """;

  private static final String RECORDS = "@ SOA ns1 h 1 1h 1h 1d 60\n@ NS ns1\nns1 A 192.0.2.53\n";

  @TempDir Path folder;

  private void zone(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  @Test
  void itsZoneFailsUntilItIsMendedAndTheOthersAreAnswered() throws Exception {
    zone("a.zone", RECORDS + "x A wrong\n");
    zone("b.zone", RECORDS);
    try (AzimuthProcess node = AzimuthProcess.start(folder, YAML, Options.USUAL.manualReload());
        DnsClient client = node.client()) {
      assertThat(client.a("www.b.example")).containsExactly("192.0.2.1");
      Message failing = client.udp("www.a.example", Type.A);
      assertThat(failing.getRcode()).isEqualTo(Rcode.SERVFAIL);
      assertThat(node.log()).contains("zone a.example: its data cannot be used", "error[DATA]");
      Outcome status = node.operate("status", "--check");
      assertThat(status.out()).startsWith("ZONE REJECTED  a.example: its data cannot be used");
      assertThat(status.exit()).isEqualTo(1);
      assertThat(node.metric("azimuth_zones_rejected")).isEqualTo(1);
      assertThat(node.metric("azimuth_zones")).isEqualTo(1);
      for (int attempt = 1; attempt <= 2; attempt++) {
        Outcome reload = node.operate("reload");
        assertThat(reload.exit()).as("attempt %d", attempt).isEqualTo(1);
        assertThat(reload.err()).contains("zone a.example: its data cannot be used", "error[DATA]");
      }
      zone("a.zone", RECORDS);
      assertThat(node.operate("reload"))
          .isEqualTo(
              new Outcome(0, "zone a.example: data can be used now, 3 names, serial 1\n", ""));
      assertThat(client.a("www.a.example")).containsExactly("192.0.2.1");
      assertThat(node.operate("status", "--check").exit()).isZero();
    }
  }

  @Test
  void nothingStartsWhenNoZoneIsLeft() throws Exception {
    zone("a.zone", RECORDS + "x A wrong\n");
    zone("b.zone", "nothing\n");
    try (AzimuthProcess node = AzimuthProcess.begin(folder, YAML)) {
      assertThat(node.exitCode(Duration.ofSeconds(60))).isEqualTo(3);
    }
  }
}
