package dev.azimuth.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedSecretsTest {
  private static final String A = "e5e973e5a6b2a43f48e7dc849e37bfcf";
  private static final String B = "445536BCD2513298075a5d379663c962";
  private static final String C = "dd3bdf9344b678b185a6f5cb60fca715";

  @TempDir private Path folder;

  private SharedSecrets file(String text) throws IOException {
    return SharedSecrets.cookies(Files.writeString(folder.resolve("secrets"), text));
  }

  private static byte[][] secrets(String... hex) {
    return Arrays.stream(hex).map(HexFormat.of()::parseHex).toArray(byte[][]::new);
  }

  @Test
  void holdsOneToThreeSecretsInTheirOrder() throws IOException {
    assertThat(file(A).read(3)).containsExactly(secrets(A));
    assertThat(file("# new\r\n " + B + "\t\r\n\n# old\n" + A + "\n").read(3))
        .containsExactly(secrets(B, A));
    assertThat(file(String.join("\n", A, B, C)).read(3)).containsExactly(secrets(A, B, C));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing", A + "0", A + " " + A, "x" + A, A + "\n-", "\0" + A})
  void sayWhichFileIsWrongAndNothingOfIt(String text) throws IOException {
    SharedSecrets wrong = file(text);
    assertThatThrownBy(() -> wrong.read(3))
        .isInstanceOf(SharedSecrets.Unusable.class)
        .hasMessageContaining(wrong.file().toString())
        .hasMessageNotContaining("e5e9");
  }

  @Test
  void moreOfThemOrALongFileIsWrong() throws IOException {
    SharedSecrets four = file(String.join("\n", A, B, C, A));
    assertThatThrownBy(() -> four.read(3)).isInstanceOf(SharedSecrets.Unusable.class);
    SharedSecrets padded = file(A + "\n".repeat(5000));
    assertThatThrownBy(() -> padded.read(3)).isInstanceOf(SharedSecrets.Unusable.class);
  }

  @Test
  void whatIsNotThereIsSaid() {
    for (Path missing : List.of(folder.resolve("none"), folder)) {
      assertThatThrownBy(() -> SharedSecrets.cookies(missing).read(3))
          .isInstanceOf(SharedSecrets.Unusable.class)
          .hasMessageStartingWith("server.cookies.secret: " + missing + " cannot be read");
    }
  }

  @Test
  void oneIsMadeWhereThereIsNoneAndThenKept() throws IOException {
    var made = SharedSecrets.ownSalt(folder.resolve("made"));
    byte[] secret = made.make(new Random(1)).read(1).getFirst();
    assertThat(secret).hasSize(16);
    assertThat(made.make(new Random(2)).read(1)).containsExactly(secret);
    var nowhere = SharedSecrets.ownSalt(folder.resolve("none/made"));
    assertThatThrownBy(() -> nowhere.make(new Random(1)))
        .isInstanceOf(SharedSecrets.Unusable.class)
        .hasMessageContaining("cannot be written");
  }
}
