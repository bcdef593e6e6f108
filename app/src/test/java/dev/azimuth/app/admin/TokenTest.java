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
import org.junit.jupiter.params.provider.ValueSource;

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

  @Test
  void aShortOneIsNone() throws IOException {
    Token token = new Token(Files.writeString(folder.resolve("t"), "fifteen-letters\n"));
    assertThatThrownBy(token::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it holds none");
    assertThat(token.trouble())
        .isEqualTo(
            "nobody can give orders, since the token in %s cannot be used: it holds none: one line of at"
                    .formatted(token.file())
                + " least 16 visible ASCII characters is expected");
    assertThat(new Token(folder.resolve("absent")).trouble()).endsWith("there is no such file");
    Files.writeString(token.file(), "sixteen-letters!\n");
    assertThat(token.trouble()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sixteen-letters!\nsecond-line\n",
        "tökén-of-enough-characters",
        "with a space in it"
      })
  void whatNoHeaderCarriesIsNoneAndIsNotTold(String content) throws IOException {
    Token token = new Token(Files.writeString(folder.resolve("t"), content));
    assertThatThrownBy(token::read)
        .isInstanceOf(IOException.class)
        .hasMessage("it holds none: one line of at least 16 visible ASCII characters is expected");
    assertThat(token.trouble()).isNotNull().doesNotContain(content.strip());
  }

  @Test
  void theSchemeIsReadWithoutCase() throws IOException {
    Token token = new Token(Files.writeString(folder.resolve("t"), "sixteen-letters!\n"));
    assertThat(token.allows("bearer sixteen-letters!")).isTrue();
    assertThat(token.allows("Bearer sixteen-letters")).isFalse();
    assertThat(token.allows("sixteen-letters!")).isFalse();
  }
}
