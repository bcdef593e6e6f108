package dev.azimuth.app.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenTest {
  private @TempDir Path folder;

  @Test
  void isMadeOnceForItsOwnerOnly() throws IOException {
    Token made = Token.inStateDir(folder, new SecureRandom());
    assertThat(made.read()).hasSize(43);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made.file())))
        .isEqualTo("rw-------");
    assertThat(Token.inStateDir(folder, new SecureRandom()).read()).isEqualTo(made.read());
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(made.file());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "rw-------, false",
    "r--r-----, false",
    "rw-r--r--, true",
    "rw-----w-, true",
    "rw--w----, true"
  })
  void oneThatOthersMayReadOrWriteIsNotSecret(String permissions, boolean exposed)
      throws IOException {
    Path file = Files.writeString(folder.resolve("t"), "sixteen-letters!\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    String said = new Token(file).exposed();
    if (exposed) {
      assertThat(said).contains(file.toString(), "chmod").doesNotContain("sixteen");
    } else {
      assertThat(said).isNull();
    }
  }

  @Test
  void nothingIsSaidOfAFileThatIsNotThere() {
    assertThat(new Token(folder.resolve("none")).exposed()).isNull();
  }

  @Test
  void aShortOneIsNone() throws IOException {
    Token token = new Token(Files.writeString(folder.resolve("t"), "fifteen-letters\n"));
    assertThatThrownBy(token::read).isInstanceOf(IOException.class).hasMessageContaining("t holds");
  }

  @Test
  void theSchemeIsReadWithoutCase() throws IOException {
    Token token = new Token(Files.writeString(folder.resolve("t"), "sixteen-letters!\n"));
    assertThat(token.allows("bearer sixteen-letters!")).isTrue();
    assertThat(token.allows("Bearer sixteen-letters")).isFalse();
    assertThat(token.allows("sixteen-letters!")).isFalse();
  }
}
