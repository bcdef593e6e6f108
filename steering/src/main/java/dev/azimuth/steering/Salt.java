package dev.azimuth.steering;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What the buckets of sticky choices are drawn with: nodes that have the same one send a client to
 * the same backend. A secret, so that nobody can compute which networks share one. Immutable.
 */
public final class Salt {
  /** No secret: the buckets of tests and of those who have nothing sticky. */
  public static final Salt NONE = new Salt(new byte[0]);

  private final byte[] octets;

  private Salt(byte[] octets) {
    this.octets = octets;
  }

  /**
   * @param octets any number of them, not kept
   */
  public static Salt of(byte[] octets) {
    return new Salt(octets.clone());
  }

  /**
   * A key for {@link Buckets}, and for tables like them. Keys of different uses give buckets that
   * are independent of each other.
   *
   * @param use such as an owner name
   */
  public long key(String use) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(octets);
      return ByteBuffer.wrap(digest.digest(use.getBytes(StandardCharsets.UTF_8))).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Salt salt && MessageDigest.isEqual(octets, salt.octets);
  }

  @Override
  public int hashCode() {
    return octets.length;
  }

  /** Tells nothing of the secret. */
  @Override
  public String toString() {
    return "Salt";
  }
}
