package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.host.StateLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node says that it lacks. */
class ReadinessTest {
  private static final String PROBER = "the thread that probes: it is stuck or gone";

  private static final String UNCHECKED =
      Written.REGIONS
          .replace("checks: { web: { tcp: 80, every: 10s, fall: 1, rise: 1 } }", "")
          .replace("check: web, ", "");

  @TempDir private Path folder;

  @Test
  void aNodeWhoseProberIsGoneIsNotReady() throws Exception {
    Path file = Written.write(folder, UNCHECKED);
    ZoneSerials serials = new ZoneSerials(() -> 1000, problem -> {});
    Loading.Result loading = Loading.load(file, serials);
    Loading.Whole whole = loading.whole();
    assertThat(whole).isNotNull();
    Path state = Files.createDirectories(whole.config().server().stateDir());
    StateLock lock = StateLock.take(state, ProcessHandle.current().pid(), Instant.now());
    try (NodeRuntime node = NodeRuntime.start(file, "test", loading, whole, serials, lock)) {
      assertThat(node.node().missing()).doesNotContain(PROBER);
      node.prober().close();
      assertThat(node.node().missing()).contains(PROBER);
    }
  }
}
