package dev.azimuth.resolver;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What server cookies are made and judged with (RFC 9018 section 5): the first secret makes them,
 * and those that any of the secrets made are good. Immutable.
 */
public final class CookieSecrets {
  /** The length of a secret, in octets. */
  public static final int OCTETS = 16;

  /** As many as a change of the secret needs: the current, the previous and the next. */
  public static final int MOST = 3;

  /** No cookies: the option is ignored like one that is not known. */
  public static final CookieSecrets OFF = new CookieSecrets(List.of());

  /** Two numbers for each secret. */
  private final long[] keys;

  private CookieSecrets(List<byte[]> secrets) {
    keys = new long[2 * secrets.size()];
    for (int i = 0; i < secrets.size(); i++) {
      keys[2 * i] = SipHash.word(secrets.get(i), 0);
      keys[2 * i + 1] = SipHash.word(secrets.get(i), Long.BYTES);
    }
  }

  /**
   * Secrets of {@link #OCTETS} octets each.
   *
   * @param secrets 1 to {@link #MOST}, the one that makes cookies first
   */
  public static CookieSecrets of(List<byte[]> secrets) {
    if (secrets.isEmpty()
        || secrets.size() > MOST
        || secrets.stream().anyMatch(secret -> secret.length != OCTETS)) {
      throw new IllegalArgumentException("1 to 3 secrets of 16 octets are needed");
    }
    return new CookieSecrets(secrets);
  }

  /**
   * A secret that nobody else has: no other server accepts its cookies.
   *
   * @param random cryptographically strong
   */
  public static CookieSecrets random(RandomGenerator random) {
    byte[] secret = new byte[OCTETS];
    random.nextBytes(secret);
    return new CookieSecrets(List.of(secret));
  }

  boolean off() {
    return keys.length == 0;
  }

  /** The hash by the secret that makes cookies. */
  long hash(byte[] message, int length) {
    return SipHash.hash(keys[0], keys[1], message, length);
  }

  /**
   * Which secret gives a message this hash. How long that takes tells which one it was, and nothing
   * of the secrets.
   *
   * @return from 0; -1 for none of them
   */
  int find(long hash, byte[] message, int length) {
    for (int i = 0; i < keys.length; i += 2) {
      if (SipHash.hash(keys[i], keys[i + 1], message, length) == hash) {
        return i >> 1;
      }
    }
    return -1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CookieSecrets secrets && Arrays.equals(keys, secrets.keys);
  }

  @Override
  public int hashCode() {
    return keys.length;
  }

  /** Says how many there are, and nothing of them. */
  @Override
  public String toString() {
    return keys.length / 2 + " cookie secrets";
  }
}
