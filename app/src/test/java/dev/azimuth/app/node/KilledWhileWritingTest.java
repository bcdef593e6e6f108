package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node that is killed while it writes its state leaves a whole one: the newest, or the one before
 * it. {@code -Dazimuth.kills=1000} is the proof in full.
 */
class KilledWhileWritingTest {
  private static final int KILLS = Integer.getInteger("azimuth.kills", 40);

  /**
   * So many kills of one process' life are enough: starting another takes a hundred times as long.
   */
  private static final long LONGEST_NANOS = 20_000_000;

  @TempDir private Path folder;

  private long health;
  private long orders;

  private Process writer(Path yaml, long round) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            KilledWriter.class.getName(),
            folder.toString(),
            yaml.toString(),
            Long.toString(round))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  @Test
  void theNextStartReadsAWholeState() throws Exception {
    Path yaml = Written.write(folder, Written.REGIONS);
    Random random = new Random(20_261_121);
    int inTheMiddle = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      long first = Math.max(health, orders) + 1;
      Process writer = writer(yaml, first);
      try (BufferedReader said = writer.inputReader(StandardCharsets.US_ASCII)) {
        note(said.readLine());
        note(said.readLine());
        LockSupport.parkNanos(random.nextLong(LONGEST_NANOS));
        writer.toHandle().destroyForcibly(); // of the handle: the output must stay open
        said.lines().forEach(this::note);
      }
      writer.waitFor();
      inTheMiddle += Files.exists(folder.resolve("health.json.new")) ? 1 : 0;
      inTheMiddle += Files.exists(folder.resolve("orders.json.new")) ? 1 : 0;
      isWhole(kill);
    }
    assertThat(inTheMiddle).as("kills in the middle of a write").isPositive();
  }

  /** What a process said is on disk; a line may be cut by its end. */
  private void note(String line) {
    if (line != null && line.matches("(health|orders) [0-9]+")) {
      long round = Long.parseLong(line.substring(7));
      if (line.startsWith("health")) {
        health = Math.max(health, round);
      } else {
        orders = Math.max(orders, round);
      }
    }
  }

  /** What is on disk is what was said last, or what came after it and could not be said. */
  private void isWhole(int kill) {
    List<String> complaints = new ArrayList<>();
    Saved saved = new StateStore(folder).read(Math.max(health, orders) + 10, complaints::add);
    assertThat(complaints).as("kill %d", kill).isEmpty();
    assertThat(saved.targets()).hasSize(3);
    assertThat(saved.targets().values())
        .extracting(SavedState::since)
        .as("kill %d: all of one round", kill)
        .allMatch(since -> since.equals(saved.targets().values().iterator().next().since()))
        .allMatch(since -> since == health || since == health + 1);
    assertThat(saved.orders().list()).hasSize(2);
    assertThat(saved.orders().list().getLast().since()).isIn(orders, orders + 1);
    health = saved.targets().values().iterator().next().since();
    orders = saved.orders().list().getLast().since();
  }
}
