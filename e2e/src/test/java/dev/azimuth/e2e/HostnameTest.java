package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.e2e.AzimuthProcess.Options;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backend that is a host name, whose addresses change and which cannot always be resolved. */
class HostnameTest {
  private static final String WWW = "www.example.com";
  private static final String YAML =
      """
      defaults: { check: none }
      pools: { web: { backends: { cloud: { host: lb.example.net } } } }
      """
          + Zones.EXAMPLE
          + "      www: { to: web }\n";

  @TempDir Path folder;

  @Test
  void itsAnswersFollowTheNameAndOutliveItsServer() throws Exception {
    try (TestNameServer names = new TestNameServer("192.0.2.1");
        AzimuthProcess node =
            AzimuthProcess.start(folder, YAML, Options.USUAL.nameServer(names.address()));
        DnsClient client = node.client()) {
      assertThat(client.a(WWW)).containsExactly("192.0.2.1");

      names.give("192.0.2.2", "192.0.2.3");
      Patience.untilAnswersAre(client, WWW, "192.0.2.2", "192.0.2.3");

      int mark = node.mark();
      names.give();
      node.awaitLog(mark, Pattern.compile("lb\\.example\\.net does not resolve"));
      assertThat(Patience.seen(client, WWW)).containsExactlyInAnyOrder("192.0.2.2", "192.0.2.3");

      names.give("192.0.2.4");
      Patience.untilAnswersAre(client, WWW, "192.0.2.4");
    }
  }
}
