package dev.azimuth.app.node;

import dev.azimuth.app.host.SecretFile;
import dev.azimuth.resolver.CookieSecrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The secrets of DNS cookies that the servers of a zone share, in a file of their own. */
public record CookieFile(Path file) {
  private static final int LONGEST = 4096;

  /** A file that gives no secrets; the message says which one, and nothing of what it holds. */
  public static final class Unusable extends IOException {
    private static final long serialVersionUID = 1;

    Unusable(Path file, String why) {
      super("server.cookies.secret: " + file + " " + why);
    }
  }

  /**
   * Reads the secrets: lines of 32 hexadecimal digits, between empty ones and those that begin with
   * {@code #}.
   */
  CookieSecrets read() throws Unusable {
    byte[] octets;
    try (var in = Files.newInputStream(file)) {
      octets = in.readNBytes(LONGEST + 1);
    } catch (IOException e) {
      throw new Unusable(file, "cannot be read (" + e.getClass().getSimpleName() + ")");
    }
    List<String> lines =
        new String(octets, StandardCharsets.ISO_8859_1)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .toList();
    if (octets.length > LONGEST
        || lines.isEmpty()
        || lines.size() > CookieSecrets.MOST
        || !lines.stream().allMatch(line -> line.matches("[0-9A-Fa-f]{32}"))) {
      throw new Unusable(file, "does not hold 1 to 3 lines of 32 hexadecimal digits");
    }
    return CookieSecrets.of(lines.stream().map(HexFormat.of()::parseHex).toList());
  }

  /**
   * What is wrong with the permissions of the file, as {@link SecretFile} says; null for nothing.
   */
  @Nullable String exposed() {
    return SecretFile.exposed("the cookie secret", file);
  }
}
