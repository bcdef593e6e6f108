package dev.azimuth.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs as checks, and what is answered by what they say. */
class ProgramTest {
  private static final String WWW = "www.example.com";
  private static final String RESULTS = "azimuth_probe_results_total{code=\"%s\"}";

  /** Does what the file says that bears the backend's name; one that hangs has a child. */
  private static final String PROGRAM =
      """
      read word <"$1/${2#web/}"
      case $word in
        well) exit 0 ;;
        ill) echo "$AZIMUTH_BACKEND at $3: disk full" ; exit 2 ;;
        hang) tail -f "$1/${2#web/}" & wait ;;
        gone) exit 127 ;;
      esac
      """;

  @TempDir Path folder;

  private void says(String backend, String word) throws Exception {
    Path next = Files.writeString(folder.resolve("next"), word + "\n");
    Files.move(next, folder.resolve(backend), StandardCopyOption.ATOMIC_MOVE);
  }

  /** How many processes have this folder in their arguments and are children of a program. */
  private long children() {
    return ProcessHandle.allProcesses()
        .filter(
            process -> {
              String line = process.info().commandLine().orElse("");
              return line.contains("tail") && line.contains(folder.toString());
            })
        .count();
  }

  @Test
  void whatAProgramSaysDecidesAndOneThatHangsIsKilledWithItsChildren() throws Exception {
    Path program = Files.writeString(folder.resolve("check.sh"), PROGRAM);
    says("b1", "well");
    says("b2", "well");
    String yaml =
        """
        checks:
          own:
            command: [ /bin/sh, %s, %s, "{backend}", "{address}" ]
            every: 300ms
            retry: 200ms
            timeout: 1s
            rise: 1
            fall: 1
        pools: { web: { check: own, backends: { b1: 192.0.2.1, b2: 192.0.2.2 } } }
        """
                .formatted(program, folder)
            + Zones.EXAMPLE
            + "      www: { to: web }\n";
    try (AzimuthProcess node = AzimuthProcess.start(folder, yaml);
        DnsClient client = node.client()) {
      Patience.untilAnswersAre(client, WWW, "192.0.2.1", "192.0.2.2");
      assertThat(node.metric(RESULTS.formatted("PROCOK"))).isPositive();

      says("b2", "ill");
      Patience.untilAnswersAre(client, WWW, "192.0.2.1");
      assertThat(node.metric(RESULTS.formatted("PROCERR"))).isPositive();
      node.awaitLog("web/b2 at 192.0.2.2: disk full");
      says("b2", "well");
      Patience.untilAnswersAre(client, WWW, "192.0.2.1", "192.0.2.2");

      says("b1", "hang");
      Patience.until(() -> children() > 0);
      Patience.untilAnswersAre(client, WWW, "192.0.2.2");
      assertThat(node.metric(RESULTS.formatted("PROCTOUT"))).isPositive();
      says("b1", "well");
      Patience.untilAnswersAre(client, WWW, "192.0.2.1", "192.0.2.2");
      Patience.until(() -> children() == 0);

      says("b1", "gone");
      long before = node.metric(RESULTS.formatted("INCONCLUSIVE"));
      Patience.until(() -> node.metric(RESULTS.formatted("INCONCLUSIVE")) > before + 3);
      assertThat(Patience.seen(client, WWW)).as("says nothing of it").hasSize(2);
      assertThat(
              node.metric("azimuth_backend_up{pool=\"web\",backend=\"b1\",address=\"192.0.2.1\"}"))
          .isEqualTo(1);
    }
  }
}
