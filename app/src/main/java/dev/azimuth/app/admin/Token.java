package dev.azimuth.app.admin;

import dev.azimuth.app.host.IoWords;
import dev.azimuth.app.host.SecretFile;
import dev.azimuth.zones.RegularFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The secret that changes need, in a file of its own. The file is read whenever it is needed, so
 * that another token takes effect at once.
 */
public record Token(Path file) {
  /** A token shorter than this could be guessed. */
  private static final int SHORTEST = 16;

  private static final int LONGEST = 4096;

  /**
   * The token in {@code state_dir/token}, made when there is none: 256 random bits, readable by the
   * owner only, visible whole or not at all.
   *
   * @param random must be cryptographically strong
   */
  public static Token inStateDir(Path stateDir, RandomGenerator random) throws IOException {
    Path file = stateDir.resolve("token");
    if (!Files.exists(file)) {
      byte[] secret = new byte[32];
      random.nextBytes(secret);
      String text = Base64.getUrlEncoder().withoutPadding().encodeToString(secret) + "\n";
      SecretFile.create(file, text);
    }
    return new Token(file);
  }

  /**
   * The token itself, without white space around it.
   *
   * @throws IOException when it cannot be read or is no token; the message says neither which file
   *     nor what is in it, which may be another secret
   */
  public String read() throws IOException {
    byte[] octets;
    try (var in = RegularFile.openOrHanded(file)) {
      octets = in.readNBytes(LONGEST + 1);
    }
    String token = new String(octets, StandardCharsets.UTF_8).strip();
    // What a header can carry (RFC 9110 section 5.5), and everybody reads alike.
    boolean visible = token.chars().allMatch(c -> c > ' ' && c <= '~');
    if (octets.length > LONGEST || token.length() < SHORTEST || !visible) {
      throw new IOException(
          "it holds none: one line of at least %d visible ASCII characters is expected"
              .formatted(SHORTEST));
    }
    return token;
  }

  /** Why nobody can be let in; null when whoever has it can. */
  public @Nullable String trouble() {
    try {
      read();
      return null;
    } catch (IOException e) {
      return "nobody can give orders, since the token in %s cannot be used: %s"
          .formatted(file, IoWords.of(e));
    }
  }

  /**
   * What is wrong with the permissions of the file, as {@link SecretFile} says; null for nothing.
   */
  public @Nullable String exposed() {
    return SecretFile.exposed("the token", file);
  }

  /**
   * Whether somebody who sent this {@code Authorization} header may make changes. How long it takes
   * says nothing of the token.
   *
   * @throws IOException when there is no token to compare with
   */
  boolean allows(String authorization) throws IOException {
    int space = authorization.indexOf(' ');
    if (space < 0 || !authorization.substring(0, space).equalsIgnoreCase("Bearer")) {
      return false;
    }
    return MessageDigest.isEqual(
        digest(authorization.substring(space + 1).strip()), digest(read()));
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
