package dev.azimuth.app.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The tokens by which backends may speak, each for itself alone: HMAC-SHA-256 (RFC 2104) of {@code
 * heartbeat POOL/BACKEND} with the secret in a file, in hexadecimal. The file is read whenever it
 * is needed.
 *
 * @param file as {@link Token} reads it
 */
public record HeartbeatToken(Path file) {
  private static final String ALGORITHM = "HmacSHA256";

  /**
   * The token of one backend.
   *
   * @param backend such as {@code eu/fra1}
   * @throws IOException when there is no secret; the message says which file
   */
  public String of(String backend) throws IOException {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      byte[] secret = new Token(file).read().getBytes(StandardCharsets.UTF_8);
      mac.init(new SecretKeySpec(secret, ALGORITHM));
      byte[] said = ("heartbeat " + backend).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(mac.doFinal(said));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /**
   * Whether somebody who sent this {@code Authorization} header may speak for a backend. How long
   * it takes says nothing of the token.
   *
   * @throws IOException when there is nothing to compare with
   */
  boolean allows(String authorization, String backend) throws IOException {
    String scheme = "Bearer ";
    if (!authorization.regionMatches(true, 0, scheme, 0, scheme.length())) {
      return false;
    }
    byte[] given =
        authorization.substring(scheme.length()).strip().getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(given, of(backend).getBytes(StandardCharsets.UTF_8));
  }
}
