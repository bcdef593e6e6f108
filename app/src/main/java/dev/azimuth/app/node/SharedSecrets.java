package dev.azimuth.app.node;

import dev.azimuth.app.host.IoWords;
import dev.azimuth.app.host.SecretFile;
import dev.azimuth.zones.RegularFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Secrets of 128 bits that the servers of a zone share, in a file of their own: lines of 32
 * hexadecimal digits, between empty ones and those that begin with {@code #}.
 *
 * @param what they are, such as {@code the cookie secret}
 * @param option what names the file, for messages
 */
public record SharedSecrets(String what, String option, Path file) {
  private static final int OCTETS = 16;
  private static final int LONGEST = 4096;

  /** A file that gives no secrets; the message says which one, and nothing of what it holds. */
  public static final class Unusable extends IOException {
    private static final long serialVersionUID = 1;

    Unusable(SharedSecrets file, String why) {
      super(file.option + ": " + file.file + " " + why);
    }

    Unusable(String why) {
      super(why);
    }
  }

  /** Those of DNS cookies. */
  static SharedSecrets cookies(Path file) {
    return new SharedSecrets("the cookie secret", "server.cookies.secret", file);
  }

  /** That of sticky choices. */
  static SharedSecrets salt(Path file) {
    return new SharedSecrets("the sticky salt", "server.sticky_salt", file);
  }

  /** That of sticky choices of a node which shares none. */
  static SharedSecrets ownSalt(Path file) {
    return new SharedSecrets("the sticky salt", "server.state_dir", file);
  }

  /**
   * Writes a secret where there is no file, readable by the owner only.
   *
   * @param random must be cryptographically strong
   */
  SharedSecrets make(RandomGenerator random) throws Unusable {
    if (Files.exists(file)) {
      return this;
    }
    byte[] secret = new byte[OCTETS];
    random.nextBytes(secret);
    try {
      SecretFile.create(file, HexFormat.of().formatHex(secret) + "\n");
      return this;
    } catch (IOException e) {
      throw new Unusable(this, "cannot be written: " + IoWords.of(e));
    }
  }

  /**
   * The secrets, in their order.
   *
   * @param most how many there may be; at least one is there
   */
  List<byte[]> read(int most) throws Unusable {
    byte[] octets;
    try (var in = RegularFile.open(file)) {
      octets = in.readNBytes(LONGEST + 1);
    } catch (IOException e) {
      throw new Unusable(this, "cannot be read: " + IoWords.of(e));
    }
    List<String> lines =
        new String(octets, StandardCharsets.ISO_8859_1)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .toList();
    if (octets.length > LONGEST
        || lines.isEmpty()
        || lines.size() > most
        || !lines.stream().allMatch(line -> line.matches("[0-9A-Fa-f]{" + 2 * OCTETS + "}"))) {
      throw new Unusable(
          this,
          "does not hold %s of 32 hexadecimal digits"
              .formatted(most == 1 ? "1 line" : "1 to " + most + " lines"));
    }
    return lines.stream().map(HexFormat.of()::parseHex).toList();
  }

  /**
   * What is wrong with the permissions of the file, as {@link SecretFile} says; null for nothing.
   */
  @Nullable String exposed() {
    return SecretFile.exposed(what, file);
  }
}
