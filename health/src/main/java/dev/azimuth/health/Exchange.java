package dev.azimuth.health;

import org.jspecify.annotations.Nullable;

/** Octets that are sent, and what the octets mean that come back. Confined to the loop thread. */
interface Exchange {
  /** What is sent; empty for nothing. */
  byte[] question();

  /**
   * Judges what has come.
   *
   * @param length of {@code octets}, from the first, so much has come
   * @param whole whether no more can come: it is a datagram, or the other side has ended
   * @return null when there must be more, or it is no answer to the question
   */
  @Nullable Finding judge(byte[] octets, int length, boolean whole);
}
