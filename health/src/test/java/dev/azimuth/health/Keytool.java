package dev.azimuth.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The JDK's own maker of keys and certificates. */
final class Keytool {
  private Keytool() {}

  /**
   * Adds a key with its certificate to a PKCS #12 file, which is made where there is none.
   *
   * @param more options of {@code keytool -genkeypair}
   */
  static void add(Path file, char[] password, String alias, String... more) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin/keytool");
    command.addAll(
        List.of("-genkeypair", "-alias", alias, "-dname", "CN=" + alias, "-keyalg", "EC"));
    command.addAll(List.of("-keystore", file.toString(), "-storepass", new String(password)));
    command.addAll(List.of("-storetype", "PKCS12"));
    command.addAll(List.of(more));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
  }
}
