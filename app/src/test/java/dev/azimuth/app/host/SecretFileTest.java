package dev.azimuth.app.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretFileTest {
  private @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "rw-------, false",
    "r--r-----, false",
    "rw-r--r--, true",
    "rw-----w-, true",
    "rw--w----, true"
  })
  void oneThatOthersMayReadOrWriteIsNoSecret(String permissions, boolean exposed)
      throws IOException {
    Path file = Files.writeString(folder.resolve("t"), "sixteen-letters!\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    String said = SecretFile.exposed("the token", file);
    if (exposed) {
      assertThat(said)
          .isEqualTo("the token in %1$s is no secret: chmod g-w,o= %1$s".formatted(file));
    } else {
      assertThat(said).isNull();
    }
  }

  @Test
  void nothingIsSaidOfAFileThatIsNotThere() {
    assertThat(SecretFile.exposed("the token", folder.resolve("none"))).isNull();
  }
}
