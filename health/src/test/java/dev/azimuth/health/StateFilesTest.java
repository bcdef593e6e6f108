package dev.azimuth.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.health.StateFiles.Line;
import dev.azimuth.health.StateFiles.Unusable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
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
  private final StateFiles files = new StateFiles();

  @BeforeEach
  void name() {
    file = folder.resolve("states");
  }

  @Test
  void eachLineSaysHowOneBackendIs() throws Exception {
    Files.writeString(file, "# night\n\n eu/a up\neu/b\tdown \neu/c up 0%\neu/d up 100%");
    assertThat(files.line(file, "eu/a", 0)).isEqualTo(UP);
    assertThat(files.line(file, "eu/b", 0)).isEqualTo(DOWN);
    assertThat(files.line(file, "eu/c", 0)).isEqualTo(new Line(true, 0));
    assertThat(files.line(file, "eu/d", 0)).isEqualTo(new Line(true, 100));
    assertThat(files.line(file, "eu/e", 0)).isNull();
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
  void aChangeShowsWhenItIsNextLookedAt() throws Exception {
    Files.writeString(file, "eu/a up\n");
    assertThat(files.line(file, "eu/a", 1000)).isEqualTo(UP);
    Files.writeString(file, "eu/a down\n");
    assertThat(files.line(file, "eu/a", 1000 + StateFiles.LOOK_MILLIS - 1)).isEqualTo(UP);
    assertThat(files.line(file, "eu/a", 1000 + StateFiles.LOOK_MILLIS)).isEqualTo(DOWN);
  }

  @Test
  void aFileThatGoesAndComesBackIsReadAgain() throws Exception {
    assertThatThrownBy(() -> files.line(file, "eu/a", 0)).hasMessageContaining("NoSuchFile");
    Files.writeString(file, "eu/a up\n");
    assertThat(files.line(file, "eu/a", StateFiles.LOOK_MILLIS)).isEqualTo(UP);
    Files.delete(file);
    assertThatThrownBy(() -> files.line(file, "eu/a", 2 * StateFiles.LOOK_MILLIS))
        .isInstanceOf(Unusable.class);
  }

  @Test
  void aFileThatIsTooLargeIsNotRead() throws IOException {
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(StateFiles.LARGEST + 1);
    }
    assertThatThrownBy(() -> files.line(file, "eu/a", 0)).hasMessageContaining("larger");
  }

  @Test
  void octetsThatAreNoTextAreToldAsThat() throws IOException {
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe});
    assertThatThrownBy(() -> files.line(file, "eu/a", 0)).isInstanceOf(Unusable.class);
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
