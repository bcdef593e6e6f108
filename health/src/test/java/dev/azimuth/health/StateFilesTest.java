package dev.azimuth.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.health.ProbeResult.Code;
import dev.azimuth.health.StateFiles.Line;
import dev.azimuth.health.StateFiles.Reading;
import dev.azimuth.health.StateFiles.Unusable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateFilesTest {
  private static final Line UP = new Line(true, ProbeResult.NOT_SAID);
  private static final Line DOWN = new Line(false, ProbeResult.NOT_SAID);

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("states");
  }

  private Reading look() {
    return StateFiles.look(file, null, 0);
  }

  @Test
  void eachLineSaysHowOneBackendIs() throws Exception {
    Files.writeString(file, "# night\n\n eu/a up\neu/b\tdown \neu/c up 0%\neu/d up 100%");
    assertThat(look().lines())
        .containsOnly(
            Map.entry("eu/a", UP),
            Map.entry("eu/b", DOWN),
            Map.entry("eu/c", new Line(true, 0)),
            Map.entry("eu/d", new Line(true, 100)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "eu/a",
        "eu/a maybe",
        "eu/a up 101%",
        "eu/a up 5",
        "eu/a up 5% x",
        "eu/a down 5%",
        "x y z w"
      })
  void aLineThatIsNoneMakesTheWholeFileUnusable(String line) {
    assertThatThrownBy(() -> StateFiles.lines("eu/z up\n" + line + "\n"))
        .isInstanceOf(Unusable.class)
        .hasMessageContaining("line 2");
  }

  @Test
  void onlyAFileThatChangedIsReadAgain() throws Exception {
    Files.writeString(file, "eu/a up\n");
    Reading first = StateFiles.look(file, null, 1_000);
    Reading second = StateFiles.look(file, first, 2_000);
    assertThat(second.lines()).isSameAs(first.lines());
    assertThat(second.looked()).isEqualTo(2_000);
    Files.writeString(file, "eu/a down\n");
    assertThat(StateFiles.look(file, second, 3_000).lines()).containsOnly(Map.entry("eu/a", DOWN));
    Files.delete(file);
    Reading gone = StateFiles.look(file, second, 4_000);
    assertThat(gone.fault()).contains("NoSuchFile");
    Files.writeString(file, "eu/a up\n");
    assertThat(StateFiles.look(file, gone, 5_000).lines()).containsOnly(Map.entry("eu/a", UP));
  }

  @Test
  void aFileThatIsTooLargeIsNotRead() throws IOException {
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(StateFiles.LARGEST + 1);
    }
    assertThat(look().fault()).contains("larger");
  }

  @Test
  void octetsThatAreNoTextAreToldAsThat() throws IOException {
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe});
    assertThat(look().fault()).startsWith("cannot be read");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/dev/zero", "/tmp"})
  void onlyRegularFilesAreRead(String path) {
    assertThat(StateFiles.look(Path.of(path), null, 0).fault()).isEqualTo("no regular file");
  }

  @Test
  void aFileThatHangsHoldsUpNoOtherAndHasOneThread() throws Exception {
    CountDownLatch hang = new CountDownLatch(1);
    AtomicInteger looks = new AtomicInteger();
    Path slow = folder.resolve("slow");
    StateFiles files =
        new StateFiles(
            () -> 0,
            (path, known, now) -> {
              if (path.equals(slow)) {
                looks.incrementAndGet();
                hang.await();
              }
              return new Reading(now, 0, 0, Map.of("eu/a", UP), null);
            });
    files.expect(Set.of(slow, file));
    await(() -> files.last(file) != null && looks.get() == 1);
    for (int reload = 0; reload < 20; reload++) {
      files.expect(Set.of());
      files.expect(Set.of(slow));
    }
    assertThat(files.last(file)).isNull();
    assertThat(files.last(slow)).isNull();
    assertThat(looks).hasValue(1);
    hang.countDown();
    await(() -> files.last(slow) != null);
    files.expect(Set.of());
    await(() -> files.readers() == 0);
  }

  private static void await(BooleanSupplier reached) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!reached.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void whatWasFoundTooLongAgoDecidesNothing() {
    Check.StateFile check =
        new Check.StateFile(file, Duration.ZERO, Samples.timing(1_000, 50, 1_000, 1, 1));
    Reading found = new Reading(1_000, 0, 0, Map.of("eu/a", DOWN), null);
    long last = 1_000 + StateFileProbe.STALE;
    assertThat(StateFileProbe.judge(found, check, "eu/a", last, 0).code()).isEqualTo(Code.L7STS);
    assertThat(StateFileProbe.judge(found, check, "eu/a", last + 1, 0))
        .isEqualTo(Finding.of(Code.INCONCLUSIVE, "the file: not to be read for 5 s"));
    assertThat(StateFileProbe.judge(null, check, "eu/a", 0, 0).code()).isEqualTo(Code.INCONCLUSIVE);
  }

  @Test
  void anyTextIsReadOrRefused() {
    Random random = new Random(11);
    String[] pieces = {"eu/a", " ", "up", "down", "50%", "\n", "#", "\t", "%", "\r", "999%", "é"};
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(12); n > 0; n--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      try {
        assertThat(StateFiles.lines(text.toString()).values())
            .allMatch(line -> line.weight() <= 100 && line.weight() >= ProbeResult.NOT_SAID);
      } catch (Unusable e) {
        assertThat(e).hasMessageStartingWith("line ");
      }
    }
  }
}
