package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.azimuth.resolver.CookieSecrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CookieFileTest {
  private static final String A = "e5e973e5a6b2a43f48e7dc849e37bfcf";
  private static final String B = "445536BCD2513298075a5d379663c962";
  private static final String C = "dd3bdf9344b678b185a6f5cb60fca715";

  @TempDir private Path folder;

  private CookieFile file(String text) throws IOException {
    return new CookieFile(Files.writeString(folder.resolve("secrets"), text));
  }

  private static CookieSecrets secrets(String... hex) {
    return CookieSecrets.of(Arrays.stream(hex).map(HexFormat.of()::parseHex).toList());
  }

  @Test
  void holdsOneToThreeSecretsInTheirOrder() throws IOException {
    assertThat(file(A).read()).isEqualTo(secrets(A));
    assertThat(file("# new\r\n " + B + "\t\r\n\n# old\n" + A + "\n").read())
        .isEqualTo(secrets(B, A))
        .isNotEqualTo(secrets(A, B));
    assertThat(file(String.join("\n", A, B, C)).read()).isEqualTo(secrets(A, B, C));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing", A + "0", A + " " + A, "x" + A, A + "\n-", "\0" + A})
  void sayWhichFileIsWrongAndNothingOfIt(String text) throws IOException {
    CookieFile wrong = file(text);
    assertThatThrownBy(wrong::read)
        .isInstanceOf(CookieFile.Unusable.class)
        .hasMessageContaining(wrong.file().toString())
        .hasMessageNotContaining("e5e9");
  }

  @Test
  void moreOfThemOrALongFileIsWrong() throws IOException {
    CookieFile four = file(String.join("\n", A, B, C, A));
    assertThatThrownBy(four::read).isInstanceOf(CookieFile.Unusable.class);
    CookieFile padded = file(A + "\n".repeat(5000));
    assertThatThrownBy(padded::read).isInstanceOf(CookieFile.Unusable.class);
  }

  @Test
  void whatIsNotThereIsSaid() {
    for (Path missing : List.of(folder.resolve("none"), folder)) {
      assertThatThrownBy(() -> new CookieFile(missing).read())
          .isInstanceOf(CookieFile.Unusable.class)
          .hasMessageStartingWith("server.cookies.secret: " + missing + " cannot be read");
    }
  }
}
