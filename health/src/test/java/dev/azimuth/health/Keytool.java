package dev.azimuth.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The JDK's own maker of keys and certificates. */
final class Keytool {
  private Keytool() {}

  /**
   * An extension with an alternative name that keytool itself would refuse, in DER (RFC 5280,
   * section 4.2.1.6).
   *
   * @param dns ASCII, at most 100 characters
   */
  static String alternativeName(String dns) {
    byte[] name = dns.getBytes(StandardCharsets.US_ASCII);
    byte[] header = {0x30, (byte) (name.length + 2), (byte) 0x82, (byte) name.length};
    HexFormat hex = HexFormat.ofDelimiter(":");
    return "2.5.29.17=" + hex.formatHex(header) + ":" + hex.formatHex(name);
  }

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
